/** Completes what somebody began to mark: a pin, an unpin or a label whose command died half-way. */

import type { Objects } from '../../ports/objects.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { explainInLine } from '../../runtime/errors.ts';
import type { DumpLocation } from '../files.ts';
import type { KnownReceipt } from '../receipts.ts';
import { settleMarks } from './mark.ts';
import { marksInWords } from './marks.ts';

/** What cannot be completed is a warning: the backup of today matters more. @returns what was completed, in words */
export async function completeMarks(
  { receiptBucket }: Pick<DumpLocation, 'receiptBucket'>,
  known: readonly KnownReceipt[],
  objects: Objects,
  { logger, signal }: Pick<WorkContext, 'logger' | 'signal'>,
): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const { key, receipt } of known) {
    if (receipt.state !== 'taken' || receipt.marking === undefined) continue;
    const which = `the marks of the dump of ${receipt.takenAt}`;
    try {
      const settled = await settleMarks(objects, { bucket: receiptBucket, key }, receipt);
      notes.push(`completed ${which}, whose command had died: ${marksInWords(settled) || 'none'}`);
    } catch (error) {
      signal.throwIfAborted();
      logger.warning(`${which} could not be completed: ${explainInLine(error)}`);
    }
  }
  for (const note of notes) logger.info(note);
  return notes;
}
