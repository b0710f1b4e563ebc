/**
 * What should be backed up, and when: the promises of a repository's workflow files, variables and tags. Kept as one document, so that
 * whoever has no GitHub can decide by them.
 */
import type { BackupKind } from '../../domain/backup.ts';
import type { Schedule } from '../../runtime/schedule/runs.ts';

/** Runs of a rotation that make one backup together: the first of a slot makes it, the others find it made. */
export interface Slot {
  /** A divisor of 24. */
  readonly everyHours: number;
  readonly timeZone: string;
}

/** A schedule by which a source is backed up. */
export interface PromisedSchedule extends Schedule {
  /** Path of the workflow file, or `targets` where the schedule is told by hand. */
  readonly workflow: string;
  readonly slot?: Slot | undefined;
  /** When it was read first (ISO 8601): an earlier run was not promised. */
  readonly since: string;
  /** When it was no longer there (ISO 8601): a later run is not promised, an earlier one still is. */
  readonly until?: string | undefined;
}

export interface Targets {
  /** How long after a promised run its backup may come, in seconds. */
  readonly allowanceSeconds: number;
  /** How old the newest proven backup may be, in seconds; of kinds that nobody proves, the newest backup. */
  readonly rpoSeconds?: number | undefined;
  /** How long a restore may take, in seconds. */
  readonly rtoSeconds?: number | undefined;
}

export interface PromisedSource {
  /** Name, as inputs and receipts have it; of a rotation that of the instance. */
  readonly source: string;
  readonly kind: BackupKind;
  /** Of snapshots: where they are made. */
  readonly region?: string | undefined;
  /** Of a rotation: tells the instance even when its name changes. */
  readonly instanceId?: string | undefined;
  /** Id or name of its host, where its workflow names one. */
  readonly instance?: string | undefined;
  /** Of a server whose databases are dumped one by one: their sources are `SOURCE/DATABASE`. */
  readonly allDatabases?: true | undefined;
  /** Of such a server: targets of single databases, by `SOURCE/DATABASE`. */
  readonly targetsOfDatabases?: Readonly<Record<string, Targets>> | undefined;
  /** Of such a server: when a run of all its databases began that ended well and made none of this one (ISO 8601), by `SOURCE/DATABASE`. */
  readonly goneDatabases?: Readonly<Record<string, string>> | undefined;
  /** Of a rotation: the volumes that it should back up, by id, with when each was seen first (ISO 8601). */
  readonly volumes?: Readonly<Record<string, string>> | undefined;
  /** None where an instance is tagged and nothing backs it up. */
  readonly schedules: readonly PromisedSchedule[];
  readonly targets: Targets;
  /** When it was promised first (ISO 8601). */
  readonly since: string;
  /** Nothing but its `rpo` in `targets` promises it. */
  readonly byTarget?: true | undefined;
  /** Why GitHub starts none of its runs: the workflow's state, such as `disabled_inactivity`. */
  readonly disabled?: string | undefined;
}

export interface Promises {
  readonly format: 'holdfast-promises/1';
  /** By `OWNER/REPO`: several repositories may back up one account. */
  readonly repositories: Readonly<Record<string, readonly PromisedSource[]>>;
  /** The day (UTC, such as `2026-11-27`) on which each repository was read last: whoever has no GitHub sees whether anybody looks. */
  readonly readOn?: Readonly<Record<string, string>> | undefined;
}

export const noPromises: Promises = { format: 'holdfast-promises/1', repositories: {} };

/** GitHub starts scheduled runs up to ten hours late, and drops some (reports of 2026): see docs/watching.md. */
export const defaultAllowanceSeconds = 12 * 3600;

/** @returns undefined for a text that is no such document */
export function parsePromises(text: string): Promises | undefined {
  try {
    const found = JSON.parse(text) as Promises | null;
    return found?.format === 'holdfast-promises/1' && typeof found.repositories === 'object' ? found : undefined;
  } catch {
    return undefined;
  }
}

/** The same text for the same promises, so that it is written only when something changed. */
export function renderPromises({ format, repositories, readOn = {} }: Promises): string {
  const sorted = sortedEntries(repositories).map(
    ([name, sources]) => [name, sources.toSorted((a, b) => compare(keyOf(a), keyOf(b)))] as const,
  );
  const days = Object.fromEntries(sortedEntries(readOn));
  return `${JSON.stringify({ format, repositories: Object.fromEntries(sorted), readOn: days }, null, 2)}\n`;
}

/**
 * The document with what one repository promises, as its other repositories have left it.
 * @param stored undefined when there is none
 * @param now when the repository was read
 */
export function withPromises(
  stored: string | undefined,
  repository: string,
  sources: readonly PromisedSource[],
  now: Date,
): string {
  const before = (stored === undefined ? undefined : parsePromises(stored)) ?? noPromises;
  return renderPromises({
    ...before,
    repositories: { ...before.repositories, [repository]: sources },
    readOn: { ...before.readOn, [repository]: now.toISOString().slice(0, 10) },
  });
}

/** Tells a promised source from all others. */
export function keyOf({ kind, source, instanceId }: Pick<PromisedSource, 'kind' | 'source' | 'instanceId'>): string {
  return `${kind} ${instanceId ?? source}`;
}

function sortedEntries<T>(values: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(values).toSorted(([a], [b]) => compare(a, b));
}

/** Not by the language of a computer: the document is the same everywhere. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
