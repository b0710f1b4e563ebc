import { expect, test } from '@jest/globals';
import { describeShare, percentOf, rowShare } from '../../../src/domain/share.ts';
import type { CheckResult } from '../../../src/domain/verification.ts';
import { judgeShare } from '../../../src/volume/share.ts';

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
