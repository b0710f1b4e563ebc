/** Writes the result of a later proof: into the receipt first, and onto the objects last. */
import type { DumpReceipt } from '../../../domain/dump.ts';
import { type LaterProof, withProof } from '../../../dump/kept/history.ts';
import { tagsOf } from '../../../dump/pins/marks.ts';
import { changeReceipt, parseReceipt } from '../../../dump/receipts.ts';
import type { KeptWork } from './ports.ts';

/** @throws BackupError when the receipt is gone: the dump was deleted meanwhile */
export function writeProof(work: KeptWork, later: LaterProof): Promise<DumpReceipt> {
  const { settings, key, objects, context } = work;
  return context.timeline.step('Write the verdict', async (note) => {
    const place = { bucket: settings.receiptBucket, key };
    const written = await changeReceipt(objects, place, (now) => withProof(now, later));
    await tagAsReceiptSays(work, written, later);
    note(later.proof.verdict);
    return written;
  });
}

/** How often somebody else may change the receipt while its objects are tagged. */
const mostChanges = 10;

/** Tags say what the receipt says when they are written: somebody may pin the dump at the same moment, and have tagged it first. */
async function tagAsReceiptSays(work: KeptWork, written: DumpReceipt, later: LaterProof): Promise<void> {
  const place = { bucket: work.settings.receiptBucket, key: work.key };
  let now = written;
  for (let changes = 0; changes < mostChanges; changes += 1) {
    await tagObjects(work, now, later);
    const after = parseReceipt(await work.objects.text(place));
    if (after === undefined || tagged(after) === tagged(now)) return;
    now = after;
  }
}

/** What is tagged, and how. */
function tagged(receipt: DumpReceipt): string {
  return JSON.stringify(receipt.files.map((file) => [file.key, file.versionId, tagsOf(receipt, file)]));
}

async function tagObjects({ objects }: KeptWork, receipt: DumpReceipt, { rows }: LaterProof): Promise<void> {
  for (const { kind, gone } of rows) {
    const file = receipt.files.find((one) => one.kind === kind);
    // In the place of a lost one, another dump's object may lie.
    if (file === undefined || gone) continue;
    await objects.setTags(file, tagsOf(receipt, file));
  }
}
