/** Promises and backups for the suites of the watchdog. */
import type { KeptBackup } from '../../../../src/domain/backup.ts';
import type { PromisedSchedule, PromisedSource } from '../../../../src/watch/promises/promise.ts';

export const hour = 3_600_000;

export function schedule(expression: string, more: Partial<PromisedSchedule> = {}): PromisedSchedule {
  return {
    expression,
    timeZone: 'UTC',
    workflow: '.github/workflows/a.yml',
    since: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

export function promised(more: Partial<PromisedSource> = {}): PromisedSource {
  return {
    source: 'orders',
    kind: 'database-dump',
    schedules: [schedule('17 3 * * *')],
    targets: { allowanceSeconds: 12 * 3600 },
    since: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

export function backup(takenAt: string | number, more: Partial<KeptBackup> = {}): KeptBackup {
  const at = new Date(takenAt).toISOString();
  return {
    source: 'orders',
    kind: 'database-dump',
    takenAt: at,
    id: `receipts/orders/dump-${at}.json`,
    region: 'us-east-1',
    verdict: 'good',
    proofs: [],
    pinned: false,
    ...more,
  };
}
