/** The receipts of a source's dumps. */
import type { DumpReceipt } from '../domain/dump.ts';
import type { RunIdentity } from '../domain/run.ts';
import { type ObjectPlace, s3Url } from '../domain/s3.ts';
import type { NewObject, Objects } from '../ports/objects.ts';
import { BackupError, isPreconditionFailed } from '../runtime/errors.ts';
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
    return receiptIn(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

/** @returns undefined for a document that is not the receipt of a dump */
export function receiptIn(document: unknown): DumpReceipt | undefined {
  const receipt = document as DumpReceipt | null;
  if (receipt?.format !== 'holdfast-receipt/1' || receipt.kind !== 'database-dump') return undefined;
  return { ...receipt, files: receipt.files ?? [], proof: receipt.proof ?? [] };
}

/** The newest receipt of a proven dump. */
export function lastGood<T extends { readonly receipt: Pick<DumpReceipt, 'takenAt' | 'verdict'> }>(
  known: readonly T[],
): T | undefined {
  return newestFirst(known).find(({ receipt }) => receipt.verdict === 'good');
}

export function newestFirst<T extends { readonly receipt: Pick<DumpReceipt, 'takenAt'> }>(
  known: readonly T[],
): readonly T[] {
  return known.toSorted((a, b) => b.receipt.takenAt.localeCompare(a.receipt.takenAt));
}

/** How often somebody else may change a receipt while one change of it is tried. */
const mostConflicts = 10;

/**
 * Changes a receipt as it is by now, so that nobody's change is lost. Writes nothing where the change is none.
 * @param change may be called again, with what somebody else wrote meanwhile
 * @throws BackupError when there is no receipt
 */
export async function changeReceipt(
  objects: Pick<Objects, 'document' | 'put'>,
  place: ObjectPlace,
  change: (now: DumpReceipt) => DumpReceipt,
): Promise<DumpReceipt> {
  for (let conflicts = 0; ; conflicts += 1) {
    const document = await objects.document(place);
    const now = parseReceipt(document?.text);
    if (document === undefined || now === undefined)
      throw new BackupError({
        what: `${s3Url(place)} is not the receipt of a dump, or is gone`,
        likelyCause: 'the dump was deleted meanwhile',
      });
    const next = change(now);
    if (next === now) return now;
    try {
      await objects.put(receiptObject(place), receiptText(next), document.etag);
      return next;
    } catch (error) {
      if (!isPreconditionFailed(error) || conflicts >= mostConflicts) throw error;
    }
  }
}

function receiptObject({ bucket, key }: ObjectPlace): NewObject {
  return { bucket, key, contentType: 'application/json', tags: {}, metadata: {} };
}

function receiptText(receipt: DumpReceipt): string {
  return `${JSON.stringify(receipt, null, 2)}\n`;
}

/** Writes a receipt, or replaces the one of the same dump. @returns its URL */
export async function writeReceipt(
  objects: Objects,
  { receiptBucket: bucket }: Pick<DumpLocation, 'receiptBucket'>,
  run: RunIdentity,
  receipt: DumpReceipt,
): Promise<string> {
  const key = dumpReceiptKey(receipt.source, receipt.takenAt, run);
  await objects.put(receiptObject({ bucket, key }), receiptText(receipt));
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
