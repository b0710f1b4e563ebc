/** What a workflow file says of retention: in inputs, in JSON lists, through matrices, `env`, expressions, and in workflows that it calls. */
import { type Contexts, evaluateText, notKnown, open, type Value } from '../../promises/expressions.ts';
import { type Combination, combinations } from '../../promises/matrix.ts';
import type { RetentionSetting } from '../input.ts';
import { calledBy, type Given, inputsOf, type Job, parseWorkflow, type WorkflowFile } from './called.ts';

/** Inputs of Holdfast's actions and workflows that decide how long backups are kept; members of the entries of their lists, too. */
export const retentionInputs: ReadonlySet<string> = new Set([
  'retention-days',
  'ib-retention-days',
  'retention',
  'keep',
  'keep-as',
  'keep-on-host',
  'keep-forever',
  'lock-days',
  'lock-mode',
  'max-copies',
]);

/** Inputs that may be JSON lists of which each entry says how long its backups are kept: not to know one is worth telling. */
const lists: ReadonlySet<string> = new Set(['databases']);

export interface ReadSettings {
  /** A value that only a run knows is the text as it stands in the file, so that a change of it is seen. */
  readonly settings: readonly RetentionSetting[];
  /** What the file alone does not tell: one sentence each. */
  readonly notKnown: readonly string[];
}

/** Of the workflows that call each other: GitHub allows ten (GitHub Changelog, 6 November 2025), and no loop. */
const deepest = 10;

/** By path: the text of a workflow of the same repository. */
export type Files = ReadonlyMap<string, string>;

/**
 * What a file says of retention. A file that is no YAML says nothing: GitHub refuses it.
 * @param files the workflows of the same repository that it calls, and that those call
 */
export function settingsIn(workflow: string, text: string, files: Files = new Map()): ReadSettings {
  const file = parseWorkflow(text);
  const reader = new SettingsReader(files);
  // A run that a schedule starts has no inputs. Variables are those of today: what they were is not known.
  if (file !== undefined)
    reader.file({ workflow, callers: [], written: {} }, file, isScheduled(file.on) ? { inputs: {} } : {});
  return reader.result();
}

const isScheduled = (on: unknown): boolean => typeof on === 'object' && on !== null && 'schedule' in on;

/** A file, and how it came to be read. */
interface Reading {
  readonly workflow: string;
  /** `all of .github/workflows/a.yml`, the nearest first. */
  readonly callers: readonly string[];
  /** What its caller gives, as it stands there. */
  readonly written: Given;
}

class SettingsReader {
  readonly #files: Files;
  /** By place and setting: a matrix gives the same value many times. */
  readonly #settings = new Map<string, RetentionSetting>();
  readonly #notKnown = new Set<string>();
  #reading: Reading = { workflow: '', callers: [], written: {} };

  constructor(files: Files) {
    this.#files = files;
  }

  result(): ReadSettings {
    return { settings: [...this.#settings.values()], notKnown: [...this.#notKnown] };
  }

  file(reading: Reading, { jobs, env }: WorkflowFile, contexts: Contexts): void {
    const outer = this.#reading;
    this.#reading = reading;
    for (const [id, job] of Object.entries(jobs ?? {})) if (job !== null) this.#job(id, job, env, contexts);
    this.#reading = outer;
  }

  #job(id: string, job: Job, env: Given | undefined, contexts: Contexts): void {
    const all = combinations(job.strategy?.matrix, contexts);
    const isMatrix = all !== undefined && (job.strategy?.matrix ?? undefined) !== undefined;
    for (const combination of (all ?? [notKnown]) as readonly Value[]) {
      const own: Contexts = { ...contexts, matrix: combination };
      const [shared, jobs] = [environment(env, own, {}), job.env];
      const place = (given: Given | undefined): string =>
        isMatrix ? labelOf(given, combination as Combination, own) : '';
      this.#called(placeOf(id, place(job.with)), job, own);
      this.#given(id, place(job.with), job.with, own);
      for (const [at, step] of (job.steps ?? []).entries()) {
        const values = environment(step?.env, own, environment(jobs, own, shared));
        const inStep: Contexts = { ...own, env: { [open]: true, ...values } };
        this.#given(`${id}, step ${at + 1}`, place(step?.with), step?.with, inStep);
      }
    }
  }

  /** Reads the workflow that the job calls. Of its caller's contexts it has the inputs alone. */
  #called(place: string, job: Job, contexts: Contexts): void {
    const called = calledBy(job);
    if (called === undefined) return;
    const { workflow, callers } = this.#reading;
    const path = 'path' in called ? called.path : called.elsewhere;
    const text = 'path' in called ? this.#files.get(path) : undefined;
    const file = text === undefined ? undefined : parseWorkflow(text);
    if (file === undefined || callers.length + 1 >= deepest) {
      this.#notKnown.add(`What ${path} says of retention, which ${workflow}, ${place}, calls: it was not read.`);
      return;
    }
    const given = Object.entries(job.with ?? {}).map(([name, value]) => [name, resolved(value, contexts)]);
    this.file({ workflow: path, callers: [`${place} of ${workflow}`, ...callers], written: job.with ?? {} }, file, {
      inputs: inputsOf(file, Object.fromEntries(given)),
    });
  }

