/** What workflow files and variables promise: sources with their schedules, and rotations of tagged instances. */

import { runs } from '../../doctor/callers.ts';
import { databasesOf, type Job, jobs } from '../../doctor/jobs.ts';
import type { BackupKind } from '../../domain/backup.ts';
import { durationSeconds } from '../../runtime/inputs.ts';
import { timeZoneOf } from '../../runtime/schedule/runs.ts';
import { schedulesIn } from '../../runtime/schedule/workflow.ts';
import { notKnown, type Value } from './expressions.ts';
import type { PromisedSchedule, Slot } from './promise.ts';
import { isHoldfastsOwn, type Repository, type Use, usesIn, type WorkflowFile } from './workflow-jobs.ts';

export type ReadSchedule = Omit<PromisedSchedule, 'since' | 'until'>;

export interface FoundSource {
  readonly source: string;
  readonly kind: BackupKind;
  readonly schedule: ReadSchedule;
  readonly region?: string | undefined;
  /** Id or name of the host, whose tags may have targets. */
  readonly instance?: string | undefined;
  readonly allDatabases?: true | undefined;
  /** State of a workflow that GitHub does not start. */
  readonly disabled?: string | undefined;
}

export interface FoundRotation {
  readonly schedule: ReadSchedule;
  /** The only regions that it rotates; undefined for all. */
  readonly regions?: readonly string[] | undefined;
  readonly disabled?: string | undefined;
}

export interface Found {
  readonly sources: readonly FoundSource[];
  readonly rotations: readonly FoundRotation[];
  /** What a person has to correct. */
  readonly problems: readonly string[];
  /** Those of the problems by which a backup is watched by nobody. */
  readonly unwatched: readonly string[];
  /** What scheduled jobs use in files that are not read. */
  readonly notLookedInto: readonly string[];
}

/**
 * @param promisedByHand names of workflow files: the sources in them that only a run knows are watched by what somebody promises by hand
 * @param told sources that are promised by hand: what no file says of them is no problem
 */
export function sourcesIn(
  repository: Repository,
  promisedByHand: ReadonlySet<string> = new Set(),
  told: ReadonlySet<string> = new Set(),
): Found {
  const found = { sources: [] as FoundSource[], rotations: [] as FoundRotation[], problems: new Set<string>() };
  const unwatched = new Set<string>();
  const notLookedInto = new Set<string>();
  for (const file of repository.files.values()) {
    if (file.text === undefined) continue;
    const { schedules, problems } = schedulesIn(file.text);
    const ours = jobs.some((job) => runs({ name: '', runs: [], ...file }, job));
    if (ours) for (const problem of problems) found.problems.add(`${file.path}: ${problem}`);
    let promises = false;
    for (const schedule of schedules) {
      const reader = new UseReader(repository, { ...schedule, workflow: file.path }, disabledState(file), told);
      for (const use of usesOf(file, schedule.expression, repository)) reader.read(use);
      found.sources.push(...reader.sources);
      found.rotations.push(...reader.rotations);
      for (const problem of reader.problems) found.problems.add(problem);
      for (const problem of reader.unwatched) {
        if (promisedByHand.has(file.path.split('/').at(-1) ?? '')) continue;
        unwatched.add(problem);
        found.problems.add(problem);
      }
      for (const one of reader.notLookedInto) notLookedInto.add(one);
      promises ||= reader.sources.length + reader.rotations.length > 0;
    }
    if (promises && disabledState(file) !== undefined) found.problems.add(disabledProblem(file));
  }
  return {
    ...found,
    problems: [...found.problems],
    unwatched: [...unwatched],
    notLookedInto: [...notLookedInto],
  };
}

/** Of Holdfast's own file of a job, what it does is in the variables. */
function usesOf(file: WorkflowFile, expression: string, repository: Repository): readonly Use[] {
  const name = file.path.split('/').at(-1) ?? '';
  const own = isHoldfastsOwn(file) && jobs.some((job) => job.file === name);
  // Without its variables it does nothing.
  return own ? [{ name, given: { required: false }, where: file.path }] : usesIn(file, expression, repository);
}

const disabledState = ({ state }: WorkflowFile): string | undefined => (state === 'active' ? undefined : state);

function disabledProblem({ path, state }: WorkflowFile): string {
  const why = state === 'disabled_inactivity' ? 'the repository had no activity for 60 days' : state;
  return `${path} is disabled, so GitHub starts none of its runs: ${why}; gh workflow enable ${path.split('/').at(-1)}`;
}

class UseReader {
  readonly sources: FoundSource[] = [];
  readonly rotations: FoundRotation[] = [];
  readonly problems: string[] = [];
  readonly unwatched: string[] = [];
  readonly notLookedInto: string[] = [];
  readonly #variables: Readonly<Record<string, string>>;
  readonly #schedule: ReadSchedule;
  readonly #disabled: string | undefined;
  readonly #told: ReadonlySet<string>;

  constructor(
    { variables }: Repository,
    schedule: ReadSchedule,
    disabled: string | undefined,
    told: ReadonlySet<string>,
  ) {
    this.#told = told;
    this.#variables = variables;
    this.#schedule = schedule;
    this.#disabled = disabled;
  }

