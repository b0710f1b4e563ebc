/** What a workflow file says of retention: in inputs, in JSON lists, through matrices, `env` and expressions. */
import { parse } from 'yaml';
import { jobs as ownJobs } from '../../../doctor/jobs.ts';
import { type Contexts, evaluateText, notKnown, open, type Value } from '../../promises/expressions.ts';
import { type Combination, combinations } from '../../promises/matrix.ts';
import type { RetentionSetting } from '../input.ts';

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

type Given = Readonly<Record<string, Value>>;

interface Step {
  readonly with?: Given;
  readonly env?: Given;
}

interface Job extends Step {
  readonly uses?: unknown;
  readonly strategy?: { readonly matrix?: unknown };
  readonly steps?: readonly (Step | null)[];
}

interface File {
  readonly on?: unknown;
  readonly env?: Given;
  readonly jobs?: Readonly<Record<string, Job | null>>;
}

export interface ReadSettings {
  /** A value that only a run knows is the text as it stands in the file, so that a change of it is seen. */
  readonly settings: readonly RetentionSetting[];
  /** What the file alone does not tell: one sentence each. */
  readonly notKnown: readonly string[];
}

/** What a file says of retention. A file that is no YAML says nothing: GitHub refuses it. */
export function settingsIn(workflow: string, text: string): ReadSettings {
  let file: File | null;
  try {
    file = parse(text, { logLevel: 'error' });
  } catch {
    return { settings: [], notKnown: [] };
  }
  const reader = new SettingsReader(workflow);
  // A run that a schedule starts has no inputs. Variables are those of today: what they were is not known.
  const contexts: Contexts = isScheduled(file?.on) ? { inputs: {} } : {};
  for (const [id, job] of Object.entries(file?.jobs ?? {})) if (job !== null) reader.job(id, job, file?.env, contexts);
  return reader.result();
}

const isScheduled = (on: unknown): boolean => typeof on === 'object' && on !== null && 'schedule' in on;

class SettingsReader {
  readonly #workflow: string;
  /** By place and setting: a matrix gives the same value many times. */
  readonly #settings = new Map<string, RetentionSetting>();
  readonly #notKnown = new Set<string>();

  constructor(workflow: string) {
    this.#workflow = workflow;
  }

  result(): ReadSettings {
    return { settings: [...this.#settings.values()], notKnown: [...this.#notKnown] };
  }

  job(id: string, job: Job, env: Given | undefined, contexts: Contexts): void {
    this.#called(id, job.uses);
    const all = combinations(job.strategy?.matrix, contexts);
    const isMatrix = all !== undefined && (job.strategy?.matrix ?? undefined) !== undefined;
    for (const combination of (all ?? [notKnown]) as readonly Value[]) {
      const own: Contexts = { ...contexts, matrix: combination };
      const [shared, jobs] = [environment(env, own, {}), job.env];
      const place = (given: Given | undefined): string =>
        isMatrix ? labelOf(given, combination as Combination, own) : '';
      this.#given(id, place(job.with), job.with, own);
      for (const [at, step] of (job.steps ?? []).entries()) {
        const values = environment(step?.env, own, environment(jobs, own, shared));
        const inStep: Contexts = { ...own, env: { [open]: true, ...values } };
        this.#given(`${id}, step ${at + 1}`, place(step?.with), step?.with, inStep);
      }
    }
  }

  #called(id: string, uses: unknown): void {
    const [, name] = /^\.\/\.github\/workflows\/([^/@]+)$/.exec(typeof uses === 'string' ? uses : '') ?? [];
    if (name !== undefined && !ownJobs.some(({ called, file }) => called.includes(name) || file === name))
      this.#notKnown.add(
        `What .github/workflows/${name} says of retention, which ${this.#workflow}, ${id}, calls: it was not read.`,
      );
  }

  #given(job: string, label: string, given: Given | undefined, contexts: Contexts): void {
    const place = label === '' ? job : `${job} (${label})`;
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
    const one = { workflow: this.#workflow, place, setting, value: known ? String(value ?? '') : textOf(written) };
    for (let at = 1; ; at += 1) {
      const key = `${place} ${setting} ${at}`;
      const other = this.#settings.get(key);
      if (other?.value === one.value) return;
      if (other !== undefined) continue;
      this.#settings.set(key, at === 1 ? one : { ...one, place: `${place} #${at}` });
      return;
    }
  }

  #untold(place: string, setting: string, written: Value): void {
    this.#notKnown.add(
      `What ${setting} of ${this.#workflow}, ${place}, was: the file has ${textOf(written)}, and only a run knows what that stands for.`,
    );
  }
}

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
