/**
 * A year of seven sources with schedules of all kinds: GitHub drops 3 % of the runs, starts others up to twelve hours late, and none at
 * all from 12 September on; one source is renamed, one is deleted, and one changes its schedule. Two watchdogs look every hour: that on
 * GitHub, until GitHub is silent, and that inside the stack, which has what the first one has written down, and sends mails.
 */
import { expect, test } from '@jest/globals';
import type { BackupKind, KeptBackup } from '../../../../src/domain/backup.ts';
import { slotOf } from '../../../../src/rotation/plan/dates.ts';
import { nextRuns } from '../../../../src/runtime/schedule/runs.ts';
import { type ReadSource, withHistory } from '../../../../src/watch/promises/history.ts';
import { type PromisedSource, parsePromises, type Slot, withPromises } from '../../../../src/watch/promises/promise.ts';
import { mailOf } from '../../../../src/watch/stack/mail.ts';
import { newsOf } from '../../../../src/watch/stack/news.ts';
import { parseTold, renderTold } from '../../../../src/watch/stack/told.ts';
import { watch } from '../../../../src/watch/watchdog/watchdog.ts';
import { hour } from './given.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const end = Date.parse('2027-01-01T00:00:00Z');
const silent = Date.parse('2026-09-12T00:00:00Z');
const allowance = 12 * hour;
const minute = 60_000;
/** How old the newest proven backup of some sources may be. */
const rpo: Readonly<Record<string, number>> = { daily: 26 * hour, often: 12 * hour, weekly: 170 * hour };

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
  { source: 'often', kind: 'database-dump', cron: '7 */6 * * *', timeZone: 'America/New_York' },
  { source: 'weekly', kind: 'database-dump', cron: '41 4 * * 0', timeZone: 'UTC' },
  { source: 'monthly', kind: 'database-dump', cron: '11 5 1 * *', timeZone: 'Australia/Sydney' },
  {
    source: 'web',
    kind: 'rotation-snapshot',
    cron: '23 1,9,17 * * *',
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
      // Most are minutes late, some are hours late, and some exactly as late as may be, which is in time.
      const late = Math.min(allowance, Math.round(chance() ** 6 * 1.05 * allowance));
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
      targets: { allowanceSeconds: allowance / 1000, ...(rpo[source] ? { rpoSeconds: rpo[source] / 1000 } : {}) },
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
const repository = 'acme/backups';
const kindOf = (source: string): BackupKind | undefined => plans.find((one) => one.source === source)?.kind;

/** From when to when something was told. */
class Episodes {
  readonly open = new Map<string, number>();
  readonly times = new Set<number>();
  readonly #over = new Map<string, [number, number][]>();

  begin(key: string, at: number): void {
    expect([key, this.open.has(key)]).toEqual([key, false]);
    this.open.set(key, at);
    this.times.add(at);
  }

  end(key: string, at: number): void {
    this.#over.set(key, [...(this.#over.get(key) ?? []), [this.open.get(key) ?? Number.NaN, at]]);
    this.open.delete(key);
    this.times.add(at);
  }

  /** @param keys what is told now */
  see(keys: readonly string[], at: number): void {
    for (const key of keys) if (!this.open.has(key)) this.begin(key, at);
    for (const key of [...this.open.keys()]) if (!keys.includes(key)) this.end(key, at);
  }

  until(limit: number): ReadonlyMap<string, readonly (readonly [number, number])[]> {
    const all = new Map<string, readonly (readonly [number, number])[]>(this.#over);
    for (const [key, since] of this.open) all.set(key, [...(all.get(key) ?? []), [since, limit]]);
    return all;
  }
}

test('every miss is told within its target and an hour, none falsely, and each once', () => {
  const chance = random(2026);
  for (const plan of plans) runs_.set(plan, runsOf(plan, chance));
  const all = plans.flatMap((plan) => backupsOf(plan, runs_.get(plan) ?? []));
  const bySource = Map.groupBy(
    all.toSorted((a, b) => (a.takenAt < b.takenAt ? -1 : 1)),
    ({ source }) => source,
  );

  const onGitHub = new Episodes();
  const byMail = new Episodes();
  let promises: readonly PromisedSource[] = [];
  let written: string | undefined;
  let toldText: string | undefined;
  let mails = 0;
  const seen = new Map<string, number>();
  let looks = 0;
  for (let now = start + 41 * minute; now < end; now += hour) {
    looks += 1;
    const date = new Date(now);
    if (now < silent) {
      promises = withHistory(readAt(now), promises, date);
      written = withPromises(written, repository, promises, date);
    }
    const at = date.toISOString();
    // Retention keeps some; what comes later is not there yet.
    const backups = [...bySource].flatMap(([source, some]) => {
      let there = seen.get(source) ?? 0;
      while ((some[there]?.takenAt ?? '9') <= at) there += 1;
      seen.set(source, there);
      return some.slice(Math.max(0, there - 5), there);
    });
    const inventory = { backups, unread: [] };
    if (now < silent)
      onGitHub.see(
        watch({ promises, inventory, now: date }).flatMap(({ promised, failures }) =>
          failures.some(({ kind }) => kind === 'missing') ? [promised.source] : [],
        ),
        now,
      );
    // Nothing but the two documents is left from look to look.
    const stored = parsePromises(written ?? '') ?? 'missing';
    const sources = stored === 'missing' ? [] : (stored.repositories[repository] ?? []);
    const news = newsOf(parseTold(toldText), {
      repositories: [{ name: repository, sources: watch({ promises: sources, inventory, now: date }) }],
      ...{ promises: stored, silentDays: 2, now: date },
    });
    if (mailOf(news, { stack: 'holdfast', account: '123456789012', region: 'us-east-1' })) mails += 1;
    for (const { key } of news.begun) byMail.begin(key, now);
    for (const { key } of news.over) byMail.end(key, now);
    toldText = renderTold(news.after);
  }

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
    const clipped = (limit: number) =>
      episodes.filter(([from]) => from < limit).map(([from, until]) => [from, Math.min(until, limit)]);
    const key = `missing ${source === 'web' ? 'rotation-snapshot i-web' : `${kindOf(source)} ${source}`}`;
    expect([source, byMail.until(end).get(key) ?? []]).toEqual([source, clipped(end)]);
    // As long as GitHub runs, both tell the same at the same time.
    expect([source, onGitHub.until(silent).get(source) ?? []]).toEqual([source, clipped(silent)]);
  }
  // A target for the age is told at the first look after it, and over at the first look after the next proven backup.
  for (const [source, most] of Object.entries(rpo)) {
    const taken = (bySource.get(source) ?? []).map(({ takenAt }) => Date.parse(takenAt)).toSorted((a, b) => a - b);
    const from = [start + 41 * minute, ...taken];
    const tooOld = from.flatMap((at, which): [number, number][] => {
      const [first, over] = [lookAfter(at + most + 1), Math.min(end, lookAfter(from[which + 1] ?? end))];
      return first < over ? [[first, over]] : [];
    });
    expect(tooOld.length).toBeGreaterThan(1);
    expect([source, byMail.until(end).get(`too-old database-dump ${source}`)]).toEqual([source, tooOld]);
  }
  // Something happened in this year: dropped runs, and a scheduler that fell silent for the eight sources that are promised then.
  expect(misses).toBeGreaterThan(25);
  const last = [...byMail.open.keys()].filter((key) => key.startsWith('missing '));
  expect(last.map((key) => key.replace(/^.* (i-)?/, '')).toSorted()).toEqual([
    'daily',
    'monthly',
    'moved',
    'new-name',
    'often',
    'web',
    'weekly',
    'zurich',
  ]);
  expect(looks).toBe(8760);
  // That GitHub is silent is told two days after the day of its last look, and once.
  const lastDay = Math.floor((silent - 1) / (24 * hour)) * 24 * hour;
  expect(byMail.until(end).get(`silent ${repository}`)).toEqual([[lookAfter(lastDay + 3 * 24 * hour), end]]);
  // No mail without news, and no news without a mail: what comes together comes in one.
  expect(mails).toBe(byMail.times.size);
});