  read(use: Use): void {
    const job = jobs.find(({ called, actions }) => called.includes(use.name) || actions.includes(use.name));
    if (job === undefined && use.elsewhere !== undefined) this.notLookedInto.push(`${use.where}: ${use.elsewhere}`);
    if (job === undefined || use.name === 'verify-volume') return;
    const dry = use.given['dry-run'];
    if (dry === true || dry === 'true') {
      this.problems.push(`${use.where}: it is a dry run on its schedule, so it backs up nothing`);
      return;
    }
    if (job.file === 'ebs-rotate.yml') this.#rotation(use);
    else if (job.file === 'infobright-backup.yml') this.#volume(use);
    else this.#dump(use, job);
  }

  /** The text of an input, or of the variable in its place; undefined when only a run knows it. */
  #text({ given }: Use, input: string, variable = ''): string | undefined {
    const value: Value = given[input] ?? '';
    if (value === notKnown || typeof value === 'object') return value === null ? '' : undefined;
    return String(value) || (this.#variables[variable] ?? '');
  }

  /** A job that is given a kept backup proves that one, and makes none; which one, perhaps only a run knows. */
  #isGiven(use: Use, input: 'prove-again' | 'snapshot-id'): boolean {
    return this.#text(use, input) !== '';
  }

  #named(use: Use, variable: string): string | undefined {
    const source = this.#text(use, 'source', variable);
    const isSkipped = use.given.required === false || use.given.required === 'false';
    if (source === undefined)
      this.unwatched.push(
        `${use.where}: only a run knows its source, so nobody watches it; name it in the input targets, with its cron and workflow`,
      );
    else if (source === '' && !isSkipped)
      this.unwatched.push(`${use.where}: its source is empty, so nobody watches it; give it a name`);
    return source || undefined;
  }

  #volume(use: Use): void {
    if (this.#isGiven(use, 'snapshot-id')) return;
    const source = this.#named(use, 'HOLDFAST_IB_SOURCE');
    if (source === undefined) return;
    const region = this.#text(use, 'region', 'HOLDFAST_REGION') || this.#text(use, 'aws-region');
    const instance = this.#text(use, 'instance', 'HOLDFAST_IB_INSTANCE');
    this.#add(use, { source, kind: 'volume-snapshot', region: region || undefined, instance: instance || undefined });
  }

  #dump(use: Use, { list }: Job): void {
    if (use.given['list-databases'] === true || use.given['list-databases'] === 'true') return;
    if (this.#isGiven(use, 'prove-again')) return;
    const kind = 'database-dump';
    // Only the workflow of the whole list reads the variable; the action and a called dump name their source.
    if (!use.name.endsWith('-backup.yml')) {
      const source = this.#named(use, '');
      const instance = this.#text(use, 'instance') || undefined;
      const allDatabases = use.name.endsWith('-server.yml') ? { allDatabases: true as const } : {};
      if (source !== undefined) this.#add(use, { source, kind, instance, ...allDatabases });
      return;
    }
    const only = this.#text(use, 'source');
    const databases = databasesOf(this.#variables[list?.variable ?? '']);
    if (databases === undefined) this.problems.push(`${list?.variable} is not a JSON list of objects`);
    for (const one of databases ?? []) {
      const { source, instance, databases: which } = one as typeof one & { readonly databases?: unknown };
      if (typeof source !== 'string' || source === '' || (only && only !== source)) continue;
      this.#add(use, { source, kind, instance, ...(which === 'all' ? { allDatabases: true as const } : {}) });
    }
  }

  #rotation(use: Use): void {
    const mode = this.#text(use, 'mode') || 'all';
    if (mode !== 'all' && mode !== 'create') return;
    if (this.#isUnsure(use, 'what it rotates')) return;
    const regions = this.#text(use, 'regions') || this.#text(use, 'aws-region');
    const names = regions?.match(/[a-z]{2}[a-z0-9-]+-\d+/g) ?? undefined;
    this.rotations.push({
      schedule: { ...this.#schedule, slot: this.#slot(use) },
      ...(names === undefined ? {} : { regions: names }),
      disabled: this.#disabled,
    });
  }

  #slot(use: Use): Slot {
    const seconds = durationSeconds(this.#text(use, 'every') || '1d') ?? 0;
    const zone = timeZoneOf(this.#text(use, 'time-zone', 'HOLDFAST_TIME_ZONE') || 'UTC');
    const everyHours = 24 % (seconds / 3600) === 0 ? seconds / 3600 : 24;
    return { everyHours, timeZone: zone ?? 'UTC' };
  }

  /** What runs under a condition that nobody knows is not promised: it would be missed falsely on every other day. */
  #isUnsure({ unsure, where }: Use, what: string): boolean {
    if (unsure === undefined) return false;
    if (!this.#told.has(what))
      this.unwatched.push(
        `${where}: only a run knows whether its condition holds (${unsure}), so nobody watches ${what}; name it in the input targets, with its cron`,
      );
    return true;
  }

  #add(use: Use, source: Omit<FoundSource, 'schedule' | 'disabled'>): void {
    if (this.#isUnsure(use, source.source)) return;
    this.sources.push({ ...source, schedule: this.#schedule, disabled: this.#disabled });
  }
}
