/** A year of sources of all kinds, of which some runs are dropped: every gap is in the evidence, and none that is false. */
import { describe, expect, test } from '@jest/globals';
import type { BackupKind } from '../../../../src/domain/backup.ts';
import { nextRuns } from '../../../../src/runtime/schedule/runs.ts';
import type { Evidence } from '../../../../src/watch/evidence/document.ts';
import { evidenceOf } from '../../../../src/watch/evidence/evidence.ts';
import type { EvidenceBackup } from '../../../../src/watch/evidence/input.ts';
import { dayNumbered } from '../../../../src/watch/page/model/days.ts';
import type { DayCode, History } from '../../../../src/watch/page/model/history.ts';
import type { PromisedSource } from '../../../../src/watch/promises/promise.ts';
import { seededRandom } from '../patrol/seeded-random.ts';
import { hour, promised, schedule } from '../watchdog/given.ts';
import { evidenceBackup, input } from './given.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const end = Date.parse('2027-01-01T00:00:00Z');
const period = { from: '2026-01-01', to: '2026-12-31' };
const now = new Date('2027-01-02T00:00:00Z');
const allowance = 12 * hour;
const day = 24 * hour;

interface Plan {
  readonly source: string;
  readonly kind: BackupKind;
  readonly cron: string;
  readonly timeZone: string;
  /** The last run that starts. */
  readonly until?: number;
}

const plans: readonly Plan[] = [
  { source: 'daily', kind: 'database-dump', cron: '23 2 * * *', timeZone: 'UTC' },
  { source: 'zurich', kind: 'volume-snapshot', cron: '30 2 * * *', timeZone: 'Europe/Zurich' },
  { source: 'weekly', kind: 'database-dump', cron: '41 4 * * 0', timeZone: 'UTC' },
  { source: 'web', kind: 'rotation-snapshot', cron: '23 1 * * *', timeZone: 'UTC' },
  {
    source: 'silent',
    kind: 'database-dump',
    cron: '5 6 * * *',
    timeZone: 'UTC',
    until: Date.parse('2026-09-12T00:00:00Z'),
  },
];

interface Year {
  readonly runs: readonly number[];
  readonly backups: readonly EvidenceBackup[];
  readonly promise: PromisedSource;
}

function yearOf({ source, kind, cron, timeZone, until = end }: Plan, chance: () => number): Year {
  const runs: number[] = [];
  for (let after = new Date(start - 1); ; ) {
    const some = nextRuns({ expression: cron, timeZone }, 50, after).map((run) => run.getTime());
    runs.push(...some.filter((run) => run < end));
    if ((some.at(-1) ?? end) >= end) break;
    after = new Date(some.at(-1) ?? end);
  }
  const instance = kind === 'rotation-snapshot' ? { instanceId: `i-${source}`, receiptKey: undefined } : {};
  const backups = runs.flatMap((run) =>
    chance() < 0.03 || run >= until
      ? []
      : [evidenceBackup(run + chance() ** 6 * (allowance - hour), { source, kind, ...instance })],
  );
  const promise = promised({
    source,
    kind,
    ...(kind === 'rotation-snapshot' ? { instanceId: `i-${source}` } : {}),
    schedules: [schedule(cron, { timeZone })],
    since: new Date(start).toISOString(),
  });
  return { runs, backups, promise };
}

/** Run by run: when the first one of a gap was, when the next backup came, and how many runs made none. */
function gapsOf({ runs, backups }: Year): readonly (readonly [string, string | undefined, number])[] {
  const taken = backups.map(({ takenAt }) => Date.parse(takenAt)).toSorted((a, b) => a - b);
  const byEnd = new Map<number | undefined, number[]>();
  for (const run of runs) {
    if (taken.some((time) => time >= run && time <= run + allowance)) continue;
    const next = taken.find((time) => time >= run);
    byEnd.set(next, [...(byEnd.get(next) ?? []), run]);
  }
  return [...byEnd].map(
    ([next, some]) => [iso(Math.min(...some)), next === undefined ? undefined : iso(next), some.length] as const,
  );
}

