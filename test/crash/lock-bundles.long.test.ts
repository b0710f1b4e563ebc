/**
 * The crash suite of a pause with a lock, on real hosts: at the AWS calls of a freeze and of a stop under the lock the runner is
 * killed, or the call disturbed (points.ts); and the session that holds the lock is killed, or its server restarted, in each of
 * its phases. Afterwards a writer succeeds within the lease and a start, no session and no transaction is left, and the next
 * attempt takes an exact fingerprint.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { source } from '../../lab/hosts/pair.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { RunResult } from '../../lab/runner/runner.ts';
import type { Receipt } from '../../src/domain/receipt.ts';
import { sessionsLeft } from '../scenario/support-writer.ts';
import { arm, everyPair, pointsBetween } from './points.ts';

const hour = 3_600_000;
const leaseMilliseconds = 20_000;
/** What a start of the service takes at most. */
const startMilliseconds = 15_000;

let lab: Lab;
let tried = 0;

beforeAll(async () => {
  const plenty = { capacity: 10_000, refill: 5000 };
  lab = await startLab({
    ec2: { delays: { snapshot: 200 }, buckets: { describe: plenty, mutate: plenty }, snapshotsPerVolume: 10_000 },
  });
  // Large enough that the session can be met while it reads.
  const made = await lab.hosts.runOnSource(`#!/bin/bash
mariadb --socket=/tmp/mysql-ib.sock -e "CREATE TABLE ads.written (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;
  CREATE TABLE ads.under_lock ENGINE=MyISAM SELECT seq AS id, REPEAT('x', 100) AS text FROM ads.seq_1_to_60000;
  CREATE TABLE ads.in_snapshot ENGINE=InnoDB SELECT seq AS id, REPEAT('x', 100) AS text FROM ads.seq_1_to_60000;"
`);
  expect(made.stderr).toBe('');
}, 300_000);

afterAll(async () => {
  process.stdout.write(`crash suite of the lock: ${tried} points tried\n`);
  await lab?.stop();
}, 120_000);

type Inputs = Readonly<Record<'quiesce' | 'under-lock', string>>;

const backup = (inputs: Inputs): Promise<RunResult> =>
  lab.runWorkflow('test/crash/workflows/ib-snapshot-lock.yml', { event: 'workflow_dispatch', inputs });

async function receiptOf(run: RunResult): Promise<Receipt> {
  const file = `receipts/${source.name}/${run.id}.json`;
  return JSON.parse((await lab.state.receipts())[file] ?? '{}') as Receipt;
}

async function within(milliseconds: number, holds: () => Promise<boolean>): Promise<boolean> {
  const until = Date.now() + milliseconds;
  while (!(await holds())) {
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return true;
}

/** A locked server answers questions, so only a write shows that it serves. */
async function writes(): Promise<boolean> {
  const insert = `timeout 2 mariadb --socket=/tmp/mysql-ib.sock --connect-timeout=2 -e 'INSERT INTO ads.written () VALUES ()'`;
  return (await lab.hosts.runOnSource(`#!/bin/bash\n${insert}\n`)).exitCode === 0;
}

/** What is wrong after a run that was disturbed. */
async function problemsAfter(disturbed: RunResult, inputs: Inputs): Promise<string[]> {
  tried += 1;
  const problems: string[] = [];
  if (!(await within(leaseMilliseconds + startMilliseconds, writes)))
    problems.push('nobody can write within the lease and a start');
  if (!(await within(20_000, async () => (await sessionsLeft(lab)).length === 0)))
    problems.push(`left: ${(await sessionsLeft(lab)).join('; ')}`);
  if (disturbed.conclusion !== 'success') {
    const next = await backup(inputs);
    if (next.conclusion !== 'success') problems.push(`the next run did not succeed: ${next.summary.slice(0, 300)}`);
    else if ((await receiptOf(next)).fingerprint.underLock === undefined)
      problems.push('the next run has no fingerprint of the moment of its lock');
  }
  if (!(await writes())) problems.push('nobody can write at the end');
  return problems;
}

const modes: readonly Inputs[] = [
  { quiesce: 'freeze', 'under-lock': 'auto' },
  { quiesce: 'stop', 'under-lock': 'true' },
];

test.each(modes)(
  'disturbed at the calls to AWS of the pause and of the fingerprint after it: $quiesce',
  async (inputs) => {
    const mark = lab.log.records.length;
    const baseline = await backup(inputs);
    expect(baseline.conclusion).toBe('success');
    expect((await receiptOf(baseline)).fingerprint.underLock).toBeDefined();
    const failures: string[] = [];
    const points = pointsBetween(lab.log.records.slice(mark), ['Quiesce', 'Fingerprint'], everyPair('lock'));
    expect(points.length).toBeGreaterThanOrEqual(7);
    for (const point of points) {
      arm(lab, point);
      const disturbed = await backup(inputs);
      lab.clearFaults();
      const problems = await problemsAfter(disturbed, inputs);
      if (problems.length > 0) failures.push(`${point.title}: ${problems.join('; ')}`);
    }
    expect(failures).toEqual([]);
  },
  2 * hour,
);

/** Does something on the source as soon as the session says that it is in a phase. */
const inPhase = (phase: string, action: string) => `#!/bin/bash
systemd-run --quiet --collect bash -c 'for n in {1..3000}; do if grep -qsx "${phase}" /run/holdfast/sessions/*/state; then ${action}; exit; fi; sleep 0.01; done'
`;
const disturbances: readonly (readonly [string, string])[] = [
  ['its unit is killed', 'systemctl kill --signal=KILL "holdfast-lock-*"'],
  ['its unit is stopped', 'systemctl stop "holdfast-lock-*"'],
  ['its client is killed', 'pkill -KILL -f unbuffered'],
  [
    'the server is killed, and started again',
    'systemctl kill --signal=KILL mysqld-ib; sleep 0.5; systemctl restart mysqld-ib',
  ],
];
const phases = ['ready', 'reading', 'locked', 'unlocked'];

test.each(
  modes.flatMap((inputs) =>
    phases
      .filter((phase) => inputs.quiesce === 'freeze' || phase !== 'unlocked')
      .flatMap((phase) => disturbances.map(([what, action]) => ({ inputs, phase, what, action, ...inputs }))),
  ),
)(
  '$quiesce: $what when the session is $phase',
  async ({ inputs, phase, action }) => {
    await lab.hosts.runOnSource('#!/bin/bash\nrm -rf /run/holdfast/sessions\n');
    await lab.hosts.runOnSource(inPhase(phase, action));
    expect(await problemsAfter(await backup(inputs), inputs)).toEqual([]);
  },
  600_000,
);
