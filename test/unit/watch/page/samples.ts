/** Backups and promises for the tests of the status page. */
import type { KeptBackup, Proof } from '../../../../src/domain/backup.ts';
import type { PageInput, PagePromise } from '../../../../src/watch/page/model/input.ts';

export const now = new Date('2026-11-27T03:00:00.000Z');
const run = { key: 'acme/backups/actions/runs/7', url: 'https://github.example/acme/backups/actions/runs/7' };

export function proofAt(at: string, verdict: Proof['verdict'] = 'good', more: Partial<Proof> = {}): Proof {
  return { at, verdict, run, ...more };
}

/** A dump, proven good ten minutes later. */
export function backup(takenAt: string, more: Partial<KeptBackup> = {}): KeptBackup {
  const verdict = more.verdict ?? 'good';
  const at = new Date(Date.parse(takenAt) + 600_000).toISOString();
  return {
    source: 'shop.prod',
    kind: 'database-dump',
    takenAt,
    id: `receipts/shop.prod/dump-${takenAt}.json`,
    region: 'us-east-1',
    bytes: 5_000_000,
    verdict,
    proofs: [proofAt(at, verdict, verdict === 'good' ? { recoverySeconds: 60 } : { findings: ['a row is missing'] })],
    runUrl: run.url,
    pinned: false,
    ...more,
  };
}

/** Daily at an hour (UTC), for so many days until now and a few after. */
export function promise(hour = 2, days = 400, more: Partial<PagePromise> = {}): PagePromise {
  const first = Date.UTC(2026, 10, 27, hour) - days * 86_400_000;
  return {
    source: 'shop.prod',
    kind: 'database-dump',
    schedules: [`0 ${hour} * * * (UTC)`],
    runs: Array.from({ length: days + 4 }, (_, at) => new Date(first + at * 86_400_000).toISOString()),
    allowanceSeconds: 43_200,
    workflow: 'postgres-backup.yml',
    repositoryUrl: 'https://github.example/acme/backups',
    ...more,
  };
}

export function input(more: Partial<PageInput> = {}): PageInput {
  return {
    backups: [],
    promises: [],
    findings: [],
    unread: [],
    now,
    settings: {
      title: 'acme/backups',
      timeZone: 'UTC',
      repositoryUrl: 'https://github.example/acme/backups',
      docsUrl: 'https://github.example/acme/holdfast/blob/main/docs',
      receiptBucket: 'acme-receipts',
      writtenBy: 'Holdfast 1.2.3',
    },
    ...more,
  };
}
