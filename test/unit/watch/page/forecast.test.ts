import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { forecast, growth, median } from '../../../../src/watch/page/model/forecast.ts';

const at = (number: number): string => new Date(Date.UTC(2026, 0, 1 + number)).toISOString();
const gib = 1024 ** 3;

describe('the forecast of a restore', () => {
  test('needs five measurements', () => {
    const some = [60, 61, 62, 63].map((seconds, number) => ({ at: at(number), seconds, bytes: gib }));
    expect(forecast(some, gib)).toBeUndefined();
    expect(forecast([...some, { at: at(9), seconds: 64, bytes: gib }], gib)).toMatchObject({
      seconds: 62,
      from: 60,
      until: 64,
    });
  });

  test('follows the size, whatever the line, and says when the size was never measured', () => {
    const line = fc.record({
      start: fc.integer({ min: 0, max: 600 }),
      slope: fc.integer({ min: 0, max: 100 }),
      first: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(line, fc.integer({ min: 1, max: 1000 }), ({ start, slope, first }, size) => {
        const measured = Array.from({ length: 20 }, (_, number) => {
          const gibs = first * (1 + number / 10);
          return { at: at(number), bytes: gibs * gib, seconds: start + slope * gibs };
        });
        const found = forecast(measured, size * gib);
        const expected = start + slope * size;
        expect(found?.seconds).toBeCloseTo(expected, 3);
        expect(found?.from).toBeCloseTo(expected, 3);
        expect(found?.until).toBeCloseTo(expected, 3);
        expect(found?.beyond).toBe(size > first * 2.9 * 1.1 || size < first / 1.1);
      }),
    );
  });

  test('four odd restores of twenty hardly move it, and do not widen its spread beyond the middle 80 %', () => {
    const measured = Array.from({ length: 20 }, (_, number) => ({
      at: at(number),
      bytes: (10 + number) * gib,
      seconds: 10 * (10 + number) + (number % 5 === 0 ? (number % 2 === 0 ? 3000 : -80) : number % 3),
    }));
    const found = forecast(measured, 30 * gib);
    expect(found?.seconds).toBeGreaterThan(290);
    expect(found?.seconds).toBeLessThan(310);
  });

  test('does not fall with the size: nobody restores more in less time', () => {
    const measured = Array.from({ length: 12 }, (_, number) => ({
      at: at(number),
      bytes: (10 + number) * gib,
      seconds: 200 - number,
    }));
    expect(forecast(measured, 100 * gib)?.seconds).toBeCloseTo(median(measured.map(({ seconds }) => seconds)), 6);
  });

  test('without sizes, or where they hardly differ, it is the median of the times', () => {
    const times = [50, 60, 70, 80, 90, 1000].map((seconds, number) => ({ at: at(number), seconds }));
    expect(forecast(times, undefined)).toMatchObject({ seconds: 75, bySize: false, from: 50, until: 1000 });
    expect(
      forecast(
        times.map((one) => ({ ...one, bytes: gib })),
        9 * gib,
      ),
    ).toMatchObject({ seconds: 75, bySize: false });
  });

  test('only the newest 120 count', () => {
    const slow = Array.from({ length: 300 }, (_, number) => ({ at: at(number), seconds: 900 }));
    const fast = Array.from({ length: 120 }, (_, number) => ({ at: at(400 + number), seconds: 30 }));
    expect(forecast([...fast, ...slow], undefined)).toMatchObject({ seconds: 30, until: 30, measurements: 120 });
  });
});

describe('growth', () => {
  test('is what the sizes grow by a day, and one odd size does not bend it', () => {
    const sizes = Array.from({ length: 60 }, (_, day) => ({ day, bytes: day === 30 ? 0 : 1e9 + day * 5e6 }));
    expect(growth(sizes)).toBeCloseTo(5e6, 0);
  });

  test('is unknown below a month, or ten sizes', () => {
    expect(growth(Array.from({ length: 20 }, (_, day) => ({ day, bytes: day })))).toBeUndefined();
    expect(growth(Array.from({ length: 9 }, (_, day) => ({ day: day * 10, bytes: day })))).toBeUndefined();
    expect(growth([])).toBeUndefined();
  });
});
