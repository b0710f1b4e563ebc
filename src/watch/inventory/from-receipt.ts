/** A receipt as a kept backup. Receipts of earlier versions lack what was added since, and none of them fails here. */
import type { KeptBackup, Proof } from '../../domain/backup.ts';
import type { DumpReceipt } from '../../domain/dump.ts';
import type { Receipt } from '../../domain/receipt.ts';
import { secondsOf } from '../../dump/kept/history.ts';

/** What pins and later proofs add. */
interface Additions {
  /** All proofs, the first among them, newest first. Absent until the backup is proven again. */
  readonly proofs?: readonly Proof[] | undefined;
  readonly pinned?: boolean | undefined;
  readonly label?: string | undefined;
}

/** @returns undefined for what is no receipt of a volume's finished backup */
export function volumeBackup(receiptKey: string, receipt: Receipt): KeptBackup | undefined {
  const { kind, state, takenAt, snapshot, host, source, quiesce, run, verdict } = receipt;
  if (kind !== 'volume-snapshot' || state !== 'taken' || takenAt === undefined || snapshot === undefined)
    return undefined;
  return {
    source,
    kind,
    takenAt,
    id: snapshot.id,
    region: host.region,
    receiptKey,
    instanceId: host.instanceId,
    volumeId: host.volumeId,
    bytes: host.usedBytes,
    ...(quiesce?.pauseSeconds === undefined ? {} : { pauseSeconds: quiesce.pauseSeconds }),
    runUrl: run.url,
    ...proven(receipt as Additions, verdict, firstVolumeProof(receipt)),
  };
}

/** @param region of the bucket @returns undefined for a draft */
export function dumpBackup(receiptKey: string, receipt: DumpReceipt, region: string): KeptBackup | undefined {
  const { kind, state, takenAt, source, files, run, verdict, keepForever, label, marking } = receipt;
  if (state !== 'taken') return undefined;
  // Retention spares a dump also while it is being pinned, and until a pin is taken back in full.
  const pinned = keepForever === true || marking?.keepForever === true;
  const { proofs } = receipt as Additions;
  return {
    source,
    kind,
    takenAt,
    id: receiptKey,
    region,
    receiptKey,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    runUrl: run.url,
    ...proven(
      { proofs, pinned, label: marking === undefined ? label : marking.label },
      verdict,
      firstDumpProof(receipt),
    ),
  };
}

/** Verdict and proofs: the newest proof that says something of the content counts. */
function proven(
  { proofs = [], pinned = false, label }: Additions,
  verdict: KeptBackup['verdict'],
  first: Proof | undefined,
): Pick<KeptBackup, 'verdict' | 'proofs' | 'pinned' | 'label'> {
  const all = proofs.length > 0 || first === undefined ? proofs : [first];
  const sorted = all.toSorted((a, b) => b.at.localeCompare(a.at));
  const counting = sorted.find((one) => one.verdict !== 'unproven');
  return {
    verdict: counting?.verdict ?? verdict,
    proofs: sorted,
    pinned,
    ...(label === undefined || label === '' ? {} : { label }),
  };
}

function firstVolumeProof({ verification }: Receipt): Proof | undefined {
  if (verification === undefined) return undefined;
  const { startedAt, endedAt, verdict, run, recoverySeconds, checks, obstacle } = verification;
  const wrong = (checks ?? []).filter(({ outcome }) => outcome === 'failed' || outcome === 'unproven');
  const findings = [
    ...(obstacle === undefined ? [] : [`${obstacle.step}: ${obstacle.message}`]),
    ...wrong.map(({ name, detail }) => `${name}: ${detail}`),
  ];
  return {
    at: endedAt,
    verdict,
    run: { key: run.key, url: run.url },
    ...(startedAt === undefined ? {} : { seconds: (Date.parse(endedAt) - Date.parse(startedAt)) / 1000 }),
    ...(recoverySeconds === undefined ? {} : { recoverySeconds }),
    ...(findings.length === 0 ? {} : { findings }),
  };
}

function firstDumpProof({ proof, verdict, run, timeline, takenAt }: DumpReceipt): Proof | undefined {
  if (proof.length === 0) return undefined;
  const recoverySeconds = proof.find(({ kind }) => kind === 'archive')?.restoreSeconds;
  const seconds = secondsOf(timeline ?? []);
  const findings = proof.flatMap((row) => (row.verdict === 'good' ? [] : row.findings));
  return {
    // The proof was the last thing that the run did before it wrote the receipt.
    at: timeline?.at(-1)?.endedAt ?? takenAt,
    verdict,
    run: { key: run.key, url: run.url },
    ...(seconds === undefined ? {} : { seconds }),
    ...(recoverySeconds === undefined ? {} : { recoverySeconds }),
    ...(findings.length === 0 ? {} : { findings }),
  };
}
