/** All receipts of a bucket, also those that retention has deleted, as long as the bucket keeps their older versions. */
import type { StoredObject } from '../../../domain/s3.ts';
import { receiptsPrefix } from '../../../domain/tags.ts';
import type { Documents } from '../../../ports/objects.ts';
import { each } from '../../../runtime/each.ts';
import { explainInLine } from '../../../runtime/errors.ts';
import type { EvidenceBackup } from '../input.ts';
import { evidenceIn } from './from-receipt.ts';

/** Receipts read at once. */
const parallel = 8;

export interface AllReceipts {
  /** As their receipts tell; whether they are still there, only the inventory knows. */
  readonly backups: readonly EvidenceBackup[];
  /** Since when each receipt that was deleted can be read (epoch ms). */
  readonly deletedSince: number | undefined;
  readonly problems: readonly string[];
}

interface Found {
  readonly object: StoredObject;
  readonly deletedAt: string | undefined;
}

/** @param region of the bucket */
export async function readAllReceipts(
  objects: Documents,
  { bucket, region, signal }: { readonly bucket: string; readonly region: string; readonly signal: AbortSignal },
): Promise<AllReceipts> {
  const problems: string[] = [];
  const { found, deletedSince } = await listAll(objects, bucket, problems, signal);
  const backups: EvidenceBackup[] = [];
  await each(
    found,
    parallel,
    async ({ object: { key, versionId, latest }, deletedAt }) => {
      try {
        const text = await objects.text({ bucket, key, ...(latest ? {} : { versionId }) });
        const backup = evidenceIn(key, text, region);
        if (backup !== undefined) backups.push({ ...backup, ...(deletedAt === undefined ? {} : { deletedAt }) });
      } catch (error) {
        signal.throwIfAborted();
        problems.push(`receipt s3://${bucket}/${key}: ${explainInLine(error)}`);
      }
    },
    signal,
  );
  return { backups, deletedSince, problems };
}

async function listAll(
  objects: Documents,
  bucket: string,
  problems: string[],
  signal: AbortSignal,
): Promise<{ readonly found: readonly Found[]; readonly deletedSince: number | undefined }> {
  const isReceipt = ({ key }: StoredObject): boolean => key.endsWith('.json');
  try {
    return versionsOf((await objects.versions(bucket, receiptsPrefix)).filter(isReceipt));
  } catch (error) {
    signal.throwIfAborted();
    problems.push(`receipts that were deleted, of ${bucket}: ${explainInLine(error)}`);
  }
  const listed = (await objects.list(bucket, receiptsPrefix)).filter(isReceipt);
  return { found: listed.map((object) => ({ object, deletedAt: undefined })), deletedSince: undefined };
}

/**
 * The newest version of each receipt. Each was written more than once, so the oldest version that another one replaced says since when
 * the bucket keeps them.
 */
export function versionsOf(
  all: readonly StoredObject[],
): ReturnType<typeof listAll> extends Promise<infer T> ? T : never {
  let deletedSince = Number.POSITIVE_INFINITY;
  const found: Found[] = [];
  for (const some of Map.groupBy(all, ({ key }) => key).values()) {
    const sorted = some.toSorted(
      (a, b) => b.modifiedAt.getTime() - a.modifiedAt.getTime() || Number(b.latest) - Number(a.latest),
    );
    for (const [at, one] of sorted.entries()) {
      const next = sorted[at - 1];
      if (next !== undefined && !one.deleteMarker) deletedSince = Math.min(deletedSince, next.modifiedAt.getTime());
    }
    const object = sorted.find(({ deleteMarker }) => !deleteMarker);
    if (object === undefined) continue;
    const [newest] = sorted;
    found.push({ object, deletedAt: newest?.deleteMarker ? newest.modifiedAt.toISOString() : undefined });
  }
  return { found, deletedSince: Number.isFinite(deletedSince) ? deletedSince : undefined };
}