const iso = (at: number): string => new Date(at).toISOString();
const told = (evidence: Evidence, name: string) =>
  (evidence.sources.find(({ source }) => source === name)?.gaps ?? []).map(
    ({ from, until, missedRuns }) => [from, until, missedRuns] as const,
  );

const chance = seededRandom(7);
const years = new Map(plans.map((plan) => [plan.source, yearOf(plan, chance)]));
const all = [...years.values()];
const promises = { 'acme/backups': all.map(({ promise }) => promise) };

describe('a year of evidence', () => {
  test('has every gap with its length, and no other, while all backups are kept', () => {
    const backups = all.flatMap((one) => one.backups);
    const deletedSince = start;
    const found = evidenceOf(input({ period, now, backups, promises, deletedSince }));
    let gaps = 0;
    for (const [name, year] of years) {
      // Nobody can say of the snapshots of a rotation which were deleted: only the newest one is sure to be there.
      if (name === 'web') continue;
      expect([name, told(found, name)]).toEqual([name, gapsOf(year)]);
      gaps += gapsOf(year).length;
    }
    expect(gaps).toBeGreaterThan(20);
    const silent = found.sources.find(({ source }) => source === 'silent');
    expect(silent?.gaps.at(-1)).toMatchObject({ open: true, missedRuns: 111 });
    expect(silent?.gaps.at(-1)?.seconds).toBe((now.getTime() - Date.parse(silent?.gaps.at(-1)?.from ?? '')) / 1000);
    const daily = found.sources.find(({ source }) => source === 'daily');
    expect(daily?.runs.promised).toBe(365);
    expect(daily?.runs.made).toBe(365 - (daily?.runs.missed ?? 0));
  });

  test('tells no gap that was none where retention has deleted backups, and says how much it does not know', () => {
    const backups = all.flatMap((one) => one.backups.filter(({ takenAt }) => Date.parse(takenAt) > end - 14 * day));
    const silent = years.get('silent')?.backups.at(-1) as EvidenceBackup;
    const found = evidenceOf(
      input({ period, now, backups: [...backups, silent], promises, deletedSince: end - 10 * day }),
    );
    for (const [name, year] of years) {
      const real = gapsOf(year).map(([from]) => from);
      for (const [from] of told(found, name)) expect([name, real.includes(from)]).toEqual([name, true]);
    }
    const daily = found.sources.find(({ source }) => source === 'daily');
    expect(daily?.runs.unknown).toBeGreaterThan(300);
    expect(daily?.notKnown.join()).toMatch(/of \d+ promised runs it is not known/i);
    expect(told(found, 'silent').at(-1)?.[2]).toBe(111);
  });

  test('knows from what the watchdog wrote down how days went whose backups are gone', () => {
    const sources = Object.fromEntries(
      ['daily', 'web'].map((name) => {
        const year = years.get(name) as Year;
        const missed = new Set(gapsOf(year).map(([from]) => from.slice(0, 10)));
        const codes = Array.from({ length: 365 }, (_, at): DayCode => {
          const date = dayNumbered(start / day + at);
          return missed.has(date) ? 'm' : 'p';
        });
        const none = codes.map(() => null);
        const key = name === 'web' ? 'rotation-snapshot i-web' : 'database-dump daily';
        return [key, { from: '2026-01-01', codes: codes.join(''), bytes: none, recovery: none, pause: none }];
      }),
    );
    const history: History = { format: 'holdfast-history/1', recordedAt: iso(end), timeZone: 'UTC', sources };
    const backups = all.flatMap((one) => one.backups.slice(-14));
    const found = evidenceOf(input({ period, now, backups, promises, history }));
    for (const name of ['daily', 'web']) {
      const year = years.get(name) as Year;
      expect([name, told(found, name).map(([from]) => from)]).toEqual([name, gapsOf(year).map(([from]) => from)]);
      const source = found.sources.find((one) => one.source === name);
      expect(source?.runs.unknown).toBe(0);
    }
  });
});
