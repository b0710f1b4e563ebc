/** Which dump `npm run restore` means by --at: the same one to restore and to mark. */
import { describe, expect, test } from '@jest/globals';
import { chooseKept } from '../../../scripts/lib/choose-kept.ts';
import type { DumpReceipt } from '../../../src/domain/dump.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import type { KnownReceipt } from '../../../src/dump/receipts.ts';

const dump = (day: number, verdict: Verdict, label?: string): KnownReceipt => ({
  key: String(day),
  receipt: {
    takenAt: `2026-11-0${day}T02:00:00Z`,
    verdict,
    label,
    files: [{ kind: 'archive' }],
    proof: [{ kind: 'archive', verdict }],
  } as unknown as DumpReceipt,
});
const dumps = [
  dump(6, 'unproven', 'b'),
  dump(5, 'unproven'),
  dump(4, 'unproven', 'a'),
  dump(3, 'good', 'a'),
  dump(2, 'good', 'a'),
  dump(1, 'bad', 'b'),
];

describe.each([
  ['restored', false],
  ['marked, or restored with --unproven', true],
])('a dump that is %s', (_, unproven) => {
  test('with a label is the newest proven one that has it', () =>
    expect(chooseKept(dumps, 'a', 'archive', unproven).key).toBe('3'));

  test('is the one of a point in time, as the list shows it', () =>
    expect(chooseKept(dumps, '20261102T020000Z', 'archive', unproven).key).toBe('2'));
});

test('of a label without a proven dump it is the newest, where that is allowed', () => {
  expect(chooseKept(dumps, 'b', 'archive', true).key).toBe('6');
  expect(() => chooseKept(dumps, 'b', 'archive', false)).toThrow('is not proven');
});

test('latest is the newest proven one, and what nobody has is refused', () => {
  expect(chooseKept(dumps, 'latest', 'archive', false).key).toBe('3');
  expect(() => chooseKept(dumps, 'c', 'archive', true)).toThrow('there is no dump of c');
});
