/** The receipts of a source's dumps. */

import type { DumpReceipt } from '../../domain/dump.ts';
import type { KnownReceipt } from '../../dump/retention.ts';
import type { Objects } from '../../ports/objects.ts';

/** Receipts read at once. */
const parallel = 8;

/** All receipts under the prefix, newest first; what cannot be read as one is left out. */
export async function readReceipts(objects: Objects, bucket: string, prefix: string): Promise<KnownReceipt[]> {
  const keys = (await objects.list(bucket, prefix))
    .map((one) => one.key)
    .sort()
    .reverse();
  const known: KnownReceipt[] = [];
  for (let at = 0; at < keys.length; at += parallel) {
    const some = await Promise.all(
      keys.slice(at, at + parallel).map(async (key) => ({ key, receipt: parse(await objects.text({ bucket, key })) })),
    );
    for (const { key, receipt } of some) if (receipt) known.push({ key, receipt });
  }
  return known;
}

function parse(text: string | undefined): DumpReceipt | undefined {
  try {
    const receipt = JSON.parse(text ?? '') as DumpReceipt;
    return receipt.format === 'holdfast-receipt/1' && receipt.kind === 'database-dump' ? receipt : undefined;
  } catch {
    return undefined;
  }
}
