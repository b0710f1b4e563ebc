/** What the patrol proves: properties against a model that tries by brute force, and a year of two thousand backups. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { unprovable } from '../../../../src/actions/patrol/run.ts';
import type { KeptBackup, Proof } from '../../../../src/domain/backup.ts';
import type { Verdict } from '../../../../src/domain/verdict.ts';
import { guess } from '../../../../src/watch/patrol/cost.ts';
import { type PatrolOptions, type PatrolPlan, planPatrol, provenAt } from '../../../../src/watch/patrol/patrol.ts';
import { seededRandom } from './seeded-random.ts';

const day = 86_400_000;
const home = 'us-east-1';
const verifiers = { 'us-east-1': 'verify.us', 'eu-west-1': 'verify.eu', 'ap-southeast-2': 'verify.ap' };
const start = new Date('2026-01-01T04:00:00Z');
const run = { key: 'acme/backups/actions/runs/1', url: 'https://github.test/1' };
const at = (days: number): string => new Date(start.getTime() + days * day).toISOString();

const proofAt = (days: number, verdict: Verdict = 'good', seconds = 600): Proof => ({
  at: at(days),
  verdict,
  run,
  seconds,
});

function kept(id: string, takenDays: number, more: Partial<KeptBackup> = {}): KeptBackup {
  const proofs = more.proofs ?? [proofAt(takenDays)];
  return {
    source: 'shop',
    kind: 'database-dump',
    takenAt: at(takenDays),
    id,
    region: 'us-east-1',
    verdict: proofs[0]?.verdict ?? 'unproven',
    proofs,
    pinned: false,
    bytes: 1_000_000_000,
    ...more,
  };
}

const usual: PatrolOptions = { days: 30, budgetSeconds: 3600, everySeconds: 86_400, mostProofs: 100 };

function plan(
  backups: readonly KeptBackup[],
  days: number,
  options: Partial<PatrolOptions> = {},
  random = () => 0,
): PatrolPlan {
  const now = new Date(start.getTime() + days * day);
  return planPatrol({ backups, now, options: { ...usual, ...options }, random, unprovable: () => undefined });
}

const ids = ({ prove }: PatrolPlan): readonly string[] => prove.map(({ backup }) => backup.id);

describe('the patrol proves', () => {
  test('nothing but one by chance, while all proofs are young', () => {
    const backups = [kept('a', 0), kept('b', 1), kept('c', 2)];
    expect(ids(plan(backups, 3))).toEqual(['a']);
    expect(ids(plan(backups, 3, {}, () => 0.99))).toEqual(['c']);
    expect(plan(backups, 3).prove[0]?.reason).toBe('by chance; its last proof is 3 days old');
  });

  test('the oldest first, by the last proof that said something', () => {
    const backups = [
      kept('proven again', -60, { proofs: [proofAt(-1), proofAt(-60)] }),
      kept('never proven', -29, { proofs: [] }),
      kept('tried in vain', -40, { proofs: [proofAt(-10, 'unproven'), proofAt(-28)] }),
    ];
    const { prove } = plan(backups, 0);
    expect(prove.map(({ backup }) => backup.id)).toEqual(['never proven', 'tried in vain', 'proven again']);
    expect(prove[0]?.reason).toBe('it was taken 29 days ago and never proven');
  });

  test('not at once again what could not be proven yesterday, and nothing that is bad or lost', () => {
    const backups = [
      kept('tried', -40, { proofs: [proofAt(-1, 'unproven'), proofAt(-40)] }),
      kept('bad', -40, { proofs: [proofAt(-40, 'bad')] }),
      kept('lost', -40, { kind: 'volume-snapshot', problem: 'snap-1 in us-east-1 is gone' }),
    ];
    const result = plan(backups, 0);
    expect(ids(result)).toEqual([]);
    expect(result.overdue.map(({ backup }) => backup.id)).toEqual(['tried']);
    expect(result.altered.map(({ what }) => what)).toEqual(['snap-1 in us-east-1 is gone']);
    expect(ids(plan(backups, 1))).toEqual(['tried']);
  });

  test('first the dump whose objects are not what they were, and not again every day', () => {
    const altered = kept('altered', -1, { problem: 's3://dumps/db/x has 7 bytes, and the receipt says 8' });
    const backups = [kept('old', -28), altered];
    expect(ids(plan(backups, 0))).toEqual(['altered', 'old']);
    const tried = { ...altered, proofs: [proofAt(0, 'unproven'), ...altered.proofs] };
    expect(ids(plan([kept('old', -20), tried], 5))).toEqual(['old']);
    expect(ids(plan([kept('young', 13), tried], 14))).toEqual(['altered', 'young']);
  });

  test('alone what needs more than the whole budget, once it is due', () => {
    const large = kept('large', 0, { source: 'large', proofs: [proofAt(0, 'good', 20_000)] });
    const backups = [large, kept('small', 1)];
    expect(ids(plan(backups, 10))).toEqual(['small']);
    expect(ids(plan(backups, 28))[0]).toBe('large');
    expect(plan(backups, 28).neededSeconds).toBeGreaterThan(usual.budgetSeconds);
  });

  test('says what the budget would have to be', () => {
    const backups = Array.from({ length: 300 }, (_, index) => kept(`b${index}`, -29));
    const { prove, neededSeconds, overdue } = plan(backups, 2);
    expect(prove.length).toBe(6);
    expect(overdue).toHaveLength(300);
    expect(neededSeconds).toBe(300 * 600);
  });

  test('counts what nobody can prove by its reason, and never chooses it', () => {
    const now = start;
    const unprovable = ({ kind }: KeptBackup) => (kind === 'rotation-snapshot' ? 'no host' : undefined);
    const rotated = (id: string, days: number) => kept(id, days, { kind: 'rotation-snapshot', proofs: [] });
    const backups = [rotated('a', -90), kept('b', -1), rotated('c', -2)];
    const result = planPatrol({ backups, now, options: usual, random: () => 0, unprovable });
    expect(ids(result)).toEqual(['b']);
    expect([...result.unprovable]).toEqual([['no host', { count: 2, old: 1 }]]);
    expect(result.overdue).toEqual([]);
    expect(result.oldestDays).toBe(1);
  });

  test('a source by its measured time, scaled by size; others by size', () => {
    const backups = [
      kept('measured', -29, { bytes: 1000, proofs: [proofAt(-29, 'good', 100)] }),
      kept('twice', -29, { bytes: 2000, proofs: [] }),
      kept('unknown', -29, { source: 'other', bytes: 2_000_000_000, proofs: [] }),
    ];
    const seconds = Object.fromEntries(plan(backups, 0).prove.map((one) => [one.backup.id, one.seconds]));
    expect(seconds).toEqual({ measured: 100, twice: 200, unknown: 400 });
  });

  test('a source by the median of its last seven proofs: one that was slow for once is none of all others', () => {
    const proofs = [9000, 100, 110, 90, 100, 120, 80, 5000, 5000, 5000].map((took, ago) =>
      proofAt(-29 - ago, 'good', took),
    );
    const [chosen] = plan(
      [kept('a', -60, { proofs: proofs.slice(5) }), kept('b', -60, { proofs: proofs.slice(0, 5) })],
      0,
    ).prove;
    expect(chosen?.seconds).toBe(100);
  });

  test('a copy in another region by its primary; of an instance, each volume by itself', () => {
    const volume = { kind: 'volume-snapshot', bytes: 1000 } as const;
    const rotation = { kind: 'rotation-snapshot', bytes: 1000 } as const;
    const backups = [
      kept('primary', -29, { ...volume, volumeId: 'vol-1', proofs: [proofAt(-29, 'good', 100)] }),
      kept('copy', -29, { ...volume, region: 'eu-west-1', copyOf: { region: home, id: 'primary' }, proofs: [] }),
      kept('data', -29, { ...rotation, volumeId: 'vol-2', proofs: [proofAt(-29, 'good', 50)] }),
      kept('logs', -29, { ...rotation, volumeId: 'vol-3', proofs: [] }),
    ];
    const seconds = Object.fromEntries(plan(backups, 0).prove.map((one) => [one.backup.id, Math.round(one.seconds)]));
    expect(seconds).toEqual({ primary: 100, copy: 100, data: 50, logs: guess.seconds });
  });
});

/** Kept backups with ages in days and costs in seconds. */
const situation = fc.record({
  backups: fc.array(fc.record({ age: fc.integer({ min: 0, max: 26 }), seconds: fc.integer({ min: 60, max: 3600 }) }), {
    maxLength: 40,
  }),
  budgetSeconds: fc.integer({ min: 3600, max: 30_000 }),
  mostProofs: fc.integer({ min: 1, max: 20 }),
});

