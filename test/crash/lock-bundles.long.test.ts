/**
 * The crash suite of a pause with a lock, on real hosts: at the AWS calls of the pause and of the fingerprint after it, of a freeze
 * and of a stop under the lock, the runner is killed, or the call disturbed (points.ts). Afterwards a writer succeeds within the lease
 * and a start, no session and no transaction is left, and the next attempt takes an exact fingerprint.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { arm, everyPair, pointsBetween } from './points.ts';
import { hour, LockedSource, modes } from './support-lock.ts';

let locked: LockedSource;

beforeAll(async () => {
  locked = await LockedSource.start();
}, 300_000);

afterAll(async () => {
  await locked?.stop();
}, 120_000);

test.each(modes)(
  'disturbed at the calls to AWS of the pause and of the fingerprint after it: $quiesce',
  async (inputs) => {
    const { lab } = locked;
    const mark = lab.log.records.length;
    const baseline = await locked.backup(inputs);
    expect(baseline.conclusion).toBe('success');
    expect(await locked.isExact(baseline)).toBe(true);
    const failures: string[] = [];
    const points = pointsBetween(lab.log.records.slice(mark), ['Quiesce', 'Fingerprint'], everyPair('lock'));
    expect(points.length).toBeGreaterThanOrEqual(7);
    for (const point of points) {
      arm(lab, point);
      const disturbed = await locked.backup(inputs);
      lab.clearFaults();
      const problems = await locked.problems();
      if (disturbed.conclusion !== 'success') problems.push(...(await locked.problemsOfNext(inputs)));
      if (problems.length > 0) failures.push(`${point.title}: ${problems.join('; ')}`);
    }
    expect(failures).toEqual([]);
  },
  2 * hour,
);
