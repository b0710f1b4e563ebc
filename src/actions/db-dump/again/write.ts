/** Writes the result of a later proof: into the receipt first, and onto the objects last. */
import type { DumpReceipt } from '../../../domain/dump.ts';
import { type LaterProof, withProof } from '../../../dump/kept/history.ts';
import { tagsOf } from '../../../dump/pins/marks.ts';
import { changeReceipt } from '../../../dump/receipts.ts';
import type { KeptWork } from './ports.ts';

/** @throws BackupError when the receipt is gone: the dump was deleted meanwhile */
export function writeProof(work: KeptWork, later: LaterProof): Promise<DumpReceipt> {
  const { settings, key, objects, context } = work;
  return context.timeline.step('Write the verdict', async (note) => {
    const place = { bucket: settings.receiptBucket, key };
    const written = await changeReceipt(objects, place, (now) => withProof(now, later));
    await tagObjects(work, written, later);
    note(later.proof.verdict);
    return written;
  });
}

async function tagObjects({ objects }: KeptWork, receipt: DumpReceipt, { rows }: LaterProof): Promise<void> {
  for (const { kind, gone } of rows) {
    const file = receipt.files.find((one) => one.kind === kind);
    // In the place of a lost one, another dump's object may lie.
    if (file === undefined || gone) continue;
    await objects.setTags(file, tagsOf(receipt, file));
  }
}