type Situation = { readonly backups: readonly { readonly age: number; readonly seconds: number }[] };

const keptOf = ({ backups }: Situation): KeptBackup[] =>
  backups.map(({ age, seconds }, index) =>
    kept(`b${String(index).padStart(2, '0')}`, -age, { source: `s${index}`, proofs: [proofAt(-age, 'good', seconds)] }),
  );

/** Whether somebody who always uses the whole budget, the oldest first, keeps all proofs younger than so many days. */
function canBeKept(backups: readonly KeptBackup[], options: PatrolOptions, days: number): boolean {
  const queue = backups
    .map((backup) => ({
      age: -(provenAt(backup).getTime() - start.getTime()) / day,
      seconds: backup.proofs[0]?.seconds ?? 0,
    }))
    .toSorted((a, b) => b.age - a.age);
  for (let today = 0; queue.length > 0; today += 1) {
    if ((queue[0]?.age ?? 0) + today >= days) return false;
    let left = options.budgetSeconds;
    for (let count = 0; count < options.mostProofs && queue[0] && queue[0].seconds <= left; count += 1)
      left -= queue.shift()?.seconds ?? 0;
  }
  return true;
}

describe('whatever is kept', () => {
  test('no run exceeds its budget or its number, nothing is chosen twice, and the oldest is never passed over', () => {
    fc.assert(
      fc.property(situation, fc.double({ min: 0, max: 0.999, noNaN: true }), (given, chance) => {
        const backups = keptOf(given);
        const options = { ...usual, ...given, days: 30 };
        const { prove } = plan(backups, 0, options, () => chance);
        expect(new Set(prove.map(({ backup }) => backup.id)).size).toBe(prove.length);
        expect(prove.length).toBeLessThanOrEqual(given.mostProofs);
        expect(prove.reduce((sum, { seconds }) => sum + seconds, 0)).toBeLessThanOrEqual(given.budgetSeconds);
        const planned = prove.filter(({ reason }) => !reason.startsWith('by chance'));
        const oldest = Math.max(0, ...given.backups.map(({ age }) => age));
        if (planned.length > 0 && given.backups.length > 0)
          expect(provenAt(planned[0]?.backup as KeptBackup).toISOString()).toBe(at(-oldest));
      }),
      { numRuns: 400 },
    );
  });

  test('what can be kept young by using every budget to its end is kept young by the patrol, too', () => {
    let kept = 0;
    fc.assert(
      fc.property(situation, (given) => {
        const options = { ...usual, ...given, days: 30 };
        const backups = keptOf(given);
        // The patrol aims at nine tenths, by which lumps that do not fit into a day are made up for.
        fc.pre(canBeKept(backups, options, 27));
        kept += 1;
        let now = backups;
        for (let today = 0; today < 30; today += 1) {
          const { prove, overdue } = plan(now, today, options, () => 0.5);
          expect(overdue).toEqual([]);
          const proven = new Set(prove.map(({ backup }) => backup.id));
          now = now.map((one) =>
            proven.has(one.id)
              ? { ...one, proofs: [proofAt(today, 'good', one.proofs[0]?.seconds), ...one.proofs] }
              : one,
          );
        }
      }),
      { numRuns: 150 },
    );
    expect(kept).toBeGreaterThan(100);
  });
});

