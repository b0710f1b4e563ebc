import { describe, expect, test } from '@jest/globals';
import { endOf, lastPeriod, readPeriod, startOf } from '../../../../src/watch/evidence/period.ts';

const now = new Date('2026-11-27T13:00:00Z');
const names = { from: '--from', to: '--to' };

describe('the period', () => {
  test('is whole days of UTC, also a single one, also today', () => {
    expect(readPeriod({ from: '2026-11-27', to: '2026-11-27' }, now)).toEqual({
      period: { from: '2026-11-27', to: '2026-11-27' },
    });
    const period = { from: '2024-02-28', to: '2024-02-29' };
    expect((endOf(period) - startOf(period)) / 3_600_000).toBe(48);
  });

  test.each([
    ['2026-02-30', '2026-13-01', ['--from: "2026-02-30" is no day', '--to: "2026-13-01" is no day']],
    ['yesterday', '', ['--from: "yesterday" is no day', '--to: it is missing']],
    ['2026-11-28', '2027-01-01', ['--from: 2026-11-28 is still to come', '--to: 2027-01-01 is still to come']],
    ['2026-11-20', '2026-11-19', ['--from: 2026-11-20 is after --to, 2026-11-19']],
    ['2025-02-29', '2026-11-28', ['--from: "2025-02-29" is no day', '--to: 2026-11-28 is still to come']],
  ])('%s to %s is refused with every problem', (from, to, expected) => {
    const found = readPeriod({ from, to }, now, names);
    const problems = 'problems' in found ? found.problems : [];
    expect(problems).toHaveLength(expected.length);
    for (const [at, start] of expected.entries()) expect(problems[at]).toMatch(new RegExp(`^${start}.*; allowed: `));
  });

  test('of a schedule is the month or the quarter before', () => {
    expect(lastPeriod('month', now)).toEqual({ from: '2026-10-01', to: '2026-10-31' });
    expect(lastPeriod('quarter', now)).toEqual({ from: '2026-07-01', to: '2026-09-30' });
    expect(lastPeriod('month', new Date('2024-03-01T00:00:00Z'))).toEqual({ from: '2024-02-01', to: '2024-02-29' });
    expect(lastPeriod('quarter', new Date('2026-01-01T00:00:00Z'))).toEqual({ from: '2025-10-01', to: '2025-12-31' });
  });
});
