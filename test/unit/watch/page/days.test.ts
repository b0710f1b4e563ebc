import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayNumber, dayNumbered, daysIn, weekday, yearUntil } from '../../../../src/watch/page/model/days.ts';

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
];
const moment = fc.date({ min: new Date('2000-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });

describe('the day of a moment', () => {
  test('is the one that the zone itself writes, whatever was asked before', () => {
    const known = new Map(zones.map((zone) => [zone, daysIn(zone)]));
    fc.assert(
      fc.property(moment, fc.constantFrom(...zones), (at, zone) => {
        // Swedes write dates so.
        const written = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at);
        expect(known.get(zone)?.(at)).toBe(written);
      }),
    );
  });

  test.each([
    ['Europe/Berlin', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25', 25],
    ['America/New_York', '2026-11-01', 25],
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
    ['UTC', '2026-03-29', 24],
  ])('in %s %s has %d hours', (zone, day, hours) => {
    const dayOf = daysIn(zone);
    const start = Date.parse(`${day}T00:00:00Z`) - 86_400_000;
    const quarters = Array.from({ length: 96 * 3 }, (_, at) => dayOf(new Date(start + at * 900_000)));
    expect(quarters.filter((one) => one === day)).toHaveLength(hours * 4);
  });

  test('the island that left out a day leaves it out', () => {
    const dayOf = daysIn('Pacific/Apia');
    const hours = Array.from({ length: 96 }, (_, hour) => dayOf(new Date(Date.UTC(2011, 11, 29, hour))));
    expect(new Set(hours)).toEqual(new Set(['2011-12-28', '2011-12-29', '2011-12-31', '2012-01-01', '2012-01-02']));
  });
});

describe('a year', () => {
  test('ends today, has each day once, and begins on the day after the same date a year ago', () => {
    fc.assert(
      fc.property(fc.integer({ min: dayNumber('1999-01-01'), max: dayNumber('2101-01-01') }), (number) => {
        const today = dayNumbered(number);
        const days = yearUntil(today);
        expect(days.at(-1)).toBe(today);
        expect(days.map(dayNumber)).toEqual(days.map((_, at) => number - days.length + 1 + at));
        const hasLeapDay = days.some((day) => day.endsWith('-02-29'));
        // On a leap day itself the year before has no such date.
        expect(days).toHaveLength(hasLeapDay && !today.endsWith('-02-29') ? 366 : 365);
      }),
    );
  });

  test.each([
    ['2028-02-28', '2027-03-01', 365],
    ['2028-02-29', '2027-03-02', 365],
    ['2028-03-01', '2027-03-02', 366],
    ['2029-02-28', '2028-02-29', 366],
    ['2026-11-27', '2025-11-28', 365],
  ])('until %s begins on %s', (today, first, length) => {
    const days = yearUntil(today);
    expect([days[0], days.length]).toEqual([first, length]);
  });
});

test('weekdays count from Monday, also before 1970', () => {
  expect(['2026-11-23', '2026-11-29', '1969-12-28', '2000-02-29'].map(weekday)).toEqual([0, 6, 6, 1]);
});