/** Regions of copies, and what is there. */
const [ireland, sydney] = ['eu-west-1', 'ap-southeast-2'];

/**
 * Sources whose backups of every night are kept for so many days. Half of them are dumps, which are proven when they are made; the others
 * are snapshots of the rotation and their copies in two regions, which are not. A proof takes 5 to 15 minutes at the median, and their
 * sizes tell of half of that: who goes by them plans too much.
 */
const sources = Array.from({ length: 20 }, (_, index) => {
  const [volume, region] = [Math.floor(index / 4), [home, home, ireland, sydney][index % 4] ?? home];
  const isDump = index % 4 === 0 || index >= 15;
  const what = isDump ? index : volume;
  const seconds = 300 + (what % 7) * 100;
  return {
    source: isDump ? `source${index}` : `host${volume}`,
    ...(isDump
      ? { kind: 'database-dump' as const, region: home }
      : { kind: 'rotation-snapshot' as const, region, volumeId: `vol-${volume}` }),
    copied: !isDump && region !== home,
    keptDays: [30, 60, 90, 120, 200][index % 5] ?? 30,
    seconds,
    bytes: Math.max(0, seconds / 2 - guess.seconds) * guess.bytesPerSecond,
  };
});

/** How long a proof really takes: log-normal around its median, and one in twenty three times as long. */
function trueSeconds(median: number, random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(0.3 * normal) * (random() < 0.05 ? 3 : 1);
}

