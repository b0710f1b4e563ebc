/** When GitHub runs what it is told to run: days on which the clock changes, and the runs before a time. */
import { expect, test } from '@jest/globals';
import { lastRuns, nextRuns } from '../../../../src/runtime/schedule/runs.ts';

const zurich = (expression: string) => ({ expression, timeZone: 'Europe/Zurich' });
const iso = (dates: readonly Date[]) => dates.map((at) => at.toISOString().slice(0, 16));

test('a run in a skipped hour starts at the next valid time', () => {
  const after = new Date('2026-03-28T12:00:00Z');
  expect(iso(nextRuns(zurich('30 2 * * *'), 2, after))).toEqual(['2026-03-29T01:00', '2026-03-30T00:30']);
  expect(iso(lastRuns(zurich('30 2 * * *'), 2, new Date('2026-03-30T00:00:00Z')))).toEqual([
    '2026-03-29T01:00',
    '2026-03-28T01:30',
  ]);
});

test('a run in a repeated hour counts once, the first time; one of every hour counts twice', () => {
  const after = new Date('2026-10-24T12:00:00Z');
  expect(iso(nextRuns(zurich('30 2 * * *'), 2, after))).toEqual(['2026-10-25T00:30', '2026-10-26T01:30']);
  const hours = iso(nextRuns(zurich('15 * * * *'), 3, new Date('2026-10-25T00:00:00Z')));
  expect(hours).toEqual(['2026-10-25T00:15', '2026-10-25T01:15', '2026-10-25T02:15']);
});

test('a day of the month and a day of the week: either of them', () => {
  const runs = nextRuns({ expression: '0 3 1 * 1', timeZone: 'UTC' }, 3, new Date('2026-03-28T12:00:00Z'));
  expect(iso(runs)).toEqual(['2026-03-30T03:00', '2026-04-01T03:00', '2026-04-06T03:00']);
});

test('a schedule that never runs has no runs', () => {
  const never = { expression: '0 3 30 2 *', timeZone: 'UTC' };
  expect(nextRuns(never, 3, new Date('2026-03-28T12:00:00Z'))).toEqual([]);
  expect(lastRuns(never, 3, new Date('2026-03-28T12:00:00Z'))).toEqual([]);
});
