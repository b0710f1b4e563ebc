/**
 * Dumps deleted for good: their versions, not only what hides them, and never what a receipt that is kept names. The receipt
 * goes last, so that the next run can finish what a dead one began to delete.
 */
import type { DumpFile } from '../../domain/dump.ts';
import { lockedWords, type ObjectDeletion, type ObjectPlace } from '../../domain/s3.ts';
import type { Objects } from '../../ports/objects.ts';
import { isPinned } from '../pins/marks.ts';
import { type KnownReceipt, parseReceipt } from '../receipts.ts';
import { hasOwnVersion, isOfFile, versionsOfDump } from './versions.ts';

function isNamed(place: ObjectPlace, receipts: readonly KnownReceipt[]): boolean {
  return receipts.some(({ receipt }) => receipt.files.some((file) => isOfFile(file, place)));
}

/** What became of an expired dump; `pinned`: somebody pinned it meanwhile. */
export type DumpDeletion = ObjectDeletion | { readonly kind: 'pinned' };

export function whyKept(outcome: Exclude<DumpDeletion, { readonly kind: 'deleted' }>): string {
  return outcome.kind === 'pinned' ? 'it was pinned meanwhile' : lockedWords(outcome);
}

/**
 * Deletes the files of an expired dump, and then its receipt, unless one of the files is locked: such a dump is kept as it is,
 * with the rest of its files, until the lock ends. The receipt is read again first: the run may have begun hours ago.
 * @param kept all receipts of the source that stay
 */
export async function deleteExpired(
  objects: Objects,
  receiptBucket: string,
  expired: KnownReceipt,
  kept: readonly KnownReceipt[],
): Promise<DumpDeletion> {
  const now = parseReceipt(await objects.text({ bucket: receiptBucket, key: expired.key }));
  if (now && isPinned(now)) return { kind: 'pinned' };
  for (const file of expired.receipt.files)
    for (const place of await placesOf(objects, file, expired, kept)) {
      const outcome = await objects.delete(place);
      if (outcome.kind === 'locked') return outcome;
    }
  // In a bucket with versions, the receipt leaves its older versions behind, as a trace of what there was.
  return objects.delete({ bucket: receiptBucket, key: expired.key });
}

/**
 * Where the bytes of a file are. A receipt without a version was written for a bucket without versions, whose object may since
 * be another dump's, or may have become one of several versions: then the object's own metadata decides.
 */
async function placesOf(
  objects: Objects,
  { bucket, key, versionId }: DumpFile,
  { receipt }: KnownReceipt,
  kept: readonly KnownReceipt[],
): Promise<readonly ObjectPlace[]> {
  const own = { bucket, key, versionId };
  const found = hasOwnVersion(own) ? [own] : await versionsOfDump(objects, own, receipt);
  return found.filter((place) => !isNamed(place, kept));
}
