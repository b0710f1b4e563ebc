/** Proves a dump, and writes the verdict into its receipt and onto its files. */
import type { DumpFile, DumpReceipt, ProofRow } from '../../domain/dump.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { dumpReceiptKey } from '../../dump/files.ts';
import { scratchOwner } from '../../dump/owner.ts';
import { settleMarks } from '../../dump/pins/mark.ts';
import { outcomeOfArchive, proveFile, verdictOfProof } from '../../dump/proof/proof.ts';
import { changeReceipt, writeReceipt } from '../../dump/receipts.ts';
import type { DescribedFingerprint } from '../../ports/dump-engine.ts';
import { BackupError } from '../../runtime/errors.ts';
import { type Dump, putAway } from './dump.ts';
import type { DumpWork } from './ports.ts';

/**
 * Writes the receipt, proves the files, and writes the verdict.
 * @param onVerdict gets the receipt with its verdict, before it is written
 * @param onKept gets what the host keeps of the archive, in words
 */
export async function proveDump(
  work: DumpWork,
  dump: Dump,
  { onVerdict, onKept }: { onVerdict: (receipt: DumpReceipt) => void; onKept: (what: string) => void },
): Promise<DumpReceipt> {
  const { settings, location, ports, context } = work;
  const { receipt: taken } = dump;
  const proof: ProofRow[] = [];
  let verdict: Verdict = 'unproven';
  try {
    context.report({ receiptLocation: await writeReceipt(ports.objects, location, context.run, taken) });
    const files = settings.prove.flatMap((kind) => taken.files.find((file) => file.kind === kind) ?? []);
    await proveFiles(work, dump, files, proof);
    verdict = verdictOfProof(proof, files.length);
    const receipt = { ...taken, proof, verdict, timeline: context.timeline.steps };
    onVerdict(receipt);
    return await writeVerdict(work, receipt);
  } finally {
    // However the run ends, the host has the archive.
    const kept = await putAway(work, outcomeOfArchive(proof, verdict));
    if (kept !== undefined) onKept(kept);
  }
}

/** @param proof gets the result of each file */
async function proveFiles(work: DumpWork, dump: Dump, files: readonly DumpFile[], proof: ProofRow[]): Promise<void> {
  const { location, ports, context } = work;
  const owner = scratchOwner(context.run, location.source);
  // A copy with all rows stands for the source where columns are compared, so that the source is not asked for more.
  let copy: DescribedFingerprint | undefined;
  for (const file of files) {
    const request =
      file.kind === 'anonymised' && dump.anonymised && dump.receipt.anonymised
        ? ports.files.expected({
            source: dump.source,
            changes: dump.receipt.anonymised,
            definitions: dump.anonymised.definitions,
            copy,
          })
        : { source: dump.source, anonymised: undefined };
    const columns = files.some(({ kind }) => kind === 'anonymised') && copy === undefined;
    const onRows = (found: DescribedFingerprint): void => {
      if (columns) copy = found;
    };
    proof.push(await proveFile({ ...request, file, owner, columns, onRows }, ports, context));
  }
}

/** Somebody may have pinned the dump while it was proven; that stays. */
function writeVerdict({ location, ports, context }: DumpWork, receipt: DumpReceipt): Promise<DumpReceipt> {
  return context.timeline.step('Write the verdict', async (note) => {
    const { proof, verdict, timeline } = receipt;
    note(verdict);
    const key = dumpReceiptKey(receipt.source, receipt.takenAt, context.run);
    const place = { bucket: location.receiptBucket, key };
    const written = await changeReceipt(ports.objects, place, (now) => ({ ...now, proof, verdict, timeline }));
    return settleMarks(ports.objects, place, written);
  });
}

/** The error of a run whose dump is not good: the reason of the first file that is not. */
export function notGood({ verdict, proof }: DumpReceipt): BackupError {
  const row = proof.find((one) => one.verdict === verdict) ?? proof[0];
  const { likelyCause, fix } = row ?? {};
  const detail = row?.findings.join('\n');
  if (verdict === 'bad')
    return new BackupError({
      what: `the ${row?.kind} file is bad: ${row?.findings[0] ?? 'it differs from the source'}`,
      likelyCause: likelyCause ?? 'the file is damaged, or does not hold what the database held',
      fix: fix ?? 'read the findings, then run again; the last good dump is still kept',
      detail,
      code: 'dump-bad',
    });
  const refused = (row?.refused ?? 0) > 0;
  return new BackupError({
    what: `the ${row?.kind ?? 'archive'} file ${refused ? 'is proven only as far as the server could restore it' : 'could not be tested'}: ${row?.findings[0] ?? 'nothing was restored'}`,
    likelyCause: likelyCause ?? 'the server that restores lacks what a restore needs',
    fix: fix ?? 'read the findings (docs/runbook.md#the-dump-is-unproven); the dump is kept',
    detail,
    code: refused ? 'restore-refused' : 'dump-unproven',
  });
}
