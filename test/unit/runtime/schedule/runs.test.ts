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

test('a step from a value on goes to the end of its field: the example of GitHub Docs, "Events that trigger workflows"', () => {
  const after = new Date('2026-11-27T00:00:00Z');
  const minutes = (expression: string) => iso(nextRuns({ expression, timeZone: 'UTC' }, 4, after));
  // "Runs every 15 minutes starting from minute 20 through 59 (minutes 20, 35, and 50)".
  expect(minutes('20/15 * * * *')).toEqual([
    '2026-11-27T00:20',
    '2026-11-27T00:35',
    '2026-11-27T00:50',
    '2026-11-27T01:20',
  ]);
  expect(minutes('15 2/6,3 * * *').map((at) => at.slice(11))).toEqual(['02:15', '03:15', '08:15', '14:15']);
  expect(minutes('0 0 1 OCT/2 *').map((at) => at.slice(0, 7))).toEqual(['2026-12', '2027-10', '2027-12', '2028-10']);
  expect(minutes('0 0 * * thu/2').map((at) => at.slice(0, 10))).toEqual([
    '2026-11-28',
    '2026-12-03',
    '2026-12-05',
    '2026-12-10',
  ]);
});