  #given(job: string, label: string, given: Given | undefined, contexts: Contexts): void {
    const place = [placeOf(job, label), ...this.#reading.callers].join(', called by ');
    for (const [input, written] of Object.entries(given ?? {})) {
      const value = resolved(written, contexts);
      if (retentionInputs.has(input)) this.#add(place, input, written, value);
      else this.#list(place, input, written, value);
    }
  }

  #list(place: string, input: string, written: Value, value: Value): void {
    const entries = value === notKnown ? undefined : listOf(value);
    if (entries === undefined) {
      const isNames = typeof value === 'string' && !value.trim().startsWith('[');
      if (lists.has(input) && !isNames) this.#untold(place, `the list ${input}`, written);
      return;
    }
    for (const [at, entry] of entries.entries()) {
      const { source } = entry;
      const name = typeof source === 'string' && source !== '' ? source : `entry ${at + 1}`;
      for (const [member, own] of Object.entries(entry))
        if (retentionInputs.has(member)) this.#add(`${place}, ${name}`, member, own, own);
    }
  }

  #add(place: string, setting: string, written: Value, value: Value): void {
    const known = value !== notKnown && (typeof value !== 'object' || value === null);
    if (!known) this.#untold(place, setting, written);
    const one = {
      workflow: this.#reading.workflow,
      place,
      setting,
      value: known ? String(value ?? '') : this.#textOf(written),
    };
    for (let at = 1; ; at += 1) {
      const key = `${this.#reading.workflow} ${place} ${setting} ${at}`;
      const other = this.#settings.get(key);
      if (other?.value === one.value) return;
      if (other !== undefined) continue;
      this.#settings.set(key, at === 1 ? one : { ...one, place: `${place} #${at}` });
      return;
    }
  }

  #untold(place: string, setting: string, written: Value): void {
    this.#notKnown.add(
      `What ${setting} of ${this.#reading.workflow}, ${place}, was: the file has ${this.#textOf(written)}, and only a run knows what that stands for.`,
    );
  }

  /** As it stands in the file, with what the caller gives for the inputs in it: so a change there is seen, too. */
  #textOf(written: Value): string {
    const text = textOf(written);
    const inputs = Object.entries(this.#reading.written)
      .filter(([name]) => new RegExp(`\\binputs\\.${name}(?![\\w-])`).test(text))
      .map(([name, value]) => `${name}: ${textOf(value)}`);
    return inputs.length === 0 ? text : `${text} (called with ${inputs.join(', ')})`;
  }
}

const placeOf = (job: string, label: string): string => (label === '' ? job : `${job} (${label})`);

const textOf = (value: Value): string =>
  (typeof value === 'object' ? JSON.stringify(value) : String(value)).replaceAll(/\s+/g, ' ').trim();

const resolved = (value: Value, contexts: Contexts): Value =>
  typeof value === 'string' ? evaluateText(value, contexts) : value;

/** The inner one replaces the outer one (GitHub Docs, "Workflow syntax", `env`). */
function environment(inner: Given | undefined, contexts: Contexts, outer: Given): Given {
  const all = { ...contexts, env: { [open]: true, ...outer } };
  return {
    ...outer,
    ...Object.fromEntries(Object.entries(inner ?? {}).map(([name, value]) => [name, resolved(value, all)])),
  };
}

/** @returns undefined for what is no JSON list of objects */
function listOf(value: Value): readonly Given[] | undefined {
  let list: unknown = value;
  try {
    if (typeof value === 'string') list = JSON.parse(value);
  } catch {
    return undefined;
  }
  const isList = Array.isArray(list) && list.every((one) => typeof one === 'object' && one !== null);
  return isList ? (list as readonly Given[]) : undefined;
}

/** Which job of a matrix it is, by what does not change with retention: its source, or the values that decide nothing of it. */
function labelOf(given: Given | undefined, combination: Combination, contexts: Contexts): string {
  const source = resolved(given?.source ?? '', contexts);
  if (typeof source === 'string' && source !== '') return source;
  const written = Object.entries(given ?? {}).filter(([input]) => retentionInputs.has(input) || lists.has(input));
  const deciding = written.map(([, value]) => String(value)).join(' ');
  return Object.entries(combination)
    .filter(([name, value]) => typeof value !== 'object' && !new RegExp(`matrix\\.${name}\\b`).test(deciding))
    .map(([, value]) => String(value))
    .join(', ');
}
