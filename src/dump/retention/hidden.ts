/**
 * What delete markers hide. Earlier versions of this action deleted expired dumps without their versions: in a bucket with
 * versions that frees nothing, and may hide a dump that must stay.
 */
import { type StoredObject, s3Url } from '../../domain/s3.ts';
import type { Objects } from '../../ports/objects.ts';
import { type DumpLocation, fileKinds, keyPattern } from '../files.ts';
import { type KnownReceipt, parseReceipt } from '../receipts.ts';
import type { Removal } from './room.ts';
import { byKey, isOfFile, verdictOfFile } from './versions.ts';

/**
 * Delete markers over a proven dump that a receipt names. Hidden, it is a non-current version, which the lifecycle may delete.
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
      receipt.files.some((file) => isOfFile(file, place) && verdictOfFile(receipt, file) === 'good'),
    );
    if (named === undefined) return [];
    return some.slice(0, at).map(({ versionId }) => ({
      place: { bucket, key, versionId },
      decision: `delete the delete marker of ${s3Url({ bucket, key })}`,
      reason: `it hides the good dump of ${named.receipt.takenAt}`,
    }));
  });
}

/** Days for which a hidden dump can be brought back by hand. */
const graceDays = 7;
/** Receipts of other sources that are read at most, to see that none of them names a hidden dump. */
const mostReceipts = 1000;

/** The dated dumps of this name that were hidden days ago, and that no receipt of the bucket names. */
export async function hiddenDumps(
  location: DumpLocation,
  versions: readonly StoredObject[],
  known: readonly KnownReceipt[],
  objects: Objects,
  now: Date,
): Promise<readonly Removal[]> {
  const before = now.getTime() - graceDays * 24 * 3_600_000;
  const own = new Set(known.flatMap(({ receipt }) => receipt.files.map(({ key }) => key)));
  const hidden = [...byKey(versions)].filter(([key, [latest]]) => {
    const since = latest?.deleteMarker ? latest.modifiedAt.getTime() : Number.POSITIVE_INFINITY;
    return since < before && isDatedKey(location, key) && !own.has(key);
  });
  if (hidden.length === 0) return [];
  const others = await keysOfOthers(location, known, objects);
  if (others === undefined) return [];
  const { bucket } = location;
  return hidden
    .filter(([key]) => !others.has(key))
    .flatMap(([key, some]) =>
      // The markers last: until then the next run finds what is left.
      some.toReversed().map(({ versionId, deleteMarker }) => ({
        place: { bucket, key, versionId },
        decision: `delete ${deleteMarker ? 'the delete marker' : 'the hidden version'} of ${s3Url({ bucket, key })}`,
        reason: 'the dump was deleted, but only hidden, and no receipt names it',
      })),
    );
}

function isDatedKey(location: DumpLocation, key: string): boolean {
  return fileKinds.some((kind) =>
    (['custom', 'directory'] as const).some((format) => {
      const [start = '', end = ''] = keyPattern({ ...location, keepAs: 'dated', format }, kind).split('/TIME/');
      const time = key.slice(start.length + 1, -end.length - 1);
      return key === `${start}/${time}/${end}` && /^\d{8}T\d{6}Z$/.test(time);
    }),
  );
}

/** Keys in receipts of other sources, which may have the same names; undefined when there are too many receipts to tell. */
async function keysOfOthers(
  { receiptBucket: bucket }: DumpLocation,
  known: readonly KnownReceipt[],
  objects: Objects,
): Promise<ReadonlySet<string> | undefined> {
  const own = new Set(known.map(({ key }) => key));
  const receipts = (await objects.list(bucket, 'receipts/')).filter(
    ({ key }) => /\/dump-[^/]+\.json$/.test(key) && !own.has(key),
  );
  if (receipts.length > mostReceipts) return undefined;
  const keys = new Set<string>();
  for (const { key } of receipts)
    for (const file of parseReceipt(await objects.text({ bucket, key }))?.files ?? []) keys.add(file.key);
  return keys;
}
