/** A server or an instance from its parts: the worst counts, and what fails is named. */
import type { KeptBackup } from '../../domain/backup.ts';
import type { PromisedSource } from '../promises/promise.ts';
import { newestDue, nextPromised } from './due.ts';
import { type WatchedPart, type WatchedSource, type WatchFailure, watchFailures } from './watched.ts';

/** Parts that a failure names beside the first. */
const mostNamed = 5;

export function together(
  promised: PromisedSource,
  judged: readonly (WatchedSource & { readonly name: string })[],
  now: Date,
): WatchedSource {
  const due = newestDue(promised, now);
  const next = nextPromised(promised, now);
  const notes = judged.flatMap((one) => one.notes ?? []);
  const unknown = judged.flatMap((one) => one.unknown ?? []);
  return {
    promised,
    newest: oldest(judged.map(({ newest }) => newest)),
    proven: oldest(judged.map(({ proven }) => proven)),
    due: due && new Date(due.at).toISOString(),
    next: next === undefined ? undefined : new Date(next).toISOString(),
    failures: watchFailures.flatMap((kind) => worst(kind, judged, promised) ?? []),
    late: judged.flatMap(({ name, late }) => (late === undefined ? [] : [`${name}: ${late}`]))[0],
    unknown: unknown.length === 0 ? undefined : [...new Set(unknown)].join('; '),
    ...(notes.length === 0 ? {} : { notes }),
    parts: judged.map(({ name, newest, proven, failures, unknown: why }) => ({
      name,
      newest,
      proven,
      failures,
      unknown: why,
    })),
  };
}

/** @returns undefined when one has none */
function oldest(backups: readonly (KeptBackup | undefined)[]): KeptBackup | undefined {
  return backups.reduce((worse, one) =>
    worse === undefined || one === undefined
      ? undefined
      : Date.parse(one.takenAt) < Date.parse(worse.takenAt)
        ? one
        : worse,
  );
}

/** The failure of a kind that began first, with the names of the other parts that have it. */
function worst(
  kind: WatchFailure['kind'],
  parts: readonly WatchedPart[],
  { allDatabases, disabled }: PromisedSource,
): WatchFailure | undefined {
  const failing = parts
    .flatMap(({ name, failures }) =>
      failures.flatMap((failure) => (failure.kind === kind ? [{ name, failure, began: ageOf(failure) }] : [])),
    )
    .toSorted((a, b) => a.began - b.began || (a.name < b.name ? -1 : 1));
  const [first, ...others] = failing;
  if (first === undefined) return undefined;
  const isPartly = kind === 'missing' && disabled === undefined && failing.length < parts.length;
  const failure = isPartly ? { ...first.failure, likelyCause: causeOfSome(allDatabases === true) } : first.failure;
  if (others.length === 0) return failure;
  const names = others.map(({ name }) => name).toSorted();
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  const also = `; the same of ${names.slice(0, mostNamed).join(', ')}${more}`;
  return { ...failure, what: `${failure.what}${also}` };
}

/** Of parts that have no backup while others have one. */
function causeOfSome(areDatabases: boolean): string {
  return areDatabases
    ? 'other databases of the server were dumped: the dump of this one failed (then it has an issue of its own), or it was dropped, which the next scheduled run that ends well without it shows'
    : 'other volumes of the instance were backed up: the snapshot of this one failed (see the summaries of the rotation)';
}

const ageOf = ({ since }: WatchFailure): number => Date.parse(since);
