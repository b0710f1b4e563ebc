import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KeptBackup } from '../../../../src/domain/backup.ts';
import { type CalendarInput, calendar } from '../../../../src/watch/page/model/calendar.ts';
import { daysIn, yearUntil } from '../../../../src/watch/page/model/days.ts';
import type { Day } from '../../../../src/watch/page/model/history.ts';
import { backup, now, promise, proofAt } from './samples.ts';

function codes(given: Partial<CalendarInput>): Readonly<Record<string, string>> {
  const dayOf = given.dayOf ?? daysIn('UTC');
  const days = calendar({
    backups: [],
    promise: promise(),
    past: new Map(),
    recordedAt: undefined,
    days: yearUntil(dayOf(given.now ?? now)),
    dayOf,
    now,
    ...given,
  });
  return Object.fromEntries(days.map(({ date, code }) => [date, code]));
}

const newestFirst = (...times: (string | KeptBackup)[]): KeptBackup[] =>
  times
    .map((one) => (typeof one === 'string' ? backup(one) : one))
    .toSorted((a, b) => b.takenAt.localeCompare(a.takenAt));

describe('a day', () => {
  test('is as the proof of its backup: proven, bad, or taken', () => {
    const days = codes({
      backups: newestFirst(
        backup('2026-11-24T02:05:00Z'),
        backup('2026-11-25T02:05:00Z', { verdict: 'bad' }),
        backup('2026-11-26T02:05:00Z', { verdict: 'unproven', proofs: [] }),
      ),
    });
    expect([days['2026-11-24'], days['2026-11-25'], days['2026-11-26']]).toEqual(['p', 'b', 't']);
  });

  test('a later proof counts: what was good can be found bad, and one that could not be tried says nothing', () => {
    const bad = [
      proofAt('2026-11-26T05:00:00Z', 'unproven'),
      proofAt('2026-11-25T05:00:00Z', 'bad'),
      proofAt('2026-11-24T05:00:00Z'),
    ];
    const good = [proofAt('2026-11-26T05:00:00Z', 'unproven'), proofAt('2026-11-24T05:00:00Z')];
    const days = codes({
      backups: newestFirst(
        backup('2026-11-23T02:05:00Z', { proofs: bad }),
        backup('2026-11-24T02:05:00Z', { proofs: good }),
      ),
    });
    expect([days['2026-11-23'], days['2026-11-24']]).toEqual(['b', 'p']);
  });

  test('a backup that cannot be restored as it should is bad, whatever its proof said', () => {
    expect(codes({ backups: [backup('2026-11-24T02:05:00Z', { problem: 'its object is gone' })] })['2026-11-24']).toBe(
      'b',
    );
  });

  test('a second backup makes up for a first one of the same volume, and not of another', () => {
    const rotation = { kind: 'rotation-snapshot', source: 'web', instanceId: 'i-1' } as const;
    const days = codes({
      backups: newestFirst(
        backup('2026-11-24T02:05:00Z', { verdict: 'bad' }),
        backup('2026-11-24T09:00:00Z'),
        backup('2026-11-25T02:05:00Z', { ...rotation, volumeId: 'vol-1', verdict: 'bad' }),
        backup('2026-11-25T02:06:00Z', { ...rotation, volumeId: 'vol-2' }),
      ),
    });
    expect([days['2026-11-24'], days['2026-11-25']]).toEqual(['p', 'b']);
  });

  test('a run that was promised before midnight and came after it counts for its own day', () => {
    const days = codes({ promise: promise(23), backups: newestFirst('2026-11-25T01:30:00Z', '2026-11-26T00:10:00Z') });
    expect([days['2026-11-24'], days['2026-11-25'], days['2026-11-26']]).toEqual(['p', 'p', 'w']);
  });

  test('one backup answers two promised runs that lie closely together on both sides of midnight', () => {
    const runs = ['2026-11-24T23:00:00Z', '2026-11-25T01:00:00Z'];
    const days = codes({ promise: { runs, allowanceSeconds: 43_200 }, backups: newestFirst('2026-11-25T01:30:00Z') });
    expect([days['2026-11-24'], days['2026-11-25']]).toEqual(['p', 'p']);
  });

  test('a server whose clock is behind says that its dump was taken before the run', () => {
    const days = codes({ promise: promise(0), backups: newestFirst('2026-11-24T23:55:00Z', '2026-11-25T23:49:00Z') });
    expect([days['2026-11-24'], days['2026-11-25'], days['2026-11-26']]).toEqual(['u', 'p', 'm']);
  });

  test('before the promise was read is of no record: nobody knows what was promised then', () => {
    const sundays = { runs: ['2026-11-22T02:00:00Z'], allowanceSeconds: 43_200, since: '2026-11-20T10:00:00Z' };
    const days = codes({ promise: sundays, backups: newestFirst('2026-11-15T02:05:00Z', '2026-11-22T02:05:00Z') });
    expect(['15', '18', '19', '20', '22', '23'].map((day) => days[`2026-11-${day}`]).join('')).toBe('puunpn');
  });

  test('is missed once the promised run is as late as it may be, and not before', () => {
    const backups = newestFirst('2026-11-25T02:05:00Z');
    const at = (time: string) => codes({ backups, now: new Date(time) })['2026-11-26'];
    expect(at('2026-11-26T13:59:59Z')).toBe('w');
    expect(at('2026-11-26T14:00:00Z')).toBe('m');
  });

  test('is of no record where retention may have deleted its backup', () => {
    const days = codes({ backups: newestFirst('2026-11-20T02:05:00Z', '2026-11-25T02:05:00Z') });
    expect([days['2026-11-19'], days['2026-11-22'], days['2026-11-26']]).toEqual(['u', 'u', 'm']);
  });

  test('is as it was written down when its backup is gone', () => {
    const past = new Map<string, Day>([
      ['2026-11-22', { code: 'p', bytes: 7, recoverySeconds: 9 }],
      ['2026-11-23', { code: 'm' }],
      ['2026-11-24', { code: 'm' }],
      ['2026-11-26', { code: 'w' }],
    ]);
    const recordedAt = '2026-11-26T03:00:00Z';
    const days = codes({ past, recordedAt, backups: newestFirst('2026-11-24T02:05:00Z', '2026-11-25T02:05:00Z') });
    expect(['22', '23', '24', '25', '26'].map((day) => days[`2026-11-${day}`]).join('')).toBe('pmppm');
  });

  test('of a source that was never backed up is missed since somebody writes it down', () => {
    const days = codes({ recordedAt: '2026-11-24T20:00:00Z' });
    expect(['24', '25', '26', '27'].map((day) => days[`2026-11-${day}`]).join('')).toBe('ummw');
  });

  test('of a backup by hand, long after the last promised run, is its own', () => {
    const sundays = { runs: ['2026-11-15T02:00:00Z', '2026-11-22T02:00:00Z'], allowanceSeconds: 43_200 };
    const days = codes({ promise: sundays, backups: newestFirst('2026-11-18T15:00:00Z', '2026-11-22T02:05:00Z') });
    expect([days['2026-11-15'], days['2026-11-18']]).toEqual(['u', 'p']);
  });

  test('without a promised run has nothing promised; without a promise there is no record', () => {
    const sundays = { runs: ['2026-11-15T02:00:00Z', '2026-11-22T02:00:00Z'], allowanceSeconds: 43_200 };
    const backups = newestFirst('2026-11-15T02:05:00Z', '2026-11-22T02:05:00Z');
    expect(codes({ promise: sundays, backups })['2026-11-18']).toBe('n');
    expect(codes({ promise: undefined, backups })['2026-11-18']).toBe('u');
  });
});

