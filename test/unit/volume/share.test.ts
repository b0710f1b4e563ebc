import { expect, test } from '@jest/globals';
import { describeShare, percentOf, rowShare } from '../../../src/domain/share.ts';
import type { CheckResult } from '../../../src/domain/verification.ts';
import { judgeShare } from '../../../src/volume/fingerprint/share.ts';

const table = (name: string, compared: number, of: number): CheckResult => ({
  name,
  outcome: 'passed',
  detail: `${compared} of ${of}`,
  rows: { compared: String(compared), of: String(of) },
});

test.each([
  [0n, 0n, '100 %'],
  [1n, 3n, '33.3 %'],
  [999_999n, 1_000_000n, '99.9 %'],
  [5n, 5n, '100 %'],
  [0n, 7n, '0 %'],
])('%i of %i rows are %s: never rounded up', (part, whole, words) => {
  expect(percentOf(part, whole)).toBe(words);
});

test('the share is that of all tables together, whose counts may be beyond 2^53', () => {
  const huge = { ...table('a', 0, 0), rows: { compared: '9007199254740993', of: '9007199254740994' } };
  expect(rowShare([huge, table('b', 0, 6), { name: 'icm', outcome: 'passed', detail: '' }])).toEqual({
    compared: '9007199254740993',
    of: '9007199254741000',
  });
  expect(rowShare([{ name: 'icm', outcome: 'passed', detail: '' }])).toBeUndefined();
  expect(describeShare({ compared: '3936000', of: '4000000' })).toBe('98.4 % of 4,000,000 rows compared exactly');
});

test.each([
  [89, 'unproven'],
  [90, 'passed'],
  [100, 'passed'],
])('with compare-at-least 90, %i of 100 rows are %s', (compared, outcome) => {
  expect(judgeShare([table('a', compared, 100)], 90)?.outcome).toBe(outcome);
});

test('too small a share names the tables and the fix; without rows there is none', () => {
  const result = judgeShare([table('still', 10, 10), table('busy', 5, 90)], 90);
  expect(result?.detail).toContain('15 % of 100 rows compared exactly, less than 90 % (compare-at-least)');
  expect(result?.detail).toContain('fingerprint-under-lock');
  expect(result?.output).toBe('busy: 5 of 90');
  expect(judgeShare([table('empty', 0, 0)], 90)).toBeUndefined();
});

test('a large quiet table hides none of which less was compared, but for a small hot one and what was not compared at all', () => {
  const quiet = table('quiet', 1_000_000, 1_000_000);
  const result = judgeShare([quiet, table('orders', 0, 10_000), table('a', 1, 3)], 90);
  expect(result?.outcome).toBe('unproven');
  expect(result?.detail).toContain(
    '99 % of 1,010,003 rows compared exactly, but less than 90 % (compare-at-least) of orders (0 %), a (33.3 %): the others changed',
  );
  expect(result?.output).toBe('orders: 0 of 10000\na: 1 of 3');
  const hot: CheckResult = { ...table('counters', 0, 20), rows: { compared: '0', of: '20', hot: true } };
  expect(judgeShare([quiet, hot], 90)?.outcome).toBe('passed');
  expect(judgeShare([quiet, { ...table('new', 0, 20), outcome: 'not-compared' }], 90)?.outcome).toBe('passed');
  expect(judgeShare([quiet, table('orders', 0, 10_000)], 0)?.outcome).toBe('passed');
  const many = ['a', 'b', 'c', 'd', 'e'].map((name) => table(name, 0, 10));
  expect(judgeShare([quiet, ...many], 90)?.detail).toContain('of a (0 %), b (0 %), c (0 %) and 2 more tables');
});
