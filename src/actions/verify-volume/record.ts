/**
 * Writes what was found: into the receipt and the tags of the snapshot that the receipt is of; of a copy, and of a snapshot of
 * the rotation, into their own tags, since nothing else is only about them.
 */
import type { Proof } from '../../domain/backup.ts';
import type { Tags } from '../../domain/ec2.ts';
import type { Receipt } from '../../domain/receipt.ts';
import { tagNames, verdictTags } from '../../domain/tags.ts';
import type { Verification } from '../../domain/verification.ts';
import { isDay } from '../../rotation/plan/dates.ts';
import { rotationTags } from '../../rotation/plan/tags.ts';
import { explain } from '../../runtime/errors.ts';
import { asProof, isProvenAgain, withProof } from '../../volume/proofs.ts';
import type { Choice, FingerprintChoice } from './choose.ts';
import type { Context, Ports } from './ports.ts';

export interface Found {
  readonly verification: Verification;
  /** What no proof can look into. */
  readonly unsupported?: readonly string[] | undefined;
}

/** The receipt first, the tags last: a snapshot that carries a verdict always has it in its receipt. */
export async function writeVerdict(
  { verification, unsupported = [] }: Found,
  choice: Choice,
  ports: Ports,
  { timeline, report }: Context,
): Promise<void> {
  const { verdict } = verification;
  if (!hasOwnReceipt(choice)) {
    await timeline.step('Write the verdict', async (note) => {
      await ports.compute.setTags(choice.snapshot.id, foundTags(verification, choice, unsupported));
      note(verdict);
    });
    return verdict === 'unproven' ? undefined : report({ outcome: 'done' });
  }
  if (verdict === 'unproven') return writeProof(asProof(verification), choice, ports.receipts);
  const { receipts, compute } = ports;
  await timeline.step('Write the verdict', async (note) => {
    const kept = await receipts.read(choice.receiptKey);
    const now = kept?.receipt ?? choice.receipt;
    const again = isProvenAgain(now) ? withProof(now, asProof(verification)) : now;
    const receipt: Receipt = { ...withDeleteOn(again, choice), verdict, verification };
    const written = await receipts.write(choice.receiptKey, receipt, kept?.etag);
    report({ receipt, receiptLocation: written.location });
    await compute.setTags(choice.snapshot.id, verdictTags(verdict));
    note(verdict);
  });
  report({ outcome: 'done' });
}

/** What was begun and could not be ended. It changes no verdict. */
export async function recordAttempt(error: unknown, choice: Choice, ports: Ports, context: Context): Promise<void> {
  const { clock, run, signal, logger } = context;
  if (signal.aborted) return;
  const at = clock.now().toISOString();
  const findings = [explain(error).what];
  try {
    if (hasOwnReceipt(choice))
      await writeProof(
        { at, verdict: 'unproven', run: { key: run.key, url: run.url }, findings },
        choice,
        ports.receipts,
      );
    else await ports.compute.setTags(choice.snapshot.id, { [tagNames.tried]: at });
  } catch (problem) {
    logger.warning(`nothing names this attempt: ${explain(problem).what}`);
  }
}

/** A receipt of an earlier version does not say until when its snapshot is kept: once that is gone, nothing else can. */
function withDeleteOn(receipt: Receipt, { snapshot }: FingerprintChoice): Receipt {
  const deleteOn = receipt.deleteOn ?? snapshot.tags[rotationTags.deleteOn];
  return deleteOn === undefined || !isDay(deleteOn) ? receipt : { ...receipt, deleteOn };
}

function hasOwnReceipt(choice: Choice): choice is FingerprintChoice {
  return choice.receipt !== undefined && !choice.isCopy;
}

function foundTags(verification: Verification, { receipt }: Choice, unsupported: readonly string[]): Tags {
  const { verdict, endedAt } = verification;
  if (verdict === 'unproven')
    // A tag holds 256 characters (EC2 user guide, "Tag restrictions").
    return { [tagNames.tried]: [endedAt, ...unsupported].join(' ').slice(0, 256) };
  // `DBBackupValid` speaks of a database, of which a proof by filesystems knows nothing.
  const verdicts = receipt === undefined ? { [tagNames.integrity]: verdict } : verdictTags(verdict);
  const seconds = asProof(verification).seconds ?? 0;
  return { ...verdicts, [tagNames.proven]: `${endedAt} ${Math.round(seconds)}` };
}

/** What could not be tried changes no verdict; the history of a snapshot that is proven again names it all the same. */
async function writeProof(proof: Proof, { receiptKey }: FingerprintChoice, receipts: Ports['receipts']): Promise<void> {
  const kept = await receipts.read(receiptKey);
  if (kept === undefined || !isProvenAgain(kept.receipt)) return;
  await receipts.write(receiptKey, withProof(kept.receipt, proof), kept.etag);
}
