/** Which snapshots are copied to other regions, and which copies have other tags than their primaries. */
import type { Snapshot, Tags } from '../../domain/ec2.ts';
import { destinationProblem, type Problem } from './configuration.ts';
import { isDay } from './dates.ts';
import {
  automated,
  describeSnapshot,
  isAutomated,
  isCopy,
  isKeptForever,
  rotationTags as names,
  wordsOf,
} from './tags.ts';

export interface CopyDecision {
  readonly source: Snapshot;
  readonly destination: string;
  readonly description: string;
  /** Tags of the copy, all set by the call that makes it. */
  readonly tags: Tags;
  /** KMS key in the destination; undefined for the destination's default key for EBS. */
  readonly kmsKeyId: string | undefined;
}

export interface RetagDecision {
  readonly copy: Snapshot;
  readonly destination: string;
  readonly set: Tags;
  readonly remove: readonly string[];
}

/** A snapshot that is not copied now, and why. */
export interface WaitDecision {
  readonly source: Snapshot;
  readonly destination: string;
  readonly reason: string;
  /** Whether it can be copied later without anybody's help. */
  readonly soon: boolean;
}

export interface CopyPlan {
  readonly copies: readonly CopyDecision[];
  readonly retags: readonly RetagDecision[];
  readonly waiting: readonly WaitDecision[];
  /** Copies that failed and are not tried again yet. */
  readonly failed: readonly WaitDecision[];
  readonly problems: readonly Problem[];
}

export interface CopyFacts {
  readonly region: string;
  /** Snapshots of the region. */
  readonly snapshots: readonly Snapshot[];
  /** For each destination its snapshots with the tag Source_SnapshotId; absent for a region that did not answer. */
  readonly copies: ReadonlyMap<string, readonly Snapshot[]>;
  readonly regions: ReadonlySet<string> | undefined;
  /** Key by destination. */
  readonly kmsKeys: Readonly<Record<string, string>>;
  /** Most copies in progress at once in a destination. */
  readonly maxCopies: number;
  readonly today: string;
  readonly now: Date;
}

/** Hours until a failed copy is tried again: a wrong key stays wrong, and each attempt is billed. */
export const hoursAfterFailure = 6;

/** Tags that a copy shares with its primary as long as that exists. */
const shared = [names.deleteOn, names.description, names.integrity, names.valid, names.keep] as const;

/** The regions that the tags of the snapshots name as destinations. */
export function destinationsOf(snapshots: readonly Snapshot[], facts: Pick<CopyFacts, 'region' | 'regions'>): string[] {
  const words = new Set(snapshots.filter(isPrimary).flatMap((one) => wordsOf(one.tags[names.copyTo] ?? '')));
  return [...words].filter((word) => destinationProblem(word, facts) === undefined).sort();
}

/** An automated snapshot of a volume of this region, that is, not a copy. */
function isPrimary(one: Snapshot): boolean {
  return isAutomated(one.tags) && !isCopy(one.tags);
}

const verdicts: ReadonlySet<string> = new Set([names.integrity, names.valid]);

export function planCopy(facts: CopyFacts): CopyPlan {
  const plan: MutablePlan = { copies: [], retags: [], waiting: [], failed: [] };
  const problems = new Map<string, Problem>();
  const destinations = new Map([...facts.copies].map(([name, copies]) => [name, destinationOf(name, copies, facts)]));
  // The oldest first: a copy stores only what changed since the previous one.
  const primaries = facts.snapshots.filter(isPrimary).sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  for (const source of primaries) {
    for (const name of new Set(wordsOf(source.tags[names.copyTo] ?? ''))) {
      const problem = destinationProblem(name, facts);
      const destination = destinations.get(name);
      if (problem !== undefined) {
        problems.set(name, {
          resource: source.id,
          what: `${names.copyTo}=${name} is invalid: ${problem}; allowed: other regions of the account`,
        });
      } else if (destination !== undefined) planPair(source, destination, facts, plan);
      // A region that did not answer has no destination here; the caller reports it.
    }
  }
  return { ...plan, problems: [...problems.values()] };
}

type MutablePlan = { -readonly [K in keyof Omit<CopyPlan, 'problems'>]: CopyPlan[K][number][] };

interface Destination {
  readonly name: string;
  readonly copiesBySource: ReadonlyMap<string, readonly Snapshot[]>;
  /** Copies that may still be started there. */
  free: number;
}

function destinationOf(name: string, copies: readonly Snapshot[], { maxCopies }: CopyFacts): Destination {
  const inProgress = copies.filter((one) => one.state === 'pending').length;
  return { name, copiesBySource: groupBySource(copies), free: Math.max(0, maxCopies - inProgress) };
}