interface Year {
  readonly oldestDays: number;
  /** Seconds that the proofs of a run really took, together, and what the planner had thought; of all runs the most. */
  readonly longestRun: number;
  readonly longestPlan: number;
  /** The same of all runs together. */
  readonly took: number;
  readonly planned: number;
  readonly longestProof: number;
  readonly kept: number;
  readonly proofs: number;
  readonly neededSeconds: number;
  /** Kinds of what was kept and of what was proven: snapshots of the rotation at home and elsewhere, and dumps. */
  readonly proven: Readonly<Record<string, number>>;
  /** Days from the moment that something was lost until a run told it; and how often. */
  readonly toldAfterDays: number;
  readonly lost: number;
}

/** Runs a day, as patrol.yml is scheduled. */
const runsADay = 4;

/** When the runs of a day really start: 3 % are dropped, and every fifth is up to ten hours late. */
function runTimes(from: number, to: number, random: () => number): readonly number[] {
  const planned = Array.from({ length: (to - from) * runsADay }, (_, index) => from + index / runsADay);
  return planned
    .filter(() => random() >= 0.03)
    .map((time) => (random() < 0.2 ? time + (random() * 10) / 24 : time))
    .toSorted((a, b) => a - b);
}

/** Kept backups as they are made, expire, are lost and are proven; times in days. */
class Kept {
  backups: KeptBackup[] = [];
  /** What was lost and not told yet, with the time. */
  readonly lostAt = new Map<string, number>();
  readonly #keptDays = sources.map((one) => one.keptDays);

