/**
 * Which snapshots are deleted. A snapshot is kept unless every rule agrees; each decision has its reason. This file, those
 * it uses (origin.ts, dates.ts, tags.ts) and retention.ts, which sets the dates, must have full branch coverage.
 */
import type { Snapshot } from '../../domain/ec2.ts';
import { type LockedSnapshot, lockWords } from '../../domain/snapshot-lock.ts';
import type { Problem } from './configuration.ts';
import { isDay } from './dates.ts';
import { likeKeepForever } from './near-miss.ts';
import { takenAt, volumeOf } from './origin.ts';
import { isAutomated, isKeptForever, rotationTags as names } from './tags.ts';

/** Why a snapshot is kept. */
export type KeepReason =
  | 'not automated'
  | 'kept forever'
  | 'meant to be kept forever'
  | 'no date'
  | 'unreadable date'
  | 'not due'
  | 'pending'
  | 'newest of its volume'
  | 'newest good one'
  | 'volume unknown'
  | 'in use by an AMI'
  | 'locked'
  | 'archived'
  | 'in the recycle bin';

export interface DeleteDecision {
  readonly kind: 'delete';
  readonly snapshot: Snapshot;
  readonly reason: string;
}

export interface KeepDecision {
  readonly kind: 'keep';
  readonly snapshot: Snapshot;
  readonly reason: KeepReason;
  readonly detail: string;
}

export type ExpiryDecision = DeleteDecision | KeepDecision;

export interface ExpiryFacts {
  readonly region: string;
  /** The account's snapshots in the region, copies from other regions included. */
  readonly snapshots: readonly Snapshot[];
  /** `YYYY-mm-dd` in the time zone of the schedule. */
  readonly today: string;
  /** Whether a volume still exists; `unknown` when its region did not answer. */
  readonly volumeExists: (volume: { readonly region: string; readonly id: string }) => boolean | 'unknown';
  /** AMI by snapshot. */
  readonly images: ReadonlyMap<string, string>;
  /** Locks by snapshot. */
  readonly locks: ReadonlyMap<string, LockedSnapshot>;
}

export interface ExpiryPlan {
  readonly decisions: readonly ExpiryDecision[];
  readonly problems: readonly Problem[];
  /** Tags that look like KeepForever, and are not. */
  readonly warnings: readonly Problem[];
  /** Percent of the automated snapshots that this plan deletes, 0 to 100. */
  readonly share: number;
}

/** Milliseconds by which clocks may differ before one of them counts as wrong. */
const clockTolerance = 10 * 60 * 1000;

/**
 * Why the runner's clock must not decide what is deleted; undefined when it may.
 * @param offset milliseconds by which AWS's clock is ahead of the runner's
 */
export function clockProblem(snapshots: readonly Snapshot[], now: Date, offset: number): string | undefined {
  if (Math.abs(offset) > clockTolerance) {
    const minutes = Math.round(Math.abs(offset) / 60_000);
    return `the runner's clock is ${minutes} minutes ${offset > 0 ? 'behind' : 'ahead of'} AWS's`;
  }
  const ahead = snapshots.filter((one) => one.startedAt.getTime() > now.getTime() + clockTolerance);
  const [first] = ahead;
  if (first === undefined) return undefined;
  return `${ahead.length === 1 ? 'a snapshot' : `${ahead.length} snapshots`} began in the future: ${first.id} at ${first.startedAt.toISOString()}, but the runner's clock says ${now.toISOString()}`;
}

