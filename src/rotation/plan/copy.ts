/** What is copied to other regions, and which copies no longer say what their primaries say. */
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
  /** Tags of the copy, all set in the call that makes it. */
  readonly tags: Tags;
  /** KMS key of the destination; undefined for the destination's own default for EBS. */
  readonly kmsKeyId: string | undefined;
}

export interface RetagDecision {
  readonly copy: Snapshot;
  readonly destination: string;
  readonly set: Tags;
  readonly remove: readonly string[];
}

/** A snapshot that waits for a later run, and why. */
export interface WaitDecision {
  readonly source: Snapshot;
  readonly destination: string;
  readonly reason: string;
  /** Whether time alone makes it possible. */
  readonly soon: boolean;
}

export interface CopyPlan {
  readonly copies: readonly CopyDecision[];
  readonly retags: readonly RetagDecision[];
  readonly waiting: readonly WaitDecision[];
  /** Copies that have failed and are not tried again yet. */
  readonly failed: readonly WaitDecision[];
  readonly problems: readonly Problem[];
}

export interface CopyFacts {
  readonly region: string;
  /** Snapshots of the region. */
  readonly snapshots: readonly Snapshot[];
  /** For each destination the snapshots there that carry Source_SnapshotId; absent where it could not be asked. */
  readonly copies: ReadonlyMap<string, readonly Snapshot[]>;
  readonly regions: ReadonlySet<string> | undefined;
  /** Key by destination. */
  readonly kmsKeys: Readonly<Record<string, string>>;
  /** Copies that may be under way in a destination at once. */
  readonly atOnce: number;
  readonly today: string;
  readonly now: Date;
}

/** A copy that failed is tried again after so many hours: a key that is wrong stays wrong, and each try is billed. */
export const hoursAfterFailure = 6;

/** Tags that a copy has from its primary, as long as that exists. */
const kept = [names.deleteOn, names.description, names.integrity, names.valid, names.keep] as const;

/** The destinations that the region's snapshots name. */
export function destinationsOf(snapshots: readonly Snapshot[], facts: Pick<CopyFacts, 'region' | 'regions'>): string[] {
  const words = new Set(snapshots.filter(isPrimary).flatMap((one) => wordsOf(one.tags[names.copyTo] ?? '')));
  return [...words].filter((word) => destinationProblem(word, facts) === undefined).sort();
}

/** A snapshot of the region's own volumes that the rotation looks after: never a copy. */
function isPrimary(one: Snapshot): boolean {
  return isAutomated(one.tags) && !isCopy(one.tags);
}

export function planCopy(facts: CopyFacts): CopyPlan {
  const copies: CopyDecision[] = [];
  const retags: RetagDecision[] = [];
  const waiting: WaitDecision[] = [];
  const failed: WaitDecision[] = [];
  const wrong = new Map<string, Problem>();
  const bySource = new Map([...facts.copies].map(([region, all]) => [region, groupBySource(all)] as const));
  const free = new Map(
    [...facts.copies].map(([region, all]) => [
      region,
      Math.max(0, facts.atOnce - all.filter((one) => one.state === 'pending').length),
    ]),
  );
  // The oldest first: a copy holds only what changed since the one before it.
  const primaries = facts.snapshots.filter(isPrimary).sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  for (const source of primaries) {
    for (const destination of new Set(wordsOf(source.tags[names.copyTo] ?? ''))) {
      const problem = destinationProblem(destination, facts);
      if (problem !== undefined) {
        wrong.set(destination, {
          resource: source.id,
          what: `${names.copyTo}=${destination} cannot be followed: ${problem}; allowed: other regions of the account`,
        });
        continue;
      }
      const there = bySource.get(destination);
      // A destination that could not be asked is that region's trouble, reported once by whoever asked.
      if (there === undefined) continue;
      const own = there.get(source.id) ?? [];
      const whole = own.filter((one) => one.state !== 'error');
      for (const copy of whole) {
        const change = difference(source, copy);
        if (change) retags.push({ copy, destination, ...change });
      }
      if (whole.length > 0) continue;
      const wait = reasonToWait(source, facts);
      if (wait !== undefined) {
        if (wait.reason !== '') waiting.push({ source, destination, ...wait });
        continue;
      }
      const failure = recentFailure(own, facts.now);
      if (failure !== undefined) {
        failed.push({ source, destination, reason: failure, soon: false });
        continue;
      }
      const left = free.get(destination) as number;
      if (left === 0) {
        waiting.push({ source, destination, reason: `${facts.atOnce} copies are under way there`, soon: true });
        continue;
      }
      free.set(destination, left - 1);
      copies.push({
        source,
        destination,
        description: descriptionOf(source, facts.region),
        tags: copyTags(source, facts.region),
        kmsKeyId: facts.kmsKeys[destination],
      });
    }
  }
  return { copies, retags, waiting, failed, problems: [...wrong.values()] };
}

/** Why it is not copied now; the reason is empty when there is nothing to say about it. */
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

/** What became of the last copy, if that is not long ago. */
function recentFailure(failed: readonly Snapshot[], now: Date): string | undefined {
  const [last] = [...failed].sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
  if (last === undefined || now.getTime() - last.startedAt.getTime() >= hoursAfterFailure * 3_600_000) return undefined;
  return `the copy ${last.id} failed at ${last.startedAt.toISOString()}: ${last.stateMessage ?? 'AWS gives no reason'}; it is tried again after ${hoursAfterFailure} hours`;
}

function groupBySource(copies: readonly Snapshot[]): Map<string, Snapshot[]> {
  const found = new Map<string, Snapshot[]>();
  for (const one of copies) {
    const source = one.tags[names.sourceSnapshot] as string;
    const list = found.get(source);
    if (list) list.push(one);
    else found.set(source, [one]);
  }
  return found;
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

/** Everything the copy must say for itself, since EC2 carries over neither tags nor the volume's id. */
function copyTags(source: Snapshot, region: string): Tags {
  const { tags } = source;
  const same: Record<string, string> = {};
  for (const name of [...kept, names.instance, names.slot, names.madeBy, names.consistency]) {
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

/** What has to change so that the copy says what its primary says; undefined when nothing has. */
function difference(source: Snapshot, copy: Snapshot): Pick<RetagDecision, 'set' | 'remove'> | undefined {
  const set: Record<string, string> = {};
  const remove: string[] = [];
  for (const name of kept) {
    const value = source.tags[name];
    if (value === undefined || copy.tags[name] === value) continue;
    // A date that nobody can read is not spread.
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
