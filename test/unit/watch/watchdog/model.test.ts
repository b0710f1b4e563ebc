/** The decision against a model that tries every minute of every schedule, and every backup. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PromisedSchedule } from '../../../../src/watch/promises/promise.ts';
import { watch } from '../../../../src/watch/watchdog/watchdog.ts';
import { backup, hour, promised, schedule } from './given.ts';

const start = Date.parse('2026-06-01T00:00:00Z');
const minute = 60_000;
/** Without daylight saving, so that the model needs no rule for it; one of them is half an hour beside the others. */
const zones = { UTC: 0, 'Asia/Kolkata': 5.5, 'Pacific/Honolulu': -10 } as const;

interface Fields {
  readonly minute: number;
  readonly hours: readonly number[];
  readonly weekdays: readonly number[];
  readonly zone: keyof typeof zones;
}

const fields: fc.Arbitrary<Fields> = fc.record({
  minute: fc.integer({ min: 0, max: 59 }),
  hours: fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 4 }),
  weekdays: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }),
  zone: fc.constantFrom(...(Object.keys(zones) as (keyof typeof zones)[])),
});

const hours = fc.integer({ min: 0, max: 20 * 24 });
const schedules = fc.array(fc.record({ fields, since: hours, lasts: fc.option(hours) }), {
  minLength: 1,
  maxLength: 3,
});

/** Whether a schedule starts a run in this minute. */
function runsAt({ minute: at, hours: some, weekdays, zone }: Fields, time: number): boolean {
  const local = new Date(time + zones[zone] * hour);
  return (
    local.getUTCMinutes() === at &&
    some.includes(local.getUTCHours()) &&
    (weekdays.length === 0 || weekdays.includes(local.getUTCDay()))
  );
}

test('a backup is missing when some promised run has none after its allowance', () => {
  let missed = 0;
  fc.assert(
    fc.property(
      schedules,
      fc.array(fc.integer({ min: 0, max: 20 * 24 * 60 }), { maxLength: 25 }),
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 0, max: 20 * 24 * 60 }),
      (some, takenMinutes, allowanceHours, nowMinutes) => {
        const now = start + nowMinutes * minute;
        // As if they were taken at the full minute, and not within the tolerance of clocks.
        const taken = takenMinutes.map((at) => start + at * minute).filter((at) => at <= now);
        const given = some.map(({ fields: one, since, lasts }): PromisedSchedule => {
          const from = start + since * hour;
          const text = `${one.minute} ${one.hours.join(',')} * * ${one.weekdays.join(',') || '*'}`;
          const until = lasts === null ? {} : { until: new Date(from + lasts * hour).toISOString() };
          return schedule(text, { timeZone: one.zone, since: new Date(from).toISOString(), ...until });
        });
        const expected = some.some(({ fields: one, since, lasts }) => {
          const from = start + since * hour;
          const end = Math.min(now - allowanceHours * hour, lasts === null ? now : from + lasts * hour);
          for (let at = from; at <= end; at += minute)
            if (runsAt(one, at) && !taken.some((time) => time >= at - 10 * minute)) return true;
          return false;
        });
        const [found] = watch({
          promises: [promised({ schedules: given, targets: { allowanceSeconds: allowanceHours * 3600 } })],
          inventory: { backups: taken.map((at) => backup(at)), unread: [] },
          now: new Date(now),
        });
        missed += Number(expected);
        expect(found?.failures.some(({ kind }) => kind === 'missing')).toBe(expected);
      },
    ),
    { numRuns: 300, seed: 18 },
  );
  // Both ways were tried.
  expect(missed).toBeGreaterThan(60);
  expect(missed).toBeLessThan(240);
});
