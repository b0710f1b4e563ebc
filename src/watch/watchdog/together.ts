/** A server or an instance from its parts: the worst counts, and what fails is named. */
import type { KeptBackup } from '../../domain/backup.ts';
import { inOne, isFailing, type TroublePart } from '../../domain/watching.ts';
import type { PromisedSource } from '../promises/promise.ts';
import { newestDue, nextPromised } from './due.ts';
import {
  type WatchedPart,
  type WatchedSource,
  type WatchFailure,
  type WatchFailureKind,
  watchFailures,
} from './watched.ts';

export function together(
  promised: PromisedSource,
  all: readonly (WatchedSource & Pick<WatchedPart, 'id' | 'name'>)[],
  now: Date,
): WatchedSource {
  const judged = withCauses(all, promised);
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
    failures: watchFailures.flatMap((kind) => worst(kind, judged) ?? []),
    late: judged.flatMap(({ name, late }) => (late === undefined ? [] : [`${name}: ${late}`]))[0],
    unknown: unknown.length === 0 ? undefined : [...new Set(unknown)].join('; '),
    ...(notes.length === 0 ? {} : { notes }),
    parts: judged.map(({ id, name, newest, proven, failures, unknown: why }) => ({
      id,
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

/** Where some parts have a backup and others have none, that says more of the cause than the run does. */
function withCauses<Part extends WatchedPart>(
  parts: readonly Part[],
  { allDatabases, disabled }: PromisedSource,
): readonly Part[] {
  const isMissing = ({ failures }: WatchedPart): boolean => failures.some(({ kind }) => kind === 'missing');
  if (disabled !== undefined || parts.every(isMissing)) return parts;
  const likelyCause = causeOfSome(allDatabases === true);
  return parts.map((part) => ({
    ...part,
    failures: part.failures.map((one) => (one.kind === 'missing' ? { ...one, likelyCause } : one)),
  }));
}

/** How each part stands with a kind of failure. */
export function partsWith(kind: WatchFailureKind, parts: readonly WatchedPart[]): readonly TroublePart[] {
  return parts.map(({ id, name, failures, unknown, newest }) => {
    const { kind: _kind, ...failure } = failures.find((one) => one.kind === kind) ?? { kind };
    return {
      id,
      name,
      ...('since' in failure ? { failure } : {}),
      isUnknown: unknown !== undefined,
      newest: newest?.takenAt,
    };
  });
}

function worst(kind: WatchFailureKind, parts: readonly WatchedPart[]): WatchFailure | undefined {
  const failure = inOne(partsWith(kind, parts).filter(isFailing));
  return failure && { kind, ...failure };
}

/** Of parts that have no backup while others have one. */
function causeOfSome(areDatabases: boolean): string {
  return areDatabases
    ? 'other databases of the server were dumped: the dump of this one failed (then it has an issue of its own), or it was dropped, which the next scheduled run that ends well without it shows'
    : 'other volumes of the instance were backed up: the snapshot of this one failed (see the summaries of the rotation)';
}
