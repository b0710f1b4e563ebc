/**
 * The crash suite of verify-volume's bundle, on real hosts: at the AWS calls that the real processes make, the runner is killed,
 * or the call is throttled, refused, left hanging, or its answer lost. What must hold afterwards is in the test's name.
 * Each call meets one of the effects, in turn; HOLDFAST_CRASH=verify-volume (or all) tries every effect at every call (points.ts).
 * Two files have half of the points each, so that they run at the same time.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkNothingLeft } from '../../lab/rehearsals/infobright/checks.ts';
import type { RunResult } from '../../lab/runner/runner.ts';
import { arm, type Point } from './points.ts';
import { BundlesUnderTest, hour } from './support-bundles.ts';

let bundles: BundlesUnderTest;

/** The snapshot of a run. */
async function snapshotOf(run: RunResult) {
  return (await bundles.lab.state.snapshots()).find((one) => one.tags['holdfast:run'] === bundles.keyOf(run));
}

/** Disturbs one verification, and then verifies twice more. @returns what is wrong */
async function tryPoint(point: Point, prepared: RunResult): Promise<string[]> {
  const { lab } = bundles;
  const problems: string[] = [];
  const verdict = async (): Promise<string | undefined> => (await snapshotOf(prepared))?.tags.Integrity;
  // The same snapshot each time, its verdict taken off again.
  await lab.state.untag((await snapshotOf(prepared))?.id ?? '', ['Integrity', 'DBBackupValid']);
  const mark = lab.log.records.length;
  arm(lab, point);
  await bundles.run('verify-volume');
  lab.clearFaults();
  const restored = lab.log.records
    .slice(mark)
    .some((one) => JSON.stringify(one.parameters).includes('Holdfast-StartCopy'));
  if ((await verdict()) !== undefined && !restored) problems.push('a verdict without a restore');
  const next = await bundles.run('verify-volume');
  if (next.conclusion !== 'success') problems.push('the next run did not succeed');
  if ((await verdict()) !== 'good') problems.push(`the verdict is ${await verdict()}`);
  problems.push(...(await checkNothingLeft(lab)).filter((one) => !one.holds).map((one) => one.text));
  const quiet = lab.log.records.length;
  const again = await bundles.run('verify-volume');
  const changed = bundles.changedSince(quiet);
  if (again.conclusion !== 'success' || changed.length > 0)
    problems.push(`a second run changed ${changed.join(', ') || 'nothing, but failed'}`);
  bundles.note(point, problems);
  return problems;
}

/** @param which every second point, from the first on (odd) or from the second on (even) */
export function crashSuiteOfVerify(which: 'odd' | 'even'): void {
  beforeAll(async () => {
    bundles = await BundlesUnderTest.start();
  }, 300_000);

  afterAll(async () => {
    await bundles?.stop();
  }, 120_000);

  test(
    `no verdict without a restore; the next run converges and leaves no volume; one more changes nothing: ${which} calls`,
    async () => {
      const { lab } = bundles;
      const failures: string[] = [];
      // What the lab begins with, without a verdict, would be verified next, and hide what is looked for here.
      for (const one of await lab.state.snapshots()) await lab.state.tag(one.id, { Integrity: 'good' });
      const prepared = await bundles.run('ib-snapshot');
      expect(prepared.conclusion).toBe('success');
      const all = await bundles.points('verify-volume');
      const points = all.filter((_, index) => index % 2 === (which === 'odd' ? 0 : 1));
      expect(points.length).toBeGreaterThanOrEqual(10);
      for (const point of points) {
        const problems = await tryPoint(point, prepared);
        if (problems.length > 0) failures.push(`${point.title}: ${problems.join('; ')}`);
      }
      expect(failures).toEqual([]);
    },
    2 * hour,
  );
}
