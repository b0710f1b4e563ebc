import { expect, test } from '@jest/globals';
import { Pacer } from '../../../src/adapters/aws/pace.ts';
import { FakeClock } from '../../fakes/clock.ts';

test('calls keep within four fifths of each request bucket, each operation on its own', async () => {
  const clock = new FakeClock();
  const pacer = new Pacer(clock);
  for (let count = 0; count < 80; count += 1) await pacer.take('CreateSnapshots');
  for (let count = 0; count < 80; count += 1) await pacer.take('DescribeSnapshots');
  expect(clock.slept).toEqual([]);
  const began = clock.now().getTime();
  for (let count = 0; count < 40; count += 1) await pacer.take('CreateSnapshots');
  // 40 calls at four a second.
  expect(clock.now().getTime() - began).toBeCloseTo(10_000, -2);
});
