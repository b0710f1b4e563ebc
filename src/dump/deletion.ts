/**
 * Dumps deleted for good: their versions, not only what hides them, and never what a receipt that is kept names. The receipt
 * goes last, so that the next run can finish what a dead one began to delete.
 */
import type { DumpFile } from '../domain/dump.ts';
import { type ObjectPlace, type StoredObject, s3Url } from '../domain/s3.ts';
import type { Objects } from '../ports/objects.ts';
import type { KnownReceipt } from './receipts.ts';
import type { Removal } from './room.ts';
import { byKey, hasOwnVersion, isSameObject, verdictOfFile, versionsOfDump } from './versions.ts';

function isNamed(place: ObjectPlace, receipts: readonly KnownReceipt[]): boolean {
  return receipts.some(({ receipt }) => receipt.files.some((file) => isSameObject(file, place)));
}

/** Deletes the files of expired dumps, and their receipts. @param kept all other receipts of the source */
export async function deleteExpired(
  objects: Objects,
  receiptBucket: string,
  expired: readonly KnownReceipt[],
  kept: readonly KnownReceipt[],
): Promise<void> {
  for (const one of expired) {
    for (const file of one.receipt.files)
      for (const place of await placesOf(objects, file, one, kept)) await objects.delete(place);
    // In a bucket with versions, the receipt leaves its older versions behind, as a trace of what there was.
    await objects.delete({ bucket: receiptBucket, key: one.key });
  }
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

/**
 * Delete markers over a proven dump that a receipt names: earlier versions of this action left them. Hidden, it is a
 * non-current version, which the lifecycle may delete.
 * @param versions as the bucket lists them
 */
export function markersOverGoodDumps(
  bucket: string,
  versions: readonly StoredObject[],
  known: readonly KnownReceipt[],
): readonly Removal[] {
  return [...byKey(versions)].flatMap(([key, some]) => {
    const at = some.findIndex(({ deleteMarker }) => !deleteMarker);
    const hidden = some[at];
    if (at < 1 || hidden === undefined) return [];
    const place = { bucket, key, versionId: hidden.versionId };
    const named = known.find(({ receipt }) =>
      receipt.files.some((file) => isSameObject(file, place) && verdictOfFile(receipt, file) === 'good'),
    );
    if (named === undefined) return [];
    return some.slice(0, at).map(({ versionId }) => ({
      place: { bucket, key, versionId },
      decision: `delete the delete marker of ${s3Url({ bucket, key })}`,
      reason: `it hides the good dump of ${named.receipt.takenAt}`,
    }));
  });
}
