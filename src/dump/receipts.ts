/** The receipts of a source's dumps. */
import type { DumpReceipt } from '../domain/dump.ts';
import type { RunIdentity } from '../domain/run.ts';
import { s3Url } from '../domain/s3.ts';
import type { Objects } from '../ports/objects.ts';
import { type DumpLocation, dumpReceiptKey, receiptPrefix } from './files.ts';

export interface KnownReceipt {
  readonly key: string;
  readonly receipt: DumpReceipt;
}

/** Receipts read at once. */
const parallel = 8;

/**
 * Reads all receipts of a source, newest first. Objects that are not receipts of dumps are left out, and so are those of
 * other sources, whose names may lead to the same prefix (`a b` and `a-b`, `a` and `a/dump-b`).
 */
export async function readReceipts(objects: Objects, bucket: string, source: string): Promise<KnownReceipt[]> {
  const keys = (await objects.list(bucket, receiptPrefix(source)))
    .map((object) => object.key)
    .sort()
    .reverse();
  const known: KnownReceipt[] = [];
  for (let at = 0; at < keys.length; at += parallel) {
    const batch = await Promise.all(
      keys
        .slice(at, at + parallel)
        .map(async (key) => ({ key, receipt: parseReceipt(await objects.text({ bucket, key })) })),
    );
    for (const { key, receipt } of batch) if (receipt?.source === source) known.push({ key, receipt });
  }
  return known;
}

/** @returns undefined for what is not the receipt of a dump */
export function parseReceipt(text: string | undefined): DumpReceipt | undefined {
  try {
    const receipt = JSON.parse(text ?? '') as DumpReceipt;
    if (receipt.format !== 'holdfast-receipt/1' || receipt.kind !== 'database-dump') return undefined;
    return { ...receipt, files: receipt.files ?? [], proof: receipt.proof ?? [] };
  } catch {
    return undefined;
  }
}

/** The newest receipt of a proven dump. */
export function lastGood(known: readonly KnownReceipt[]): KnownReceipt | undefined {
  return newestFirst(known).find(({ receipt }) => receipt.verdict === 'good');
}

export function newestFirst(known: readonly KnownReceipt[]): readonly KnownReceipt[] {
  return known.toSorted((a, b) => b.receipt.takenAt.localeCompare(a.receipt.takenAt));
}

/** Writes a receipt, or replaces the one of the same dump. @returns its URL */
export async function writeReceipt(
  objects: Objects,
  { receiptBucket: bucket }: Pick<DumpLocation, 'receiptBucket'>,
  run: RunIdentity,
  receipt: DumpReceipt,
): Promise<string> {
  const key = dumpReceiptKey(receipt.source, receipt.takenAt, run);
  const object = { bucket, key, contentType: 'application/json', tags: {}, metadata: {} };
  await objects.put(object, `${JSON.stringify(receipt, null, 2)}\n`);
  return s3Url({ bucket, key });
}

/** Deletes the draft of a dump that failed, unless uploads are left: then the next run needs it to find them. */
export async function removeDraft(
  objects: Objects,
  { receiptBucket }: Pick<DumpLocation, 'receiptBucket'>,
  run: RunIdentity,
  draft: DumpReceipt,
): Promise<void> {
  const left = await Promise.all(
    (draft.uploads ?? []).map(async ({ key }) => (await objects.unfinished(draft.bucket, key)).length),
  ).catch(() => [1]);
  if (left.some((count) => count > 0)) return;
  const key = dumpReceiptKey(draft.source, draft.takenAt, run);
  await objects.delete({ bucket: receiptBucket, key }).catch(() => {});
}