export function planExpiry(facts: ExpiryFacts): ExpiryPlan {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const protectedBy = protections(facts);
  const decisions = facts.snapshots.map((snapshot): ExpiryDecision => {
    const keep = (reason: KeepReason, detail = ''): ExpiryDecision => ({ kind: 'keep', snapshot, reason, detail });
    const { tags } = snapshot;
    if (!isAutomated(tags)) return keep('not automated');
    if (isKeptForever(tags)) return keep('kept forever', `${names.keepForever}=${tags[names.keepForever]}`);
    const like = likeKeepForever(tags);
    if (like !== undefined) {
      const what = `the tag ${like.shown}=${like.value} is not ${like.meant}: this run keeps the snapshot all the same, but AWS would let anybody with the role delete it, and its copies are not kept; correct the key`;
      warnings.push({ resource: snapshot.id, what });
      return keep('meant to be kept forever', `${like.shown}=${like.value}`);
    }
    const due = tags[names.deleteOn];
    if (due === undefined) return keep('no date');
    if (!isDay(due)) {
      problems.push({
        resource: snapshot.id,
        what: `${names.deleteOn}=${due} is not a date; the snapshot is kept; allowed: YYYY-mm-dd`,
      });
      return keep('unreadable date', due);
    }
    if (due > facts.today) return keep('not due', due);
    if (snapshot.state === 'pending') return keep('pending');
    if (snapshot.state === 'recoverable' || snapshot.state === 'recovering') return keep('in the recycle bin');
    const image = facts.images.get(snapshot.id);
    if (image !== undefined) return keep('in use by an AMI', image);
    const lock = facts.locks.get(snapshot.id);
    if (lock !== undefined) return keep('locked', lockWords(lock));
    if (snapshot.tier === 'archive') return keep('archived');
    const protection = protectedBy.get(snapshot.id);
    if (protection) return keep(protection.reason, protection.detail);
    const late = due < facts.today ? `was due on ${due}` : `is due today, ${due}`;
    return { kind: 'delete', snapshot, reason: snapshot.state === 'error' ? `${late}; it had failed` : late };
  });
  const automated = decisions.filter((one) => !(one.kind === 'keep' && one.reason === 'not automated')).length;
  const deleted = decisions.filter((one) => one.kind === 'delete').length;
  return { decisions, problems, warnings, share: automated === 0 ? 0 : (100 * deleted) / automated };
}

/**
 * Volumes of other regions whose newest copy here is due: only for those it matters whether they still exist. An older copy that
 * is kept longer, say for ever, is no reason to lose the newest.
 * @returns volume ids by region
 */
export function volumesToAsk(facts: Pick<ExpiryFacts, 'snapshots' | 'region' | 'today'>): Map<string, string[]> {
  const ask = new Map<string, string[]>();
  for (const { volume, newest } of byVolume(facts).values()) {
    const date = newest.tags[names.deleteOn];
    const due = date !== undefined && isDay(date) && date <= facts.today && !isKeptForever(newest.tags);
    if (due && volume.region !== facts.region) ask.set(volume.region, [...(ask.get(volume.region) ?? []), volume.id]);
  }
  return ask;
}

/** Whether a plan deletes more than the allowed share. @param most percent */
export function isMassExpiry(plan: Pick<ExpiryPlan, 'share'>, most: number): boolean {
  return plan.share > most;
}

interface Protection {
  readonly reason: KeepReason;
  readonly detail: string;
}

interface OfVolume {
  readonly volume: { readonly region: string; readonly id: string };
  newest: Snapshot;
  good: Snapshot | undefined;
}

/** The newest completed automated snapshot of each known volume, and the newest `good` one. */
function byVolume({ snapshots, region }: Pick<ExpiryFacts, 'snapshots' | 'region'>): Map<string, OfVolume> {
  const groups = new Map<string, OfVolume>();
  for (const one of snapshots) {
    if (!isAutomated(one.tags) || one.state !== 'completed') continue;
    const volume = volumeOf(one, region);
    if (volume === undefined) continue;
    const key = `${volume.region} ${volume.id}`;
    const good = isGood(one) ? one : undefined;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { volume, newest: one, good });
      continue;
    }
    group.newest = newer(group.newest, one);
    if (good) group.good = group.good ? newer(group.good, good) : good;
  }
  return groups;
}

/** The newest completed snapshot of each volume that exists, and the newest `good` one of each volume. */
function protections(facts: ExpiryFacts): Map<string, Protection> {
  const protectedIds = new Map<string, Protection>();
  for (const one of facts.snapshots) {
    // It may be the last snapshot of a volume.
    const unknown = isAutomated(one.tags) && one.state === 'completed' && volumeOf(one, facts.region) === undefined;
    if (unknown) protectedIds.set(one.id, { reason: 'volume unknown', detail: '' });
  }
  for (const { volume, newest, good } of byVolume(facts).values()) {
    const exists = facts.volumeExists(volume);
    if (exists !== false) {
      const detail = exists === 'unknown' ? `nobody knows whether ${volume.id} exists` : volume.id;
      protectedIds.set(newest.id, { reason: 'newest of its volume', detail });
    }
    if (good && !protectedIds.has(good.id)) protectedIds.set(good.id, { reason: 'newest good one', detail: volume.id });
  }
  return protectedIds;
}

function isGood({ tags }: Snapshot): boolean {
  return tags[names.integrity] === 'good' || (tags[names.integrity] === undefined && tags[names.valid] === 'True');
}

/** The later of two; always the same one of two that began together. */
function newer(a: Snapshot, b: Snapshot): Snapshot {
  const difference = takenAt(a) - takenAt(b);
  if (difference !== 0) return difference > 0 ? a : b;
  return a.id > b.id ? a : b;
}
