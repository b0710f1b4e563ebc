/**
 * A year of seven sources with schedules of all kinds: GitHub drops 3 % of the runs, starts others up to twelve hours late, and none at
 * all from 12 September on; one source is renamed, one is deleted, and one changes its schedule. The watchdog looks every hour.
 */
import { expect, test } from '@jest/globals';
import type { BackupKind, KeptBackup } from '../../../../src/domain/backup.ts';
import { slotOf } from '../../../../src/rotation/plan/dates.ts';
import { nextRuns } from '../../../../src/runtime/schedule/runs.ts';
import { type ReadSource, withHistory } from '../../../../src/watch/promises/history.ts';
import type { PromisedSource, Slot } from '../../../../src/watch/promises/promise.ts';
import { watch } from '../../../../src/watch/watchdog/watchdog.ts';
import { hour } from './given.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const end = Date.parse('2027-01-01T00:00:00Z');
const silent = Date.parse('2026-09-12T00:00:00Z');
const allowance = 12 * hour;
const minute = 60_000;

/** Mulberry32: the same year each time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Plan {
  readonly source: string;
  readonly kind: BackupKind;
  readonly cron: string;
  readonly timeZone: string;
  readonly slot?: Slot;
  /** While the workflow files have it. */
  readonly from?: number;
  readonly to?: number;
}

const june = Date.parse('2026-06-10T09:30:00Z');
const plans: readonly Plan[] = [
  { source: 'daily', kind: 'database-dump', cron: '23 2 * * *', timeZone: 'UTC' },
  { source: 'zurich', kind: 'volume-snapshot', cron: '30 2 * * *', timeZone: 'Europe/Zurich' },
  { source: 'hourly', kind: 'database-dump', cron: '7 * * * *', timeZone: 'America/New_York' },
  { source: 'weekly', kind: 'database-dump', cron: '41 4 * * 0', timeZone: 'UTC' },
  { source: 'monthly', kind: 'database-dump', cron: '11 5 1 * *', timeZone: 'Australia/Sydney' },
  {
    source: 'web',
    kind: 'rotation-snapshot',
    cron: '23 1,5,9,13,17,21 * * *',
    timeZone: 'UTC',
    slot: { everyHours: 24, timeZone: 'Europe/Zurich' },
  },
  { source: 'old-name', kind: 'database-dump', cron: '13 3 * * *', timeZone: 'UTC', to: june },
  { source: 'new-name', kind: 'database-dump', cron: '13 3 * * *', timeZone: 'UTC', from: june },
  {
    source: 'deleted',
    kind: 'database-dump',
    cron: '53 1 * * *',
    timeZone: 'UTC',
    to: Date.parse('2026-05-04T11:00:00Z'),
  },
  { source: 'moved', kind: 'database-dump', cron: '37 3 * * 1-5', timeZone: 'UTC', to: june },
  { source: 'moved', kind: 'database-dump', cron: '37 20 * * *', timeZone: 'Asia/Tokyo', from: june },
];

interface Run {
  readonly promisedAt: number;
  /** Undefined for a run that was dropped. */
  readonly startedAt: number | undefined;
}

function runsOf({ cron, timeZone, from = start, to = end }: Plan, chance: () => number): readonly Run[] {
  const runs: Run[] = [];
  let after = new Date(from);
  for (;;) {
    const some = nextRuns({ expression: cron, timeZone }, 100, after);
    for (const at of some) {
      if (at.getTime() >= to) return runs;
      const dropped = chance() < 0.03;
      // Most are minutes late, some are hours late, and a few nearly as late as may be.
      const late = chance() ** 6 * (allowance - 10 * minute);
      const starts = !dropped && at.getTime() < silent;
      runs.push({ promisedAt: at.getTime(), startedAt: starts ? at.getTime() + late : undefined });
    }
    after = some.at(-1) as Date;
  }
}

/** What the runs of a plan make: each a backup; of a rotation, one in each slot. */
function backupsOf({ source, kind, slot }: Plan, runs: readonly Run[]): readonly KeptBackup[] {
  const slots = new Set<string>();
  return runs
    .flatMap(({ startedAt }) => startedAt ?? [])
    .toSorted((a, b) => a - b)
    .flatMap((startedAt) => {
      if (slot !== undefined) {
        const name = slotOf(new Date(startedAt), slot.timeZone, slot.everyHours);
        if (slots.has(name)) return [];
        slots.add(name);
      }
      const takenAt = new Date(startedAt).toISOString();
      const rotation = kind === 'rotation-snapshot' ? { instanceId: `i-${source}` } : {};
      return [
        {
          source,
          kind,
          takenAt,
          id: takenAt,
          region: 'us-east-1',
          verdict: 'good' as const,
          proofs: [],
          pinned: false,
          ...rotation,
        },
      ];
    });
}

