/** The proofs of a dump, as its receipt holds them: the first one and all that came after. */
import type { Proof } from '../../domain/backup.ts';
import type { DumpFile, DumpReceipt, ProofRow } from '../../domain/dump.ts';
import type { Step } from '../../domain/step.ts';
import { verdictOfProof } from '../proof/proof.ts';
import { isSameObject } from '../retention/versions.ts';

/** Proofs that a receipt keeps. */
const maxProofs = 400;
/** Findings of one proof that the history keeps. */
const maxFindings = 5;

/** All proofs, newest first. Receipts of earlier versions tell of the first one. */
export function proofsOf(receipt: DumpReceipt): readonly Proof[] {
  const { proofs, proof, verdict, run, timeline, takenAt } = receipt;
  if (proofs !== undefined) return proofs;
  if (proof.length === 0) return [];
  return [asProof(proof, { verdict, at: timeline.at(-1)?.endedAt ?? takenAt, run, seconds: secondsOf(timeline) })];
}

/** Seconds that the run which dumped spent on its proof. */
export function secondsOf(timeline: readonly Step[]): number | undefined {
  const steps = timeline.filter(({ name }) => name.startsWith('Prove the '));
  const sum = steps.reduce((all, one) => all + Date.parse(one.endedAt) - Date.parse(one.startedAt), 0);
  return steps.length === 0 ? undefined : sum / 1000;
}

export function asProof(rows: readonly ProofRow[], { verdict, at, run, seconds }: Omit<Proof, 'findings'>): Proof {
  const recoverySeconds = rows.find((row) => row.kind === 'archive' && row.restoreSeconds > 0)?.restoreSeconds;
  const findings = rows.flatMap((row) => row.findings.map((text) => `${row.kind}: ${text}`)).slice(0, maxFindings);
  return {
    at,
    verdict,
    run: { key: run.key, url: run.url },
    ...(recoverySeconds === undefined ? {} : { recoverySeconds }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(findings.length === 0 ? {} : { findings }),
  };
}

/** What a later proof found. */
export interface LaterProof {
  readonly proof: Proof;
  readonly rows: readonly ProofRow[];
  /** The files as they were found, with the ETags that their objects have now. */
  readonly files: readonly DumpFile[];
}

/**
 * The receipt with one more proof. What could not be tried changes no verdict; a file that is gone does, since what was proven is
 * no longer there. Adding the same proof again changes nothing.
 */
export function withProof(receipt: DumpReceipt, { proof, rows, files }: LaterProof): DumpReceipt {
  const before = proofsOf(receipt);
  if (before.some(({ at, run }) => at === proof.at && run.key === proof.run.key)) return receipt;
  const settled = rows.filter((row) => row.verdict !== 'unproven' || row.gone || !wasProven(receipt, row));
  const merged = [...receipt.proof.filter(({ kind }) => !settled.some((row) => row.kind === kind)), ...settled];
  const order = receipt.files.map(({ kind }) => kind);
  const proofRows = merged.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return {
    ...receipt,
    files: receipt.files.map((file) => withEtag(file, rows, files)),
    verdict: verdictOfProof(proofRows, proofRows.length),
    proof: proofRows,
    proofs: [proof, ...before].slice(0, maxProofs),
  };
}

/** An object that was read whole and is the one that was written may have another ETag: that of its newest encryption. */
function withEtag(file: DumpFile, rows: readonly ProofRow[], found: readonly DumpFile[]): DumpFile {
  const isGood = rows.some(({ kind, verdict }) => kind === file.kind && verdict === 'good');
  const etag = found.find((one) => isGood && one.kind === file.kind && isSameObject(one, file))?.etag;
  return etag === undefined || etag === file.etag ? file : { ...file, etag };
}

function wasProven({ proof }: DumpReceipt, { kind }: ProofRow): boolean {
  return proof.some((row) => row.kind === kind && row.verdict !== 'unproven');
}
