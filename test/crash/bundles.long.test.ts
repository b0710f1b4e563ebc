/**
 * The crash suite of the bundles, on real hosts: at the AWS calls that the real processes make, the runner is killed, or
 * the call is throttled, refused, left hanging, or its answer lost. What must hold afterwards is in each test.
 * Each call meets one of the effects, in turn; HOLDFAST_CRASH=all tries every effect at every call (points.ts).
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { labsDirectory } from '../../lab/directory.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { checkNothingLeft } from '../../lab/rehearsals/infobright/checks.ts';
import { arm, everyPair, type Point, pointsOf } from './points.ts';

const hour = 3_600_000;
/** The lease of the workflows here, and what a start of the service takes at most. */
const leaseMilliseconds = 6_000;
const startMilliseconds = 15_000;

let lab: Lab;
let tried = 0;

beforeAll(async () => {
  const fast = {
    volumeCreate: 50,
    attach: 50,
    detach: 50,
    snapshot: 200,
    instanceStart: 50,
    instanceStop: 50,
    agentOnline: 50,
  };
  // Many runs in a row meet limits that one run a night never sees.
  const plenty = { capacity: 10_000, refill: 5000 };
  lab = await startLab({
    ec2: { delays: fast, buckets: { describe: plenty, mutate: plenty }, snapshotsPerVolume: 10_000 },
  });
}, 300_000);

afterAll(async () => {
  process.stdout.write(`crash suite of the bundles: ${tried} points tried\n`);
  await lab?.stop();
}, 120_000);

const run = (action: string) => lab.runWorkflow(`test/crash/workflows/${action}.yml`, { event: 'workflow_dispatch' });
const keyOf = (id: number): string => `${lab.github.state.fullName}/actions/runs/${id}`;

async function servesWithin(milliseconds: number): Promise<boolean> {
  const until = Date.now() + milliseconds;
  while (!(await lab.hosts.sourceAnswers())) {
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return true;
}

/** What went wrong at a point, kept beside the counts so that a long run can be followed. */
function note(point: Point, problems: readonly string[]): void {
  tried += 1;
  mkdirSync(labsDirectory, { recursive: true });
  appendFileSync(
    join(labsDirectory, 'crash.log'),
    `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${point.title}${problems.map((one) => `\n       ${one}`).join('')}\n`,
  );
}

const mutating = /^(Create|Delete|Attach|Detach|Start|Stop|Put)/;

async function points(action: string): Promise<Point[]> {
  const mark = lab.log.records.length;
  const baseline = await run(action);
  expect(baseline.conclusion).toBe('success');
  return pointsOf(lab.log.records.slice(mark), everyPair(action));
}

test(
  'ib-snapshot: the source serves within the lease; at most one extra snapshot, which expires; the next attempt converges',
  async () => {
    const failures: string[] = [];
    for (const point of await points('ib-snapshot')) {
      const problems: string[] = [];
      arm(lab, point);
      const disturbed = await run('ib-snapshot');
      lab.clearFaults();
      if (!(await servesWithin(leaseMilliseconds + startMilliseconds)))
        problems.push('the source does not serve within the lease');
      let last = disturbed;
      if (disturbed.conclusion !== 'success') {
        last = await (await lab.runner.rerun(disturbed, 'all')).finished;
        if (last.conclusion !== 'success') problems.push('the next attempt did not succeed');
      }
      const mine = (await lab.state.snapshots()).filter((one) => one.tags['holdfast:run'] === keyOf(disturbed.id));
      if (mine.length < 1 || mine.length > 2) problems.push(`${mine.length} snapshots of one run`);
      if (mine.some((one) => !one.tags.DeleteOn || one.tags.Type !== 'Automated'))
        problems.push('a snapshot that never expires');
      const mark = lab.log.records.length;
      const again = await (await lab.runner.rerun(last, 'all')).finished;
      const changed = lab.log.records
        .slice(mark)
        .filter((one) => ['ec2', 's3'].includes(one.endpoint) && mutating.test(one.operation));
      if (again.conclusion !== 'success' || changed.length > 0)
        problems.push(
          `run once more, it changed ${changed.map((one) => one.operation).join(', ') || 'nothing, but failed'}`,
        );
      if (!(await lab.hosts.sourceAnswers())) problems.push('the source does not serve at the end');
      note(point, problems);
      if (problems.length > 0) failures.push(`${point.title}: ${problems.join('; ')}`);
    }
    expect(failures).toEqual([]);
  },
  2 * hour,
);

test(
  'verify-volume: no verdict without a restore; the next run converges and leaves no volume; one more changes nothing',
  async () => {
    const failures: string[] = [];
    // What earlier tests left without a verdict would be verified next, and hide what is looked for here.
    for (const one of await lab.state.snapshots()) await lab.state.tag(one.id, { Integrity: 'good' });
    const prepared = await run('ib-snapshot');
    expect(prepared.conclusion).toBe('success');
    const mine = async () =>
      (await lab.state.snapshots()).find((one) => one.tags['holdfast:run'] === keyOf(prepared.id));
    const verdict = async (): Promise<string | undefined> => (await mine())?.tags.Integrity;
    for (const point of await points('verify-volume')) {
      const problems: string[] = [];
      // The same snapshot each time, its verdict taken off again.
      await lab.state.untag((await mine())?.id ?? '', ['Integrity', 'DBBackupValid']);
      const mark = lab.log.records.length;
      arm(lab, point);
      const disturbed = await run('verify-volume');
      lab.clearFaults();
      const restored = lab.log.records
        .slice(mark)
        .some((one) => JSON.stringify(one.parameters).includes('Holdfast-StartCopy'));
      if ((await verdict()) !== undefined && !restored) problems.push('a verdict without a restore');
      const next = await run('verify-volume');
      if (next.conclusion !== 'success') problems.push('the next run did not succeed');
      if ((await verdict()) !== 'good') problems.push(`the verdict is ${await verdict()}`);
      problems.push(...(await checkNothingLeft(lab)).filter((one) => !one.holds).map((one) => one.text));
      const quiet = lab.log.records.length;
      const again = await run('verify-volume');
      const changed = lab.log.records
        .slice(quiet)
        .filter((one) => ['ec2', 's3'].includes(one.endpoint) && mutating.test(one.operation));
      if (again.conclusion !== 'success' || changed.length > 0)
        problems.push(`a second run changed ${changed.map((one) => one.operation).join(', ')}`);
      note(point, problems);
      if (problems.length > 0) failures.push(`${point.title}: ${problems.join('; ')} (run ${disturbed.id})`);
    }
    expect(failures).toEqual([]);
  },
  2 * hour,
);