function readAt(time: number): readonly ReadSource[] {
  return plans
    .filter(({ from = start, to = end }) => from <= time && time < to)
    .map(({ source, kind, cron, timeZone, slot }) => ({
      source,
      kind,
      ...(kind === 'rotation-snapshot' ? { instanceId: `i-${source}` } : {}),
      targets: { allowanceSeconds: allowance / 1000 },
      schedules: [{ expression: cron, timeZone, workflow: 'a.yml', ...(slot ? { slot } : {}) }],
    }));
}

/** The first hourly look at or after a time. */
const lookAfter = (time: number): number => start + Math.ceil((time - start - 41 * minute) / hour) * hour + 41 * minute;

/**
 * From when to when some run of a source had no backup, told run by run: from the end of its allowance to the first backup that keeps
 * its promise, or until nobody promises the source any more.
 */
function missesOf(source: string, backups: readonly number[]): readonly (readonly [number, number])[] {
  const own = plans.filter((one) => one.source === source);
  const promisedUntil = Math.max(...own.map(({ to = end }) => to));
  return own.flatMap((plan) => {
    const runs = runs_.get(plan) ?? [];
    const since = lookAfter(plan.from ?? start);
    return runs
      .filter(({ promisedAt }) => promisedAt >= since)
      .flatMap(({ promisedAt }): [number, number][] => {
        const from = plan.slot ? slotStart(promisedAt, plan.slot) : promisedAt;
        const kept = backups.find((at) => at >= from) ?? Number.POSITIVE_INFINITY;
        const until = Math.min(kept, promisedUntil, end);
        const due = promisedAt + allowance;
        return until > due ? [[due, until]] : [];
      });
  });
}

/** By minutes from the full hours before: the zone has full hours. */
function slotStart(time: number, { timeZone, everyHours }: Slot): number {
  const name = slotOf(new Date(time), timeZone, everyHours);
  let at = Math.floor(time / hour) * hour;
  while (slotOf(new Date(at - minute), timeZone, everyHours) === name) at -= hour;
  return at;
}

const runs_ = new Map<Plan, readonly Run[]>();

test('every miss is told within its target and an hour, none falsely, and each once', () => {
  const chance = random(2026);
  for (const plan of plans) runs_.set(plan, runsOf(plan, chance));
  const all = plans.flatMap((plan) => backupsOf(plan, runs_.get(plan) ?? []));
  const bySource = Map.groupBy(
    all.toSorted((a, b) => (a.takenAt < b.takenAt ? -1 : 1)),
    ({ source }) => source,
  );

  const told = new Map<string, [number, number][]>();
  const open = new Map<string, number>();
  let promises: readonly PromisedSource[] = [];
  const seen = new Map<string, number>();
  let looks = 0;
  for (let now = start + 41 * minute; now < end; now += hour) {
    looks += 1;
    promises = withHistory(readAt(now), promises, new Date(now));
    const at = new Date(now).toISOString();
    // Retention keeps some; what comes later is not there yet.
    const backups = [...bySource].flatMap(([source, some]) => {
      let there = seen.get(source) ?? 0;
      while ((some[there]?.takenAt ?? '9') <= at) there += 1;
      seen.set(source, there);
      return some.slice(Math.max(0, there - 5), there);
    });
    const missing = new Set(
      watch({ promises, inventory: { backups, unread: [] }, now: new Date(now) }).flatMap(({ promised, failures }) =>
        failures.some(({ kind }) => kind === 'missing') ? [promised.source] : [],
      ),
    );
    for (const source of missing) if (!open.has(source)) open.set(source, now);
    for (const [source, since] of open) {
      if (missing.has(source)) continue;
      told.set(source, [...(told.get(source) ?? []), [since, now]]);
      open.delete(source);
    }
  }
  for (const [source, since] of open) told.set(source, [...(told.get(source) ?? []), [since, end]]);

  let misses = 0;
  for (const source of new Set(plans.map((plan) => plan.source))) {
    const taken = (bySource.get(source) ?? []).map(({ takenAt }) => Date.parse(takenAt)).toSorted((a, b) => a - b);
    // Misses that overlap are one: while one is told, nothing more is to be told. Between two looks nobody sees one.
    const episodes: [number, number][] = [];
    for (const [from, until] of missesOf(source, taken).toSorted(([a], [b]) => a - b)) {
      const [first, over] = [lookAfter(from), lookAfter(until)];
      if (first >= over) continue;
      const last = episodes.at(-1);
      if (last && first <= last[1]) last[1] = Math.max(last[1], over);
      else episodes.push([first, over]);
    }
    misses += episodes.length;
    const inYear = episodes.map(([from, until]) => [from, Math.min(until, end)]);
    expect([source, told.get(source) ?? []]).toEqual([source, inYear]);
  }
  // Something happened in this year: dropped runs, and a scheduler that fell silent for the eight sources that are promised then.
  expect(misses).toBeGreaterThan(25);
  expect([...open.keys()].toSorted()).toEqual([
    'daily',
    'hourly',
    'monthly',
    'moved',
    'new-name',
    'web',
    'weekly',
    'zurich',
  ]);
  expect(looks).toBe(8760);
});
