/** A receipt as evidence: the backup, and what its proof compared. */
import type { DumpReceipt } from '../../../domain/dump.ts';
import type { Receipt } from '../../../domain/receipt.ts';
import { parseReceipt } from '../../../dump/receipts.ts';
import { dumpBackup, volumeBackup } from '../../inventory/from-receipt.ts';
import type { ComparedPart, EvidenceBackup } from '../input.ts';

/** @returns undefined for what is no receipt of a finished backup */
export function evidenceIn(key: string, text: string | undefined, region: string): EvidenceBackup | undefined {
  const dump = parseReceipt(text);
  if (dump !== undefined) return dumpEvidence(key, dump, region);
  const volume = volumeReceipt(text);
  return volume && volumeEvidence(key, volume);
}

function dumpEvidence(key: string, receipt: DumpReceipt, region: string): EvidenceBackup | undefined {
  const backup = dumpBackup(key, receipt, region);
  if (backup === undefined) return undefined;
  const { proof, commit, versions, files } = receipt;
  const compared = proof.map((row): ComparedPart => ({ what: row.kind, verdict: row.verdict, compared: row.compared }));
  return {
    ...backup,
    kept: false,
    compared,
    ...(commit === undefined ? {} : { commit }),
    madeBy: versions.holdfast,
    bucket: files[0]?.bucket,
  };
}

function volumeEvidence(key: string, receipt: Receipt): EvidenceBackup | undefined {
  const backup = volumeBackup(key, receipt);
  if (backup === undefined) return undefined;
  const { verification, versions } = receipt;
  const checks = (verification?.checks ?? []).filter(({ outcome }) => outcome === 'passed' || outcome === 'failed');
  const compared: readonly ComparedPart[] =
    verification === undefined
      ? []
      : [{ what: 'file system, files and tables', verdict: verification.verdict, compared: checks.length }];
  return { ...backup, kept: false, compared, madeBy: versions.holdfast };
}

function volumeReceipt(text: string | undefined): Receipt | undefined {
  try {
    const receipt = JSON.parse(text ?? '') as Receipt | null;
    return receipt?.format === 'holdfast-receipt/1' && receipt.kind === 'volume-snapshot' ? receipt : undefined;
  } catch {
    return undefined;
  }
}