/** Plans what one destination needs of one snapshot. */
function planPair(source: Snapshot, destination: Destination, facts: CopyFacts, plan: MutablePlan): void {
  const pair = { source, destination: destination.name };
  const existing = destination.copiesBySource.get(source.id) ?? [];
  const whole = existing.filter((one) => one.state !== 'error');
  for (const copy of whole) {
    const change = difference(source, copy);
    if (change) plan.retags.push({ copy, destination: destination.name, ...change });
  }
  if (whole.length > 0) return;
  const wait = reasonToWait(source, facts);
  if (wait !== undefined) {
    if (wait.reason !== '') plan.waiting.push({ ...pair, ...wait });
    return;
  }
  const failure = recentFailure(existing, facts.now);
  if (failure !== undefined) {
    plan.failed.push({ ...pair, reason: failure, soon: false });
    return;
  }
  if (destination.free === 0) {
    plan.waiting.push({ ...pair, reason: `${facts.maxCopies} copies are in progress there`, soon: true });
    return;
  }
  destination.free -= 1;
  plan.copies.push({
    ...pair,
    description: descriptionOf(source, facts.region),
    tags: copyTags(source, facts.region),
    kmsKeyId: facts.kmsKeys[destination.name],
  });
}

/** Why it is not copied now; an empty reason when nobody needs to know. */
function reasonToWait(source: Snapshot, facts: CopyFacts): Pick<WaitDecision, 'reason' | 'soon'> | undefined {
  const nothing = { reason: '', soon: false };
  const due = source.tags[names.deleteOn];
  if (source.state === 'error') return nothing;
  if (due !== undefined && isDay(due) && due <= facts.today && !isKeptForever(source.tags)) return nothing;
  if (source.state !== 'completed') return { reason: 'the snapshot is not completed yet', soon: true };
  if (source.tier === 'archive') {
    return { reason: 'it is archived, and an archived snapshot cannot be copied', soon: false };
  }
  return undefined;
}

/** How the last copy failed, if that was less than `hoursAfterFailure` ago. */
function recentFailure(failed: readonly Snapshot[], now: Date): string | undefined {
  const [last] = [...failed].sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
  if (last === undefined || now.getTime() - last.startedAt.getTime() >= hoursAfterFailure * 3_600_000) return undefined;
  return `the copy ${last.id} failed at ${last.startedAt.toISOString()}: ${last.stateMessage ?? 'AWS gives no reason'}; it is tried again after ${hoursAfterFailure} hours`;
}

function groupBySource(copies: readonly Snapshot[]): Map<string, Snapshot[]> {
  const groups = new Map<string, Snapshot[]>();
  for (const one of copies) {
    const source = one.tags[names.sourceSnapshot] as string;
    const group = groups.get(source);
    if (group) group.push(one);
    else groups.set(source, [one]);
  }
  return groups;
}

function descriptionOf(source: Snapshot, region: string): string {
  const { tags, volumeId } = source;
  const instanceId = tags[names.instance];
  return (
    tags[names.description] ??
    (instanceId === undefined
      ? `${source.id} of ${volumeId} - ${region}`
      : describeSnapshot({ name: undefined, instanceId, volumeId, device: '-', region }))
  );
}

/** All tags of a copy. EC2 copies neither the tags nor the volume's id of the primary. */
function copyTags(source: Snapshot, region: string): Tags {
  const { tags } = source;
  const same: Record<string, string> = {};
  for (const name of [...shared, names.instance, names.slot, names.madeBy, names.consistency, names.lock]) {
    const value = tags[name];
    if (value !== undefined) same[name] = value;
  }
  return {
    ...same,
    [names.madeBy]: tags[names.madeBy] ?? 'ebs-rotate',
    [names.description]: descriptionOf(source, region),
    [names.type]: automated,
    [names.sourceSnapshot]: source.id,
    [names.sourceRegion]: region,
    [names.volume]: source.volumeId,
    [names.takenAt]: source.startedAt.toISOString(),
    ...(isKeptForever(tags)
      ? { [names.keepForever]: tags[names.keepForever] as string, [names.keptByPrimary]: 'Yes' }
      : {}),
  };
}

/** The changes that make the copy's tags agree with its primary's; undefined when they do. */
function difference(source: Snapshot, copy: Snapshot): Pick<RetagDecision, 'set' | 'remove'> | undefined {
  const set: Record<string, string> = {};
  const remove: string[] = [];
  for (const name of shared) {
    const value = source.tags[name];
    if (value === undefined || copy.tags[name] === value) continue;
    // A copy that was proven itself keeps what was found of it.
    if (copy.tags[names.proven] !== undefined && verdicts.has(name)) continue;
    // An unreadable date is not passed on.
    if (name === names.deleteOn && !isDay(value)) continue;
    set[name] = value;
  }
  const forever = source.tags[names.keepForever];
  if (forever !== undefined && !isKeptForever(copy.tags)) {
    set[names.keepForever] = forever;
    set[names.keptByPrimary] = 'Yes';
  }
  if (forever === undefined && copy.tags[names.keptByPrimary] !== undefined) {
    remove.push(names.keepForever, names.keptByPrimary);
  }
  return Object.keys(set).length + remove.length === 0 ? undefined : { set, remove };
}