test('over a change of the clock a run at 02:30 local time is on each day once', () => {
  const dayOf = daysIn('Europe/Berlin');
  // croner runs a time that a day leaves out at the next one that it has: 03:30 on 29 March.
  const runs = ['2026-03-28T01:30:00Z', '2026-03-29T01:30:00Z', '2026-03-30T00:30:00Z', '2026-03-31T00:30:00Z'];
  const backups = newestFirst('2026-03-28T01:31:00Z', '2026-03-29T01:31:00Z', '2026-03-31T00:31:00Z');
  const days = codes({
    dayOf,
    promise: { runs, allowanceSeconds: 3600 },
    backups,
    recordedAt: '2026-03-28T00:00:00Z',
    now: new Date('2026-04-01T00:00:00Z'),
  });
  expect(['28', '29', '30', '31'].map((day) => days[`2026-03-${day}`]).join('')).toBe('ppmp');
});

describe('against a model that knows every run', () => {
  /** Each day of 60: no backup, or one that is so many minutes late. */
  const nights = fc.array(fc.option(fc.integer({ min: 0, max: 719 }), { freq: 4 }), { minLength: 60, maxLength: 60 });

  test('every day with a backup is proven, every other one is missed, in any zone, at any hour', () => {
    fc.assert(
      fc.property(
        nights,
        fc.integer({ min: 0, max: 23 }),
        fc.constantFrom('UTC', 'Asia/Tokyo', 'America/Los_Angeles'),
        (late, hour, zone) => {
          const dayOf = daysIn(zone);
          const runs = late.map((_, at) => new Date(Date.UTC(2026, 1, 1 + at, hour)).toISOString());
          const end = new Date(Date.UTC(2026, 1, 1 + 61, hour));
          const backups = newestFirst(
            ...late.flatMap((minutes, at) =>
              minutes === null ? [] : [new Date(Date.parse(runs[at] ?? '') + minutes * 60_000).toISOString()],
            ),
          );
          // Somebody has watched since before the first run.
          const days = codes({
            dayOf,
            backups,
            promise: { runs, allowanceSeconds: 43_200 },
            recordedAt: '2026-01-31T00:00:00Z',
            now: end,
          });
          const expected = late.map((minutes, at) => [dayOf(runs[at] ?? ''), minutes === null ? 'm' : 'p']);
          expect(expected.map(([date = '']) => [date, days[date]])).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });
});
