/**
 * Decides which kept backups to prove now, so that no last proof grows older than so many days. Pure: all backups, the time and the
 * chance are given.
 *
 * Dumps whose objects are no longer as they were come first, then the oldest. How many of these a run proves follows from what is kept, and never exceeds its budget:
 * - the share of one run in all that is in the second half of its time. Backups that their retention deletes before that cost nothing.
 * - what later runs could not make up for with their budgets, where many are due at once.
 * Last comes one by chance, if there is time: no backup is safe from being looked at.
 */
import { type KeptBackup, lastProof } from '../../domain/backup.ts';
import { costs } from './cost.ts';

export interface PatrolOptions {
  /** No last proof of a kept backup may be older. */
  readonly days: number;
  /** Seconds of proofs in one run, of all its jobs together. */
  readonly budgetSeconds: number;
  /** Seconds from one run to the next. */
  readonly everySeconds: number;
  /** Proofs in one run. */
  readonly mostProofs: number;
}

export interface PatrolRequest {
  readonly backups: readonly KeptBackup[];
  readonly now: Date;
  readonly options: PatrolOptions;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Why nobody here can prove it; undefined for a backup that can be proven. */
  readonly unprovable: (backup: KeptBackup) => string | undefined;
}

/** A backup that is to be proven now. */
export interface ChosenBackup {
  readonly backup: KeptBackup;
  readonly reason: string;
  /** Seconds that it is going to take. */
  readonly seconds: number;
}

/** What somebody has to look at. */
export interface PatrolFinding {
  readonly backup: KeptBackup;
  readonly what: string;
}

export interface Unprovable {
  readonly count: number;
  /** How many of them would be overdue. */
  readonly old: number;
}

export interface PatrolPlan {
  readonly prove: readonly ChosenBackup[];
  /** Last proofs that are too old, the oldest first. */
  readonly overdue: readonly PatrolFinding[];
  /** Backups that are not what they were: objects that are gone, replaced or changed. */
  readonly altered: readonly PatrolFinding[];
  /** Backups that nobody can prove here, by reason. */
  readonly unprovable: ReadonlyMap<string, Unprovable>;
  /** Seconds of proofs that each run needs, so that the proofs stay young enough. */
  readonly neededSeconds: number;
  /** Age of the oldest last proof among those that can be proven, in days. */
  readonly oldestDays: number;
}

const day = 86_400_000;
/** Runs are dropped or late: what is due is meant to be done at this share of its time. */
const aim = 0.9;
/** Days before a proof is tried again that could not be made. */
const pauseDays = 2;
/** The same of a dump whose objects are not what they were: that some are gone is known by then. */
const alteredPauseDays = 14;

/** When a backup was known to be good or bad; one that never was, when it was taken. */
export function provenAt(backup: KeptBackup): Date {
  return new Date(lastProof(backup)?.at ?? backup.takenAt);
}

interface Candidate {
  readonly backup: KeptBackup;
  readonly since: number;
  readonly seconds: number;
}

export function planPatrol({ backups, now, options, random, unprovable }: PatrolRequest): PatrolPlan {
  const costOf = costs(backups);
  const reasons = new Map<string, Unprovable>();
  const isOld = (since: number): boolean => now.getTime() - since > options.days * day;
  const able: Candidate[] = [];
  for (const backup of backups) {
    const reason = unprovable(backup);
    const since = provenAt(backup).getTime();
    if (reason !== undefined) {
      const { count, old } = reasons.get(reason) ?? { count: 0, old: 0 };
      reasons.set(reason, { count: count + 1, old: old + (isOld(since) ? 1 : 0) });
    } else if (isWorthProving(backup)) able.push({ backup, since, seconds: costOf(backup) });
  }
  const sorted = able.toSorted((a, b) => a.since - b.since || (a.backup.id < b.backup.id ? -1 : 1));
  const waiting = sorted.filter(({ backup }) => !wasTried(backup, now));
  const [altered, others] = [true, false].map((is) => waiting.filter(({ backup }) => isAltered(backup) === is)) as [
    Candidate[],
    Candidate[],
  ];
  const need = needOf(others, now, options);
  // What is no longer as it was comes before all that is only old: its content says what that means.
  const first = take(altered, everything, now, options);
  const rest = { ...options, budgetSeconds: spare(first, options), mostProofs: options.mostProofs - first.length };
  const chosen = [...first, ...take(others, need, now, rest)];
  const taken = new Set(chosen);
  const left = waiting.filter((one) => !taken.has(one));
  const chance = chosen.length < options.mostProofs ? byChance(left, spare(chosen, options), random) : undefined;
  return {
    prove: [
      ...chosen.map((one) => choice(one, why(one.backup, now))),
      ...(chance ? [choice(chance, `by chance; ${why(chance.backup, now)}`)] : []),
    ],
    overdue: sorted
      .filter(({ since }) => isOld(since))
      .map(({ backup }) => ({ backup, what: `${why(backup, now)}; more than ${options.days} days` })),
    altered: backups.flatMap((backup) => (backup.problem === undefined ? [] : [{ backup, what: backup.problem }])),
    unprovable: reasons,
    neededSeconds: Math.max(evenShare(sorted, options), need.seconds),
    oldestDays: Math.max(0, ...sorted.slice(0, 1).map(({ since }) => (now.getTime() - since) / day)),
  };
}

