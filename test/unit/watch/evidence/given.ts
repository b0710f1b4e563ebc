/** Backups and inputs for the suites of evidence. */
import type { EvidenceBackup, EvidenceInput } from '../../../../src/watch/evidence/input.ts';
import { backup } from '../watchdog/given.ts';

export function evidenceBackup(takenAt: string | number, more: Partial<EvidenceBackup> = {}): EvidenceBackup {
  const base = backup(takenAt);
  return { ...base, receiptKey: base.id, kept: true, compared: [], ...more };
}

export function input(more: Partial<EvidenceInput> = {}): EvidenceInput {
  return {
    period: { from: '2026-01-01', to: '2026-01-31' },
    backups: [],
    promises: { 'acme/backups': [] },
    history: undefined,
    records: [],
    account: undefined,
    unread: [],
    problems: [],
    now: new Date('2026-02-02T00:00:00Z'),
    receiptBucket: 'acme-receipts',
    writtenBy: 'Holdfast 1.2.3',
    ...more,
  };
}
