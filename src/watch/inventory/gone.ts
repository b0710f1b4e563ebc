/**
 * What it means that the bytes of a backup are gone while its receipt is left. Who deletes decides:
 * - Holdfast, where each dump has keys of its own: the objects first, then the receipt. A receipt is left only by a run that died
 *   in between, until the next good run.
 * - the lifecycle of the bucket, where dumps are versions of the same keys, and the rotation, which deletes snapshots: both leave
 *   all receipts behind. The receipts say what they may delete; those of earlier versions do not.
 * Whatever else is gone was deleted by somebody.
 */
import type { KeptBackup } from '../../domain/backup.ts';
import type { VersionRule } from '../../domain/dump.ts';
import { isOwnKey } from '../../dump/files.ts';
import { expiredDumps } from '../../dump/retention/retention.ts';
import type { DumpFacts, ReceiptBackup } from './read-receipts.ts';
import type { FileProblem } from './stored-files.ts';

const day = 86_400_000;

/**
 * Whether retention has deleted files of a dump, or is about to delete the rest.
 * @param dumps all of its source, itself among them
 * @param gone ids of those of which nothing is left
 */
export function deletesDump(
  one: ReceiptBackup,
  problem: FileProblem,
  dumps: readonly ReceiptBackup[],
  gone: ReadonlySet<string>,
  now: Date,
): boolean {
  const others = dumps.map(({ backup }) => backup);
  if (!problem.overwritten && hasOwnKeys(one, dumps)) return isBeingDeleted(one, dumps);
  if (!problem.allGone) return false;
  if (problem.overwritten || one.dump?.retention === undefined) return mayHaveExpired(one.backup, others, gone);
  if (isNeverDeleted(one.backup, others)) return false;
  const later = dumps
    .filter((other) => other.backup.takenAt > one.backup.takenAt && sharesKey(one, other))
    .toSorted((a, b) => a.backup.takenAt.localeCompare(b.backup.takenAt));
  return (
    isDeletedByLifecycle(later, problem.unnamed, now) ||
    (one.backup.verdict !== 'good' && madeRoom(one, later, dumps, problem.unnamed))
  );
}

/** Whether the rotation may have deleted the snapshot of a volume. @param deleteOn as its receipt says */
export function deletesVolume(
  one: KeptBackup,
  deleteOn: string | undefined,
  others: readonly KeptBackup[],
  gone: ReadonlySet<string>,
  now: Date,
): boolean {
  if (deleteOn === undefined) return mayHaveExpired(one, others, gone);
  return !isNeverDeleted(one, others) && deleteOn <= now.toISOString().slice(0, 10);
}

/** Where nobody wrote down how long they are kept: the oldest first; one that is not proven may also have made room for one that is. */
function mayHaveExpired(one: KeptBackup, others: readonly KeptBackup[], gone: ReadonlySet<string>): boolean {
  if (isNeverDeleted(one, others)) return false;
  if (one.verdict !== 'good') return true;
  return !others.some((other) => other.takenAt < one.takenAt && !other.pinned && !gone.has(other.id));
}

/** No retention deletes the newest proven backup, nor the newest of all: nothing came after it that it made room for. */
function isNeverDeleted(one: KeptBackup, others: readonly KeptBackup[]): boolean {
  if (one.pinned || !others.some(({ takenAt }) => takenAt > one.takenAt)) return true;
  return one.verdict === 'good' && !others.some(({ verdict, takenAt }) => verdict === 'good' && takenAt > one.takenAt);
}

function hasOwnKeys(one: ReceiptBackup, dumps: readonly ReceiptBackup[]): boolean {
  const { dump, files, backup } = one;
  if (dump?.retention?.by === 'dated' || files.every(({ key }) => isOwnKey(key, backup.takenAt))) return true;
  return dump?.retention === undefined && !dumps.some((other) => other !== one && sharesKey(one, other));
}

function sharesKey({ files }: ReceiptBackup, other: ReceiptBackup): boolean {
  return files.some(({ bucket, key }) => other.files.some((file) => file.bucket === bucket && file.key === key));
}

/** Whether the newest run that deletes has this one to delete, and the one before had not: that would have deleted its receipt. */
function isBeingDeleted({ dump }: ReceiptBackup, dumps: readonly ReceiptBackup[]): boolean {
  const known = dumps.flatMap(({ dump: receipt }) => (receipt === undefined ? [] : [{ receipt }]));
  const isDue = (run: DumpFacts | undefined): boolean => {
    const { keep, by } = run?.retention ?? {};
    if (run === undefined || keep === undefined || (by === 'versions' && dump?.keepForever !== false)) return false;
    const then = known.filter(({ receipt }) => receipt.takenAt <= run.takenAt);
    return expiredDumps(then, keep).some(({ receipt }) => receipt === dump);
  };
  // Only a good dump deletes older ones.
  const [newest, before] = known
    .map(({ receipt }) => receipt)
    .filter(({ verdict, state }) => verdict === 'good' && state === 'taken')
    .toSorted((a, b) => b.takenAt.localeCompare(a.takenAt));
  return isDue(newest) && !isDue(before);
}

/**
 * Whether the bucket's rules ask for its deletion, or did at any time since: they may have been changed. S3 deletes a version that
 * has as many newer non-current ones as the rule says, and has not been the current one for so many days (S3 user guide,
 * "Lifecycle configuration elements").
 * @param later dumps with the same keys, oldest first
 * @param unnamed further versions that are newer
 */
function isDeletedByLifecycle(later: readonly ReceiptBackup[], unnamed: number, now: Date): boolean {
  const since = Date.parse(later[0]?.backup.takenAt ?? '');
  return later.some(({ dump }, at) => {
    const until = Date.parse(later[at + 1]?.backup.takenAt ?? now.toISOString());
    // The newest of them is the current version.
    return rulesOf(dump).some(({ versions = 0, days = 0 }) => at + unnamed >= versions && until - since >= days * day);
  });
}

/** What could not be read is taken to be what the input `keep` says. */
function rulesOf(dump: DumpFacts | undefined): readonly VersionRule[] {
  const { keep, rules } = dump?.retention ?? {};
  return rules ?? (keep === undefined ? [] : [{ versions: keep }]);
}

/** Whether one that is not proven was deleted so that the last good one stays (`roomWithin`): as many came after that as are kept. */
function madeRoom(
  one: ReceiptBackup,
  later: readonly ReceiptBackup[],
  dumps: readonly ReceiptBackup[],
  unnamed: number,
): boolean {
  const earlier = dumps
    .filter((other) => other.backup.takenAt < one.backup.takenAt && sharesKey(one, other))
    .toSorted((a, b) => b.backup.takenAt.localeCompare(a.backup.takenAt));
  const sinceGood = earlier.findIndex(({ backup }) => backup.verdict === 'good');
  if (sinceGood < 0) return false;
  const nextGood = later.findIndex(({ backup }) => backup.verdict === 'good');
  const runs = nextGood < 0 ? later : later.slice(0, nextGood + 1);
  return runs.some(({ dump }, at) => {
    const limits = rulesOf(dump).flatMap(({ versions }) => versions ?? []);
    return limits.length > 0 && sinceGood + 1 + at + unnamed >= Math.min(...limits);
  });
}
