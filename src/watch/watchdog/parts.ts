/**
 * What one promise promises of several: the databases of a server, each dumped by itself, and the volumes of an instance. Each is judged
 * by itself, since a fresh backup of one is none of another.
 */
import type { KeptBackup } from '../../domain/backup.ts';
import { formatTime } from '../../runtime/format.ts';
import type { PromisedSource } from '../promises/promise.ts';

export interface Part {
  /** `srv/orders`, or `vol-1`. */
  readonly id: string;
  /** `srv/orders`, or `volume vol-1 of web`. */
  readonly name: string;
  /** The promise of this part alone. */
  readonly promised: PromisedSource;
  readonly backups: readonly KeptBackup[];
}

export interface Parts {
  /** Empty where the promise is of one thing. */
  readonly parts: readonly Part[];
  /** Databases that are no longer on their server, and volumes that are no longer attached, which nobody misses. */
  readonly notes: readonly string[];
}

/**
 * @param own backups of the promise
 * @param alone sources that are promised by themselves, beside the server's
 */
export function partsOf(promised: PromisedSource, own: readonly KeptBackup[], alone: ReadonlySet<string>): Parts {
  if (promised.allDatabases === true) return databases(promised, own, alone);
  if (promised.kind === 'rotation-snapshot' && promised.schedules.length > 0)
    return { parts: volumes(promised, own), notes: detached(promised, own) };
  return { parts: [], notes: [] };
}

/** Known are those that were dumped, and those that have targets of their own. */
function databases(promised: PromisedSource, own: readonly KeptBackup[], alone: ReadonlySet<string>): Parts {
  const {
    source: server,
    targets,
    targetsOfDatabases = {},
    goneDatabases = {},
    allDatabases: _all,
    ...rest
  } = promised;
  const bySource = Map.groupBy(own, ({ source }) => source);
  const names = [...new Set([...bySource.keys(), ...Object.keys(targetsOfDatabases)])]
    .filter((name) => name.startsWith(`${server}/`) && !alone.has(name))
    .toSorted();
  const isGone = (name: string): boolean => isGoneSince(goneDatabases[name], bySource.get(name) ?? []);
  return {
    parts: names
      .filter((name) => !isGone(name))
      .map((name) => ({
        id: name,
        name,
        promised: { ...rest, source: name, targets: targetsOfDatabases[name] ?? targets },
        backups: bySource.get(name) ?? [],
      })),
    notes: names.filter(isGone).map((name) => {
      const database = name.slice(server.length + 1);
      return `${database} is no longer among the databases of ${server} since ${formatTime(goneDatabases[name] ?? '')}`;
    }),
  };
}

/** Whether a database is gone: unless a later dump shows that it came back. */
function isGoneSince(since: string | undefined, backups: readonly KeptBackup[]): boolean {
  return since !== undefined && !backups.some(({ takenAt }) => Date.parse(takenAt) >= Date.parse(since));
}

/** Those that are attached and not left out by a tag; where nobody has read them, the instance is one. */
function volumes(promised: PromisedSource, own: readonly KeptBackup[]): readonly Part[] {
  const { source, schedules, volumes: attached = {} } = promised;
  return Object.entries(attached).map(([id, since]) => ({
    id,
    name: `volume ${id} of ${source}`,
    promised: {
      ...promised,
      source: `volume ${id} of ${source}`,
      since,
      // No run of before it was attached was promised to it.
      schedules: schedules.map((one) => ({ ...one, since: later(one.since, since) })),
    },
    // One whose tags do not tell the volume may be of any.
    backups: own.filter(({ volumeId }) => volumeId === undefined || volumeId === id),
  }));
}

/** Kept snapshots of volumes that nobody backs up any more. Where nobody has read which are attached, nothing is known. */
function detached({ source, volumes: attached }: PromisedSource, own: readonly KeptBackup[]): readonly string[] {
  if (attached === undefined || Object.keys(attached).length === 0) return [];
  const newest = new Map<string, string>();
  for (const { volumeId, takenAt } of own)
    if (volumeId !== undefined && attached[volumeId] === undefined && takenAt > (newest.get(volumeId) ?? ''))
      newest.set(volumeId, takenAt);
  return [...newest].map(
    ([id, takenAt]) =>
      `volume ${id} of ${source} is no longer attached, or is left out; its last backup is of ${formatTime(takenAt)}`,
  );
}

const later = (a: string, b: string): string => (Date.parse(a) > Date.parse(b) ? a : b);