/** What was found bad stays bad; of a snapshot that is gone, nothing is left to be restored. The proof of a dump says which file is gone. */
function isWorthProving({ verdict, problem, kind }: KeptBackup): boolean {
  return verdict !== 'bad' && (problem === undefined || kind === 'database-dump');
}

/** Whether a proof of it could not be made lately: others come first, so that it does not use up every run. */
function wasTried(backup: KeptBackup, now: Date): boolean {
  const [newest] = backup.proofs;
  const pause = isAltered(backup) ? alteredPauseDays : pauseDays;
  return newest?.verdict === 'unproven' && now.getTime() - Date.parse(newest.at) < pause * day;
}

const isAltered = ({ problem }: KeptBackup): boolean => problem !== undefined;

/** What this run must prove of the oldest. */
interface Need {
  readonly seconds: number;
  readonly proofs: number;
}

const everything: Need = { seconds: Number.POSITIVE_INFINITY, proofs: Number.POSITIVE_INFINITY };

function needOf(sorted: readonly Candidate[], now: Date, options: PatrolOptions): Need {
  const { budgetSeconds, everySeconds, days, mostProofs } = options;
  const half = (aim * days * day) / 2;
  const old = sorted.filter(({ since }) => now.getTime() - since >= half);
  let need = evenShare(old, { ...options, days: days / 2 });
  let proofs = 0;
  let sum = 0;
  for (const [at, { since, seconds }] of sorted.entries()) {
    sum += seconds;
    const left = since + aim * days * day - now.getTime();
    const laterRuns = Math.max(0, Math.floor(left / (everySeconds * 1000)));
    need = Math.max(need, sum - laterRuns * budgetSeconds);
    proofs = Math.max(proofs, at + 1 - laterRuns * mostProofs);
  }
  return { seconds: need, proofs };
}

/** Seconds of each run, if all of these are proven evenly within the days. */
function evenShare(some: readonly Candidate[], { days, everySeconds }: PatrolOptions): number {
  const runs = Math.max(1, (aim * days * day) / (everySeconds * 1000));
  return some.reduce((sum, { seconds }) => sum + seconds, 0) / runs;
}

/** One that needs more than a whole budget is proven alone, once it is due: it would never be otherwise. */
function take(sorted: readonly Candidate[], need: Need, now: Date, options: PatrolOptions): readonly Candidate[] {
  const { budgetSeconds, mostProofs, days } = options;
  const chosen: Candidate[] = [];
  let sum = 0;
  for (const one of sorted) {
    if ((sum >= need.seconds && chosen.length >= need.proofs) || chosen.length === mostProofs) break;
    const isAlone = chosen.length === 0 && now.getTime() - one.since >= aim * days * day;
    if (sum + one.seconds > budgetSeconds && !isAlone) continue;
    chosen.push(one);
    sum += one.seconds;
  }
  return chosen;
}

function spare(chosen: readonly Candidate[], { budgetSeconds }: PatrolOptions): number {
  return budgetSeconds - chosen.reduce((sum, { seconds }) => sum + seconds, 0);
}

function byChance(left: readonly Candidate[], seconds: number, random: () => number): Candidate | undefined {
  const fitting = left.filter((one) => one.seconds <= seconds);
  return fitting[Math.floor(random() * fitting.length)];
}

const choice = ({ backup, seconds }: Candidate, reason: string): ChosenBackup => ({ backup, reason, seconds });

function why(backup: KeptBackup, now: Date): string {
  if (backup.problem !== undefined) return backup.problem;
  const days = Math.floor((now.getTime() - provenAt(backup).getTime()) / day);
  return lastProof(backup) === undefined
    ? `it was taken ${days} days ago and never proven`
    : `its last proof is ${days} days old`;
}
