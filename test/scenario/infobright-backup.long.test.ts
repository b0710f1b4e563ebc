/** The nightly job on real parts: hosts in containers, XFS on loop devices, a real database, the built bundles. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { backup, changes, minutes, nothingLeft, startNights } from './support-nights.ts';
import { nothing, privileges } from './support-privileges.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startNights();
}, 300_000);

afterAll(async () => {
  await lab?.stop();
}, 120_000);

describe('a night without trouble', () => {
  test(
    'quiesce by freezing ends good too',
    async () => {
      const frozen = await backup(lab, { quiesce: 'freeze' });
      expect(frozen.conclusion).toBe('success');
      expect(await nothingLeft(lab)).toEqual([]);
    },
    3 * minutes,
  );
});

test(
  'a snapshot is verified again by hand: no new one is taken',
  async () => {
    const [id] = (await lab.state.snapshots()).filter((one) => one.tags.Integrity === 'good').map((one) => one.id);
    const count = (await lab.state.snapshots()).length;
    const run = await backup(lab, { 'snapshot-id': id ?? '' });
    expect(run.conclusion).toBe('success');
    expect(run.jobs.find((job) => job.id === 'snapshot')?.conclusion).toBe('skipped');
    expect(run.summary).toContain(id);
    expect(await lab.state.snapshots()).toHaveLength(count);
  },
  3 * minutes,
);

test(
  'a run cancelled while its copy is up takes it down in its post step',
  async () => {
    const handle = await lab.start('infobright-backup');
    const mark = lab.log.records.length;
    while (!lab.log.records.slice(mark).some((one) => one.operation === 'AttachVolume'))
      await new Promise((resolve) => setTimeout(resolve, 50));
    handle.cancel();
    const run = await handle.finished;
    expect(run.conclusion).toBe('cancelled');
    expect(await nothingLeft(lab)).toEqual([]);
  },
  3 * minutes,
);

describe('a source that goes on changing, with 120 tables more, read by aggregates and a checks file', () => {
  const tables = `for n in $(seq 120); do echo "CREATE TABLE ads.part_$n (id INT PRIMARY KEY, t VARCHAR(40)) ENGINE=Aria; INSERT INTO ads.part_$n VALUES (1, 'a'), (2, NULL);"; done`;
  const writer = `while true; do mariadb --socket=/tmp/mysql-ib.sock -e "INSERT INTO ads.live (t) VALUES (NOW(6))" 2>/dev/null; sleep 0.05; done`;

  beforeAll(async () => {
    const sql = `{ echo 'CREATE TABLE ads.live (id BIGINT AUTO_INCREMENT PRIMARY KEY, t DATETIME(6)) ENGINE=InnoDB;'; ${tables}; } | mariadb --socket=/tmp/mysql-ib.sock`;
    const made = await lab.hosts.runOnSource(
      `#!/bin/bash\nset -e\n${sql}\nsystemd-run --quiet --unit=writer bash -c '${writer}'\n`,
    );
    expect(made.stderr).toBe('');
  }, 2 * minutes);

  afterAll(async () => {
    await lab.hosts.runOnSource('#!/bin/bash\nsystemctl stop writer\n');
  });

  const variants = async (inputs: Record<'quiesce' | 'under-lock' | 'fingerprint', string>) => {
    const run = await lab.runWorkflow('test/scenario/workflows/variants.yml', { event: 'workflow_dispatch', inputs });
    const receipt = JSON.parse((await lab.state.receipts())[`receipts/ib01.prod/${run.id}.json`] ?? '{}');
    const { before, after } = receipt.fingerprint;
    const rows = (print: typeof before) =>
      Number(print.entries.find((one: { name: string }) => one.name === 'ads.live').rows);
    expect(rows(after)).toBeGreaterThan(rows(before));
    expect(before.entries.length).toBeGreaterThan(120);
    expect(await nothingLeft(lab)).toEqual([]);
    return { run, receipt };
  };

  test.each([
    { quiesce: 'freeze', 'under-lock': 'true', fingerprint: 'aggregates' },
    { quiesce: 'stop', 'under-lock': 'false', fingerprint: 'auto' },
  ])(
    'quiesce $quiesce, fingerprint $fingerprint: good',
    async (inputs) => {
      const { run, receipt } = await variants(inputs);
      expect(run.conclusion).toBe('success');
      expect(receipt.verdict).toBe('good');
      const check = (name: string) => receipt.verification.checks.find((one: { name: string }) => one.name === name);
      expect(check('revenue of 2014')).toMatchObject({ outcome: 'passed' });
      expect(check('SELECT COUNT(*) FROM ads.no_such_table;')).toMatchObject({ outcome: 'not-compared' });
      expect(check('ads.part_120')).toMatchObject({ outcome: 'passed', detail: '2 rows as on the source' });
      expect(check('ads.live').outcome).toBe('passed');
      expect(receipt.fingerprint.underLock !== undefined).toBe(inputs['under-lock'] === 'true');
    },
    4 * minutes,
  );

  test.each(['stop', 'freeze'])(
    'quiesce %s, by aggregates without the lock: of a table that moved nothing is compared, so unproven, never bad',
    async (quiesce) => {
      const { run, receipt } = await variants({ quiesce, 'under-lock': 'false', fingerprint: 'aggregates' });
      expect(run.conclusion).toBe('failure');
      expect(receipt.verdict).toBe('unproven');
      expect(run.summary).toMatch(/ads\.live/);
      expect(run.summary).toMatch(/fingerprint-under-lock/);
      expect(run.summary).not.toMatch(/is bad/);
    },
    4 * minutes,
  );
});

describe('input that cannot be used', () => {
  test(
    'every mistake is named at once, before any call to AWS',
    async () => {
      const mark = lab.log.records.length;
      const run = await lab.runWorkflow('test/scenario/workflows/bad-input.yml', { event: 'workflow_dispatch' });
      expect(run.conclusion).toBe('failure');
      const log = run.jobs.map((job) => (job.logPath ? readFileSync(job.logPath, 'utf8') : '')).join('\n');
      for (const words of [
        'max-pause: "soon"',
        'checks, checks-file: only one',
        'checks-file: /no/such/file.sql cannot be read',
        'quiesce: "halt"',
        'receipt-bucket: it is required',
      ]) {
        expect(log).toContain(words);
      }
      expect(
        lab.log.records.slice(mark).filter((record) => ['ec2', 'ssm', 's3', 'sts'].includes(record.endpoint)),
      ).toEqual([]);
    },
    1 * minutes,
  );

  test(
    'an unknown instance is named, and nothing is changed',
    async () => {
      const mark = lab.log.records.length;
      const run = await lab.runWorkflow('test/scenario/workflows/unknown-instance.yml', { event: 'workflow_dispatch' });
      expect(run.conclusion).toBe('failure');
      expect(run.summary).toContain('no-such-host');
      expect(changes(lab, mark)).toEqual([]);
    },
    1 * minutes,
  );
});

test(
  'a snapshot whose receipt was removed cannot be verified, and the error says so',
  async () => {
    const [old] = (await lab.state.snapshots()).filter((one) => one.tags.Integrity === 'good');
    await lab.state.tag(old?.id ?? '', { 'holdfast:receipt': 'receipts/ib01.prod/removed.json' });
    const run = await backup(lab, { 'snapshot-id': old?.id ?? '' });
    expect(run.conclusion).toBe('failure');
    expect(run.summary).toContain('has no receipt');
  },
  1 * minutes,
);

test('what these runs show of the policies still holds: without it a call of theirs is refused', async () => {
  expect(await privileges(lab, 'infobright-backup')).toEqual(nothing);
});

test(
  'a policy without the statement that lets it make snapshots: refused by name, and the source serves',
  async () => {
    const poorer = await startLab({ without: ['holdfast-backup/SnapshotTagged'] });
    try {
      const run = await poorer.runWorkflow('infobright-backup');
      expect(run.conclusion).toBe('failure');
      expect(run.summary).toContain('UnauthorizedOperation');
      expect(await poorer.hosts.sourceAnswers()).toBe(true);
      expect(await poorer.state.snapshots()).toEqual([]);
    } finally {
      await poorer.stop();
    }
  },
  2 * minutes,
);

test(
  'without configuration the workflow says so and skips, green',
  async () => {
    const bare = await startLab({ vars: { HOLDFAST_IB_SOURCE: '' } });
    try {
      const run = await bare.runWorkflow('infobright-backup');
      expect(run.conclusion).toBe('success');
      expect(run.summary).toContain('HOLDFAST_IB_SOURCE');
      expect(bare.log.records.filter((record) => record.endpoint === 'ec2')).toEqual([]);
    } finally {
      await bare.stop();
    }
  },
  1 * minutes,
);
