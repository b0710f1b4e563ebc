/**
 * The crash suite of ib-snapshot's bundle, on a real host: at the AWS calls that the real processes make, the runner is killed, or
 * the call is throttled, refused, left hanging, or its answer lost. What must hold afterwards is in the test's name.
 * Each call meets one of the effects, in turn; HOLDFAST_CRASH=ib-snapshot (or all) tries every effect at every call (points.ts).
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { arm } from './points.ts';
import { BundlesUnderTest, hour } from './support-bundles.ts';

/** The lease of the workflow here, and what a start of the service takes at most, on a busy computer. */
const leaseMilliseconds = 6_000;
const startMilliseconds = 30_000;

let bundles: BundlesUnderTest;

beforeAll(async () => {
  bundles = await BundlesUnderTest.start();
}, 300_000);

afterAll(async () => {
  await bundles?.stop();
}, 120_000);

async function servesWithin(milliseconds: number): Promise<boolean> {
  const until = Date.now() + milliseconds;
  while (!(await bundles.lab.hosts.sourceAnswers())) {
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return true;
}

test(
  'the source serves within the lease; at most one extra snapshot, which expires; the next attempt converges',
  async () => {
    const { lab } = bundles;
    const failures: string[] = [];
    for (const point of await bundles.points('ib-snapshot')) {
      const problems: string[] = [];
      arm(lab, point);
      const disturbed = await bundles.run('ib-snapshot');
      lab.clearFaults();
      if (!(await servesWithin(leaseMilliseconds + startMilliseconds)))
        problems.push('the source does not serve within the lease');
      let last = disturbed;
      if (disturbed.conclusion !== 'success') {
        last = await (await lab.runner.rerun(disturbed, 'all')).finished;
        if (last.conclusion !== 'success') problems.push('the next attempt did not succeed');
      }
      const key = bundles.keyOf(disturbed);
      const mine = (await lab.state.snapshots()).filter((one) => one.tags['holdfast:run'] === key);
      if (mine.length < 1 || mine.length > 2) problems.push(`${mine.length} snapshots of one run`);
      if (mine.some((one) => !one.tags.DeleteOn || one.tags.Type !== 'Automated'))
        problems.push('a snapshot that never expires');
      const mark = lab.log.records.length;
      const again = await (await lab.runner.rerun(last, 'all')).finished;
      const changed = bundles.changedSince(mark);
      if (again.conclusion !== 'success' || changed.length > 0)
        problems.push(`run once more, it changed ${changed.join(', ') || 'nothing, but failed'}`);
      if (!(await servesWithin(startMilliseconds))) problems.push('the source does not serve at the end');
      bundles.note(point, problems);
      if (problems.length > 0) failures.push(`${point.title}: ${problems.join('; ')}`);
    }
    expect(failures).toEqual([]);
  },
  2 * hour,
);