  night(today: number, random: () => number): void {
    const isLeft = ({ id, takenAt }: KeptBackup): boolean =>
      Date.parse(takenAt) > start.getTime() + (today - (this.#keptDays[Number(id.split(' ')[0])] ?? 0)) * day;
    this.backups = this.backups.filter(isLeft);
    for (const [index, { source, kind, region, copied, seconds, bytes, ...more }] of sources.entries())
      this.backups.push(
        kept(`${index} ${today}`, today, {
          ...{ source, kind, region, bytes, ...more, ...(kind === 'database-dump' ? { receiptKey: 'r' } : {}) },
          ...(copied ? { copyOf: { region: home, id: `${index - 1} ${today}` } } : {}),
          proofs: kind === 'database-dump' ? [proofAt(today, 'good', trueSeconds(seconds, random))] : [],
        }),
      );
  }

  /** The inventory then has it with its problem. */
  lose(time: number, random: () => number): void {
    const index = Math.floor(random() * this.backups.length);
    const one = this.backups[index];
    if (one === undefined || one.problem !== undefined) return;
    this.backups[index] = { ...one, problem: `${one.id} is gone` };
    this.lostAt.set(one.id, time);
  }

  /**
   * 2 % of the proofs cannot be made: no receipt or tag says how long they took.
   * @returns seconds of each
   */
  prove(chosen: ReadonlySet<string>, time: number, random: () => number): readonly number[] {
    const took: number[] = [];
    this.backups = this.backups.map((one) => {
      if (!chosen.has(one.id)) return one;
      const seconds = trueSeconds(sources[Number(one.id.split(' ')[0])]?.seconds ?? 0, random);
      took.push(seconds);
      const isGood = one.problem === undefined && random() >= 0.02;
      const { seconds: _, ...tried } = proofAt(time, 'unproven');
      return { ...one, proofs: [isGood ? proofAt(time, 'good', seconds) : tried, ...one.proofs] };
    });
    return took;
  }

  /** @returns days since the oldest last proof */
  oldestDays(time: number): number {
    const proven = this.backups.filter(({ problem }) => !problem).map((one) => provenAt(one).getTime());
    return (start.getTime() + time * day - Math.min(...proven)) / day;
  }
}

/** A year of nightly backups and of patrol. Every tenth day, at some hour, a kept backup is lost. */
function year(options: PatrolOptions, days = 365): Year {
  const random = seededRandom(18);
  const store = new Kept();
  let [oldestDays, proofs, neededSeconds, toldAfterDays, lost] = [0, 0, 0, 0, 0];
  let [longestRun, longestPlan, longestProof, took, planned] = [0, 0, 0, 0, 0];
  const proven: Record<string, number> = {};
  const runs = runTimes(-60, days, random);
  for (let today = -200; today < days; today += 1) {
    store.night(today, random);
    let losing = today >= 0 && today % 10 === 0 ? today + random() : undefined;
    for (const time of runs.filter((one) => one >= today && one < today + 1)) {
      if (losing !== undefined && losing <= time) {
        store.lose(losing, random);
        losing = undefined;
      }
      const { backups } = store;
      const decided = planPatrol({
        ...{ backups, now: new Date(start.getTime() + time * day), options, random },
        unprovable: (backup) => unprovable(backup, { verifiers }),
      });
      expect([...decided.unprovable]).toEqual([]);
      for (const { backup } of decided.altered) {
        const at = store.lostAt.get(backup.id);
        if (at === undefined) continue;
        lost += 1;
        toldAfterDays = Math.max(toldAfterDays, time - at);
        store.lostAt.delete(backup.id);
      }
      const chosen = new Set(decided.prove.map(({ backup }) => backup.id));
      const seconds = store.prove(chosen, time, random);
      if (time < 0) continue;
      for (const { kind, copyOf } of backups.filter(({ id }) => chosen.has(id))) {
        const name = copyOf ? 'copies' : kind;
        proven[name] = (proven[name] ?? 0) + 1;
      }
      proofs += chosen.size;
      const [really, meant] = [total(seconds), total(decided.prove.map((one) => one.seconds))];
      [took, planned] = [took + really, planned + meant];
      [longestRun, longestPlan] = [Math.max(longestRun, really), Math.max(longestPlan, meant)];
      longestProof = Math.max(longestProof, ...seconds);
      neededSeconds = Math.max(neededSeconds, decided.neededSeconds);
      oldestDays = Math.max(oldestDays, store.oldestDays(time));
    }
    if (losing !== undefined) store.lose(losing, random);
  }
  const times = { longestRun, longestPlan, longestProof, took, planned, neededSeconds };
  return { oldestDays, ...times, kept: store.backups.length, proofs, proven, toldAfterDays, lost };
}

const total = (some: readonly number[]): number => some.reduce((sum, one) => sum + one, 0);

describe('a year of two thousand kept backups', () => {
  test('no last proof grows older than promised, and no run exceeds its budget by more than a proof', () => {
    const budgetSeconds = 2 * 3600;
    const everySeconds = 86_400 / runsADay;
    const result = year({ days: 60, budgetSeconds, everySeconds, mostProofs: 20 });
    expect(result.kept).toBe(2000);
    expect(result.oldestDays).toBeLessThanOrEqual(60);
    // Nobody knows beforehand which proof is slow: a run may go beyond its budget by one.
    expect(result.longestRun).toBeLessThanOrEqual(budgetSeconds + result.longestProof);
    // Here the mean is 1.15 of the median, by which the planner goes (exp(0.3² / 2) times 1.1); by size, it would be 1.9 of its guess.
    expect(result.took / result.planned).toBeGreaterThan(0.95);
    expect(result.took / result.planned).toBeLessThan(1.2);
    // What retention deletes before it is due is proven by chance alone.
    expect(result.proofs).toBeLessThan(365 * 45);
    // Of each kind, and in each region, what is old is proven.
    expect(Object.keys(result.proven).sort()).toEqual(['copies', 'database-dump', 'rotation-snapshot']);
    // What is lost is told by the next run that GitHub starts, within a day also when one is dropped and the next is late.
    expect(result.lost).toBeGreaterThan(30);
    expect(result.toldAfterDays).toBeLessThanOrEqual(1);
    process.stdout.write(`a year of patrol: ${JSON.stringify(result)}\n`);
  });

  test('a budget that is too small is told with the one that is needed', () => {
    const result = year({ days: 30, budgetSeconds: 900, everySeconds: 86_400 / runsADay, mostProofs: 20 }, 30);
    expect(result.oldestDays).toBeGreaterThan(30);
    expect(result.neededSeconds).toBeGreaterThan(900);
  });
});
