import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addDays,
  addMonths,
  isDay,
  isTimeZone,
  localTime,
  monthOf,
  slotOf,
  startOfDay,
  weekOf,
} from '../../../src/rotation/plan/dates.ts';

/** Every day from 2023 to 2028, by counting. */
const days: string[] = [];
for (let time = Date.UTC(2023, 0, 1); time < Date.UTC(2029, 0, 1); time += 86_400_000)
  days.push(new Date(time).toISOString().slice(0, 10));
const known = new Set(days);

test('a day is a day of the calendar', () => {
  for (let year = 2023; year <= 2028; year += 1)
    for (let month = 0; month <= 14; month += 1)
      for (let day = 0; day <= 33; day += 1) {
        const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
        expect([text, isDay(text)]).toEqual([text, known.has(text)]);
      }
  for (const text of [
    '',
    'soon',
    '2026-1-1',
    '20261121',
    '2026-11-21 ',
    ' 2026-11-21',
    '2026-11-21T00:00:00Z',
    '0000-00-00',
  ])
    expect([text, isDay(text)]).toEqual([text, false]);
});

test('counting days and months', () => {
  fc.assert(
    fc.property(fc.constantFrom(...days.slice(0, 1500)), fc.integer({ min: 0, max: 600 }), (day, count) => {
      expect(addDays(day, count)).toBe(days[days.indexOf(day) + count]);
      expect(addDays(addDays(day, count), -count)).toBe(day);
    }),
  );
  expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
  expect(addMonths('2028-01-31', 1)).toBe('2028-02-29');
  expect(addMonths('2026-11-21', 12)).toBe('2027-11-21');
  expect(addMonths('2026-11-30', 3)).toBe('2027-02-28');
});

test('weeks begin on Monday', () => {
  for (const day of days) {
    const monday = weekOf(day);
    expect(new Date(`${monday}T00:00:00Z`).getUTCDay()).toBe(1);
    expect(monday <= day && day < addDays(monday, 7)).toBe(true);
  }
  expect(monthOf('2026-11-21')).toBe('2026-11');
});

describe('time zones', () => {
  test.each([
    ['UTC', '2026-11-21T23:59:59Z', '2026-11-21', 23],
    ['Europe/Berlin', '2026-03-29T00:59:59Z', '2026-03-29', 1],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', '2026-03-29', 3],
    ['America/New_York', '2026-11-21T04:59:59Z', '2026-11-20', 23],
    ['Pacific/Kiritimati', '2026-11-21T10:00:00Z', '2026-11-22', 0],
    ['Pacific/Niue', '2026-11-21T10:59:59Z', '2026-11-20', 23],
    ['Asia/Kathmandu', '2026-11-21T18:15:00Z', '2026-11-22', 0],
  ])('%s at %s', (zone, at, day, hour) => {
    expect(localTime(new Date(at), zone)).toEqual({ day, hour });
  });

  test.each([
    ['UTC', '2026-11-21T13:00:00Z', '2026-11-21T00:00:00.000Z'],
    ['Pacific/Kiritimati', '2026-11-21T11:00:00Z', '2026-11-21T10:00:00.000Z'],
    ['Pacific/Niue', '2026-11-21T10:59:59Z', '2026-11-20T11:00:00.000Z'],
    ['Asia/Kathmandu', '2026-11-21T18:15:00Z', '2026-11-21T18:15:00.000Z'],
    // On this day an hour occurs twice.
    ['Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z'],
  ])('the day in %s at %s began at %s', (zone, at, start) => {
    expect(startOfDay(new Date(at), zone).toISOString()).toBe(start);
  });

  test('are known by name', () => {
    expect(['UTC', 'Europe/Berlin', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false]);
  });
});

test('a slot is the day or a part of it; an hour that occurs twice is one slot', () => {
  expect(slotOf(new Date('2026-11-21T13:30:00Z'), 'UTC', 24)).toBe('2026-11-21');
  expect(slotOf(new Date('2026-11-21T13:30:00Z'), 'UTC', 6)).toBe('2026-11-21T12');
  expect(slotOf(new Date('2026-10-25T00:30:00Z'), 'Europe/Berlin', 1)).toBe('2026-10-25T02');
  expect(slotOf(new Date('2026-10-25T01:30:00Z'), 'Europe/Berlin', 1)).toBe('2026-10-25T02');
});
