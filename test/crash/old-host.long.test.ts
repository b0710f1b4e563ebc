/**
 * The calls of a pause on a host with the programs of CentOS 7's time: at each call to AWS from the quiesce command to the end of
 * the resume command, the runner is killed, or the call disturbed (points.ts). Afterwards a writer succeeds within the lease and a
 * start, and the next run succeeds.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { arm, everyPair, pointsBetween } from './points.ts';

const hour = 3_600_000;
const leaseMilliseconds = 8_000;
/** What a start of the service takes at most, on a busy computer. */
const startMilliseconds = 30_000;

let lab: Lab;
let tried = 0;

beforeAll(async () => {
  const plenty = { capacity: 10_000, refill: 5000 };
  lab = await startLab({
    profile: 'old-host',
    ec2: { delays: { snapshot: 200 }, buckets: { describe: plenty, mutate: plenty }, snapshotsPerVolume: 10_000 },
  });
}, 300_000);

afterAll(async () => {
  process.stdout.write(`crash suite of an old host: ${tried} points tried\n`);
  await lab?.stop();
}, 120_000);

const backup = (quiesce: string) =>
  lab.runWorkflow('test/crash/workflows/ib-snapshot-lock.yml', {
    event: 'workflow_dispatch',
    inputs: { quiesce, 'under-lock': quiesce === 'freeze' ? 'auto' : 'false' },
  });

/** A locked server answers questions, so only a write shows that it serves. */
async function writesWithin(milliseconds: number): Promise<boolean> {
  const write =
    "timeout 2 mariadb --socket=/tmp/mysql-ib.sock -e 'CREATE OR REPLACE TABLE ads.written (i INT); DROP TABLE ads.written'";
  const until = Date.now() + milliseconds;
  while ((await lab.hosts.runOnSource(`#!/bin/sh\nexport HOME=/root\n${write}\n`)).exitCode !== 0) {
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return true;
}

test.each(['stop', 'freeze'])(
  'disturbed in the pause: %s',
  async (quiesce) => {
    const mark = lab.log.records.length;
    const baseline = await backup(quiesce);
    expect(baseline.conclusion).toBe('success');
    const points = pointsBetween(lab.log.records.slice(mark), ['Quiesce', 'Resume'], everyPair('old-host'));
    expect(points.length).toBeGreaterThanOrEqual(5);
    const failures: string[] = [];
    for (const point of points) {
      tried += 1;
      arm(lab, point);
      const disturbed = await backup(quiesce);
      lab.clearFaults();
      if (!(await writesWithin(leaseMilliseconds + startMilliseconds)))
        failures.push(`${point.title}: nobody can write within the lease and a start`);
      if (disturbed.conclusion !== 'success' && (await backup(quiesce)).conclusion !== 'success')
        failures.push(`${point.title}: the next run did not succeed`);
    }
    expect(failures).toEqual([]);
  },
  2 * hour,
);
