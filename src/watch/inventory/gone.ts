/**
 * What it means that the bytes of a backup are gone while its receipt is left: retention deletes snapshots, and buckets delete old
 * versions, and both leave receipts behind. Only what retention does not do is a problem.
 */
import type { KeptBackup } from '../../domain/backup.ts';

/**
 * Whether retention may have deleted it: never the newest proven backup of a source, and of the others the oldest first. A backup that
 * is not proven may also have made room for one that is.
 * @param one whose bytes are gone
 * @param others all of the same source and kind, with `gone` for those whose bytes are gone, too
 */
export function mayHaveExpired(one: KeptBackup, others: readonly KeptBackup[], gone: ReadonlySet<string>): boolean {
  if (one.pinned) return false;
  const proven = others.filter(({ verdict }) => verdict === 'good').map(({ takenAt }) => takenAt);
  const newestProven = proven.toSorted().at(-1);
  if (newestProven !== undefined && one.takenAt === newestProven) return false;
  // The newest of all: nothing has come after it that it could have made room for.
  if (!others.some(({ takenAt }) => takenAt > one.takenAt)) return false;
  if (one.verdict !== 'good') return true;
  return !others.some((other) => other.takenAt < one.takenAt && !other.pinned && !gone.has(other.id));
}
