/** Reports to render: complete, and easy to vary. */
import type { Receipt } from '../../../src/domain/receipt.ts';
import type { Step } from '../../../src/domain/step.ts';
import type { CheckResult, Verification } from '../../../src/domain/verification.ts';
import type { Report } from '../../../src/report/report.ts';

const run = {
  key: 'acme/backups/actions/runs/77',
  url: 'https://github.example/acme/backups/actions/runs/77',
  attempt: 1,
};

const step = (name: string, from: string, to: string, outcome: Step['outcome'] = 'done'): Step => ({
  name,
  startedAt: `2026-11-20T00:${from}Z`,
  endedAt: `2026-11-20T00:${to}Z`,
  outcome,
});

export const timeline: readonly Step[] = [
  step('find the source', '00:00.000', '00:02.500'),
  step('resume the source', '00:05.250', '00:06.000'),
  step('quiesce the source', '00:03.000', '00:05.000'),
];

export const receipt: Receipt = {
  format: 'holdfast-receipt/1',
  source: 'ib01.prod',
  kind: 'volume-snapshot',
  state: 'taken',
  takenAt: '2026-11-20T00:00:05.000Z',
  run,
  host: {
    instanceId: 'i-0aaa',
    name: 'ib01.prod',
    region: 'us-east-1',
    mountPoint: '/ibdata',
    device: '/dev/nvme1n1',
    volumeId: 'vol-0bbb',
    filesystem: 'xfs',
    sizeBytes: 107_374_182_400,
    usedBytes: 64_424_509_440,
    service: 'mysqld-ib',
  },
  versions: { holdfast: '0.1.0', server: '5.1.40' },
  quiesce: { mode: 'stop', leaseSeconds: 120, pauseSeconds: 3.25 },
  fingerprint: {
    method: 'auto',
    checks: '',
    before: {
      takenAt: '2026-11-20T00:00:02.000Z',
      seconds: 1.5,
      serverVersion: '5.1.40',
      entries: [{ name: 'sales.orders', kind: 'table', method: 'checksum', rows: '1200', values: { checksum: '77' } }],
    },
  },
  snapshot: {
    id: 'snap-0ccc',
    startedAt: '2026-11-20T00:00:05.000Z',
    completedAt: '2026-11-20T00:03:05.000Z',
    sizeGiB: 100,
  },
  files: [],
  timeline,
  verdict: 'unproven',
  notes: [],
};

export const check = (name: string, outcome: CheckResult['outcome'], output?: string): CheckResult => ({
  name,
  outcome,
  detail: `${name}: detail`,
  ...(output === undefined ? {} : { output }),
});

export const verification: Verification = {
  verdict: 'good',
  snapshotId: 'snap-0ccc',
  volumeId: 'vol-0ddd',
  instanceId: 'i-0eee',
  startedAt: '2026-11-20T00:10:00.000Z',
  endedAt: '2026-11-20T00:20:00.000Z',
  run,
  checks: [check('filesystem', 'passed'), check('sales.orders', 'passed')],
  read: { bytes: 64_424_509_440, files: 4123, seconds: 512 },
  rows: { compared: '3936000', of: '4000000' },
  recoverySeconds: 84.2,
  serverVersion: '5.1.40',
  timeline,
};

export const base = {
  source: 'ib01.prod',
  run,
  startedAt: '2026-11-20T00:00:00.000Z',
  endedAt: '2026-11-20T00:20:30.000Z',
  plan: [{ decision: 'snapshot vol-0bbb', reason: 'it is mounted at /ibdata' }],
  timeline,
  receipt,
  receiptLocation: 's3://receipts/receipts/ib01.prod/77.json',
  runbookUrl: 'https://github.example/acme/backups/blob/main/docs/runbook.md',
} as const;

export const taken: Report = { ...base, action: 'ib-snapshot', outcome: 'done' };
export const good: Report = { ...base, action: 'verify-volume', outcome: 'done', verdict: 'good', verification };
export const bad: Report = {
  ...base,
  action: 'verify-volume',
  outcome: 'failed',
  verdict: 'bad',
  verification: {
    ...verification,
    verdict: 'bad',
    checks: [
      check('filesystem', 'passed'),
      check('sales.orders', 'failed', 'expected 1200 rows\nfound 1199 rows'),
      check('sales.items', 'not-compared'),
    ],
  },
  failingStep: 'compare with the fingerprint',
  error: { what: 'the restored copy differs from the source', fix: 'look at the checks' },
};
export const unproven: Report = {
  ...base,
  action: 'verify-volume',
  outcome: 'failed',
  verdict: 'unproven',
  failingStep: 'attach the volume',
  error: {
    what: 'AttachVolume for vol-0ddd failed: UnauthorizedOperation',
    likelyCause: 'the role lacks this permission',
    fix: 'deploy the current stack',
    code: 'UnauthorizedOperation',
  },
};
