/**
 * What is deleted. Everything is kept unless every rule agrees; each decision carries its reason. This file and those it
 * decides with (origin.ts, dates.ts, tags.ts), and retention.ts, which sets the dates, are held to full branch coverage.
 */
import type { Snapshot } from '../../domain/ec2.ts';
import type { Problem } from './configuration.ts';
import { isDay } from './dates.ts';
import { takenAt, volumeOf } from './origin.ts';
import { isAutomated, isKeptForever, rotationTags as names } from './tags.ts';

/** Why a snapshot stays. */
export type KeepReason =
  | 'not automated'
  | 'kept forever'
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

export type ExpiryDecision =
  | { readonly kind: 'delete'; readonly snapshot: Snapshot; readonly reason: string }
  | { readonly kind: 'keep'; readonly snapshot: Snapshot; readonly reason: KeepReason; readonly detail: string };

export interface ExpiryFacts {
  readonly region: string;
  /** Snapshots of this account in the region, copies from elsewhere among them. */
  readonly snapshots: readonly Snapshot[];
  /** `YYYY-mm-dd` on the clocks of the schedule. */
  readonly today: string;
  /** Whether a volume still exists; `unknown` where its region could not be asked. */
  readonly volumeExists: (volume: { readonly region: string; readonly id: string }) => boolean | 'unknown';
  /** AMI by snapshot. */
  readonly images: ReadonlyMap<string, string>;
  /** Lock mode by snapshot: `governance`, `compliance`, `compliance-cooloff`. */
  readonly locks: ReadonlyMap<string, string>;
}

export interface ExpiryPlan {
  readonly decisions: readonly ExpiryDecision[];
  readonly problems: readonly Problem[];
  /** Percent of the automated snapshots that this plan deletes, 0 to 100. */
  readonly share: number;
}

/** A difference of this many ms means that a clock is wrong. */
const clockTolerance = 10 * 60 * 1000;

/**
 * Whether this machine's clock can be used for deleting: undefined, or what is wrong with it.
 * @param offset milliseconds that AWS's clock is known to be ahead of this one
 */
export function clockProblem(snapshots: readonly Snapshot[], now: Date, offset: number): string | undefined {
  if (Math.abs(offset) > clockTolerance) {
    const minutes = Math.round(Math.abs(offset) / 60_000);
    return `this machine's clock is ${minutes} minutes ${offset > 0 ? 'behind' : 'ahead of'} AWS's`;
  }
  const ahead = snapshots.filter((one) => one.startedAt.getTime() > now.getTime() + clockTolerance);
  const [first] = ahead;
  if (first === undefined) return undefined;
  return `${ahead.length === 1 ? 'a snapshot' : `${ahead.length} snapshots`} began after now: ${first.id} at ${first.startedAt.toISOString()}, and this machine's clock says ${now.toISOString()}`;
}

export function planExpiry(facts: ExpiryFacts): ExpiryPlan {
  const problems: Problem[] = [];
  const protectedBy = protections(facts);
  const decisions = facts.snapshots.map((snapshot): ExpiryDecision => {
    const keep = (reason: KeepReason, detail = ''): ExpiryDecision => ({ kind: 'keep', snapshot, reason, detail });
    const { tags } = snapshot;
    if (!isAutomated(tags)) return keep('not automated');
    if (isKeptForever(tags)) return keep('kept forever', `${names.keepForever}=${tags[names.keepForever]}`);
    const due = tags[names.deleteOn];
    if (due === undefined) return keep('no date');
    if (!isDay(due)) {
      problems.push({
        resource: snapshot.id,
        what: `${names.deleteOn}=${due} is no day; the snapshot is kept; allowed: YYYY-mm-dd`,
      });
      return keep('unreadable date', due);
    }
    if (due > facts.today) return keep('not due', due);
    if (snapshot.state === 'pending') return keep('pending');
    if (snapshot.state === 'recoverable' || snapshot.state === 'recovering') return keep('in the recycle bin');
    const image = facts.images.get(snapshot.id);
    if (image !== undefined) return keep('in use by an AMI', image);
    const lock = facts.locks.get(snapshot.id);
    if (lock !== undefined) return keep('locked', lock);
    if (snapshot.tier === 'archive') return keep('archived');
    const protection = protectedBy.get(snapshot.id);
    if (protection) return keep(protection.reason, protection.detail);
    const late = due < facts.today ? `was due on ${due}` : `is due today, ${due}`;
    return { kind: 'delete', snapshot, reason: snapshot.state === 'error' ? `${late}; it had failed` : late };
  });
  const automated = decisions.filter((one) => !(one.kind === 'keep' && one.reason === 'not automated')).length;
  const deleted = decisions.filter((one) => one.kind === 'delete').length;
  return { decisions, problems, share: automated === 0 ? 0 : (100 * deleted) / automated };
}

/**
 * Volumes of other regions whose last copy here is due: only about those somebody has to ask whether they exist.
 * @returns volume ids by region
 */
export function volumesToAsk(facts: Pick<ExpiryFacts, 'snapshots' | 'region' | 'today'>): Map<string, string[]> {
  const held = new Map<string, { region: string; id: string; due: boolean }>();
  for (const one of facts.snapshots) {
    if (!isAutomated(one.tags) || one.state !== 'completed') continue;
    const volume = volumeOf(one, facts.region);
    if (volume === undefined || volume.region === facts.region) continue;
    const date = one.tags[names.deleteOn];
    const due = date !== undefined && isDay(date) && date <= facts.today && !isKeptForever(one.tags);
    const key = `${volume.region} ${volume.id}`;
    held.set(key, { ...volume, due: due && (held.get(key)?.due ?? true) });
  }
  const ask = new Map<string, string[]>();
  for (const { region, id, due } of held.values()) if (due) ask.set(region, [...(ask.get(region) ?? []), id]);
  return ask;
}

/** Whether a plan deletes more at once than somebody has allowed. @param most percent */
export function isMassExpiry(plan: Pick<ExpiryPlan, 'share'>, most: number): boolean {
  return plan.share > most;
}

interface Protection {
  readonly reason: KeepReason;
  readonly detail: string;
}

/** The newest completed snapshot of each volume that exists, and the newest `good` one of each volume. */
function protections(facts: ExpiryFacts): Map<string, Protection> {
  const found = new Map<string, Protection>();
  const groups = new Map<
    string,
    { volume: { region: string; id: string }; newest: Snapshot; good: Snapshot | undefined }
  >();
  for (const one of facts.snapshots) {
    if (!isAutomated(one.tags) || one.state !== 'completed') continue;
    const volume = volumeOf(one, facts.region);
    if (volume === undefined) {
      // It may be the last one of something.
      found.set(one.id, { reason: 'volume unknown', detail: '' });
      continue;
    }
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
  for (const { volume, newest, good } of groups.values()) {
    const exists = facts.volumeExists(volume);
    if (exists !== false) {
      const detail = exists === 'unknown' ? `whether ${volume.id} exists could not be asked` : volume.id;
      found.set(newest.id, { reason: 'newest of its volume', detail });
    }
    if (good && !found.has(good.id)) found.set(good.id, { reason: 'newest good one', detail: volume.id });
  }
  return found;
}

function isGood({ tags }: Snapshot): boolean {
  return tags[names.integrity] === 'good' || (tags[names.integrity] === undefined && tags[names.valid] === 'True');
}

/** The later of two; of two that began together always the same one. */
function newer(a: Snapshot, b: Snapshot): Snapshot {
  const difference = takenAt(a) - takenAt(b);
  if (difference !== 0) return difference > 0 ? a : b;
  return a.id > b.id ? a : b;
}
