import { expect, test } from '@jest/globals';
import { clockTime, inWords, warningsOf } from '../../../../scripts/schedule/warnings.ts';
import { nextRuns, timeZoneOf } from '../../../../src/runtime/schedule/runs.ts';

const now = new Date('2026-11-26T10:00:00Z');
const runs = (expression: string, zone = 'UTC', after = now) =>
  nextRuns({ expression, timeZone: zone }, 3, after).map((at) => at.toISOString());
const warnings = (expression: string, timeZone = 'UTC', shown?: string) =>
  warningsOf({ expression, timeZone }, now, shown).join('\n');

test('the next runs are those of the time zone of the schedule', () => {
  expect(runs('30 2 * * *')).toEqual([
    '2026-11-27T02:30:00.000Z',
    '2026-11-28T02:30:00.000Z',
    '2026-11-29T02:30:00.000Z',
  ]);
  expect(runs('30 2 * * *', 'Asia/Kolkata')[0]).toBe('2026-11-26T21:00:00.000Z');
  // Either day, as POSIX has it.
  expect(runs('0 0 1 * MON')).toEqual([
    '2026-11-30T00:00:00.000Z',
    '2026-12-01T00:00:00.000Z',
    '2026-12-07T00:00:00.000Z',
  ]);
  expect(clockTime(new Date('2026-11-26T21:00:00Z'), 'Asia/Kolkata')).toBe('Fri 2026-11-27 02:30 Asia/Kolkata');
});

test('a day that never comes has no run, and 29 February has', () => {
  expect(runs('0 0 30 2 *')).toEqual([]);
  expect(runs('0 0 31 4,6 *')).toEqual([]);
  expect(runs('0 0 29 2 *')[0]).toBe('2028-02-29T00:00:00.000Z');
});

test('a run in the hour that a zone skips is at the next valid time', () => {
  const [, second] = runs('30 2 * * *', 'Europe/Zurich', new Date('2027-03-26T10:00:00Z'));
  expect(second).toBe('2027-03-28T01:00:00.000Z');
  expect(warnings('30 2 * * *', 'Europe/Zurich')).toContain('Europe/Zurich has no 02:30 on 2027-03-28');
  expect(warnings('30 3 * * *', 'Europe/Zurich')).not.toContain('Europe/Zurich has no');
  expect(warnings('30 * * * *', 'Europe/Zurich')).not.toContain('Europe/Zurich has no');
});

test('an hour in UTC moves by the clock of a zone with daylight saving time', () => {
  expect(warnings('23 0 * * *', 'UTC', 'Europe/Zurich')).toContain(
    'by the clock of Europe/Zurich it runs 60 minutes later from 2027-03-28 on; timezone: "Europe/Zurich" beside cron',
  );
  expect(warnings('23 0 * * *', 'UTC', 'Asia/Tokyo')).toBe('');
});

test.each([
  ['*/4 * * * *', '4 minutes apart'],
  ['* * * * *', 'a minute apart'],
  ['1,58 * * * *', '3 minutes apart'],
  // The hour before midnight and the one after it are the only neighbours.
  ['1,6,11,16,21,26,31,36,41,46,51,57 0,2,4,6,8,10,12,14,16,18,20,22,23 * * *', '4 minutes apart'],
])('%s is too often for GitHub', (expression, words) => {
  expect(warnings(expression)).toContain(words);
});

test('every five minutes is not too often', () => {
  expect(warnings('*/5 * * * *')).not.toContain('apart');
  expect(warnings('1,58 3,5 * * *')).not.toContain('apart');
});

test('the start of an hour is warned of, and two kinds of days', () => {
  expect(warnings('0 3 * * *')).toContain('it runs at the start of an hour');
  expect(warnings('*/5 * * * *')).toContain('some of its runs are at the start of an hour');
  expect(warnings('23 3 * * *')).toBe('');
  expect(warnings('23 3 7 * MON')).toContain('every day that is either of them');
});

test('words and zones', () => {
  expect(inWords('*/5 * * * *')).toBe('every 5 minutes');
  expect(inWords('23 14 * * 1')).toBe('at 14:23, only on Monday');
  expect(timeZoneOf('europe/zurich')).toBe('Europe/Zurich');
  expect(timeZoneOf('Mars/Base')).toBeUndefined();
});
