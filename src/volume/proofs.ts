/** The proofs of a snapshot, as its receipt holds them: the first one and all that came after. */
import type { Proof } from '../domain/backup.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { Verification } from '../domain/verification.ts';

/** Proofs that a receipt keeps. */
const maxProofs = 400;
/** Findings of one proof that the history keeps. */
const maxFindings = 5;

/** Whether the snapshot was good or bad before. */
export function isProvenAgain({ verification, proofs }: Receipt): boolean {
  return (verification !== undefined && verification.verdict !== 'unproven') || proofs !== undefined;
}

export function asProof({ endedAt, startedAt, verdict, run, recoverySeconds, checks }: Verification): Proof {
  const wrong = checks.filter(({ outcome }) => outcome === 'failed' || outcome === 'unproven');
  const findings = wrong.map(({ name, detail }) => `${name}: ${detail}`).slice(0, maxFindings);
  return {
    at: endedAt,
    verdict,
    run: { key: run.key, url: run.url },
    seconds: (Date.parse(endedAt) - Date.parse(startedAt)) / 1000,
    ...(recoverySeconds === undefined ? {} : { recoverySeconds }),
    ...(findings.length === 0 ? {} : { findings }),
  };
}

/** Adds a proof to the history of a snapshot that had one before. Adding the same again changes nothing. */
export function withProof(receipt: Receipt, proof: Proof): Receipt {
  const { verification, proofs = verification ? [asProof(verification)] : [] } = receipt;
  if (proofs.some(({ at, run }) => at === proof.at && run.key === proof.run.key)) return receipt;
  return { ...receipt, proofs: [proof, ...proofs].slice(0, maxProofs) };
}
