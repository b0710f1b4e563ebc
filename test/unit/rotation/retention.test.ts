import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, addMonths, monthOf, weekOf } from '../../../src/rotation/plan/dates.ts';
import {
  deleteOnOf,
  type EarlierSet,
  parseRetention,
  type Retention,
  showRetention,
  steadyCount,
  tiersOf,
} from '../../../src/rotation/plan/retention.ts';

describe('the tag Retention', () => {
  test.each([
    ['7', { days: 7, weeks: 0, months: 0 }],
    [' 7d ', { days: 7, weeks: 0, months: 0 }],
    ['7d 4w 12m', { days: 7, weeks: 4, months: 12 }],
    ['7d 12m', { days: 7, weeks: 0, months: 12 }],
    ['12M,4W,7D', { days: 7, weeks: 4, months: 12 }],
    ['4w', { days: 1, weeks: 4, months: 0 }],
    ['3650', { days: 3650, weeks: 0, months: 0 }],
  ])('%s', (text, expected) => {
    expect(parseRetention(text)).toEqual(expected);
    expect(parseRetention(showRetention(expected))).toEqual(expected);
  });

  test.each(['', 'soon', '0', '-1', '7.5', '7 4w', '4w 7', '7d7d', '7d 7d', '3651', '12345', '7y', '0d', 'd', '１'])(
    'cannot be %s',
    (text) => expect(parseRetention(text)).toBeUndefined(),
  );
});

const keeps = fc.record({
  days: fc.integer({ min: 1, max: 20 }),
  weeks: fc.integer({ min: 0, max: 10 }),
  months: fc.integer({ min: 0, max: 14 }),
});
/** Days on which something ran, in order. */
const calendar = fc
  .uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 120 })
  .map((days) => [...days].sort((a, b) => a - b).map((day) => addDays('2025-12-20', day)));

/** Day, end and tiers of each set that was made. */
function simulate(retention: Retention, days: readonly string[]): { day: string; end: string; tiers: string[] }[] {
  const earlier: EarlierSet[] = [];
  return days.map((day) => {
    const tiers = tiersOf(retention, day, earlier);
    earlier.push({ day, tiers });
    return { day, end: deleteOnOf(retention, day, tiers), tiers };
  });
}

describe('for any retention and any days on which it ran', () => {
  test('a longer retention never ends sooner', () => {
    fc.assert(
      fc.property(keeps, keeps, calendar, (one, more, days) => {
        const larger = {
          days: one.days + more.days,
          weeks: one.weeks + more.weeks,
          months: one.months + more.months,
        };
        const [before, after] = [simulate(one, days), simulate(larger, days)];
        for (const [index, set] of before.entries()) expect((after[index]?.end ?? '') >= set.end).toBe(true);
      }),
    );
  });

  test('the first set of each week and month counts for it, and each set is kept as long as promised', () => {
    fc.assert(
      fc.property(keeps, calendar, (retention, days) => {
        const sets = simulate(retention, days);
        for (const set of sets) {
          expect(set.end > set.day).toBe(true);
          expect(set.end >= addDays(set.day, retention.days)).toBe(true);
          const firstOfWeek = sets.find((other) => weekOf(other.day) === weekOf(set.day)) === set;
          const firstOfMonth = sets.find((other) => monthOf(other.day) === monthOf(set.day)) === set;
          expect(set.tiers.includes('weekly')).toBe(retention.weeks > 0 && firstOfWeek);
          expect(set.tiers.includes('monthly')).toBe(retention.months > 0 && firstOfMonth);
          if (set.tiers.includes('weekly')) expect(set.end >= addDays(set.day, retention.weeks * 7)).toBe(true);
          if (set.tiers.includes('monthly')) expect(set.end >= addMonths(set.day, retention.months)).toBe(true);
        }
      }),
    );
  });
});

test('a set that failed counts for nothing, so the next one takes its place', () => {
  const retention = { days: 7, weeks: 4, months: 12 };
  expect(tiersOf(retention, '2026-11-17', [{ day: '2026-11-16', tiers: [] }])).toEqual(['daily', 'weekly', 'monthly']);
  expect(tiersOf(retention, '2026-11-17', [{ day: '2026-11-16', tiers: ['daily', 'weekly'] }])).toEqual([
    'daily',
    'monthly',
  ]);
});

test.each<[string, number]>([
  ['1', 1],
  ['7', 7],
  ['60', 60],
  // Seven days, and of the three weeks before them the first of each.
  ['7d 4w', 10],
])('%s holds %i sets at any one time', (text, count) => {
  expect(steadyCount(parseRetention(text) as Retention)).toBe(count);
});
