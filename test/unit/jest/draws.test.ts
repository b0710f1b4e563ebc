/** What properties draw (test/jest/fast-check.mjs). */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';

test('properties draw the same in every run, and what HOLDFAST_SEED says instead', () => {
  const seeds = [1, 2].map(() => fc.check(fc.property(fc.nat(), () => true)).seed);
  expect(seeds).toEqual([1, 2].map(() => Number(process.env.HOLDFAST_SEED ?? 7)));
});
