/** Which instances are snapshotted: one set per instance and schedule slot, with every tag decided before the call. */
import type { Instance, Snapshot, Tags } from '../../domain/ec2.ts';
import type { RunIdentity } from '../../domain/run.ts';
import { lockTags, type SnapshotLock } from '../../domain/snapshot-lock.ts';
import type { Configuration, Problem } from './configuration.ts';
import { daysBetween } from './dates.ts';
import { deleteOnOf, type EarlierSet, type Tier, tiersOf } from './retention.ts';
import { automated, configurationTags, decisiveTags, describeSnapshot, isCopy, madeBy, rotationTags } from './tags.ts';

export interface CreateDecision {
  readonly kind: 'create';
  readonly instance: Instance;
  /** Volumes of the set with their device names. */
  readonly volumes: readonly { readonly id: string; readonly device: string }[];
  readonly excludeRoot: boolean;
  readonly excludeVolumes: readonly string[];
  /** Volumes whose filesystems are frozen: never the root volume. */
  readonly freeze: readonly string[];
  readonly document: string | undefined;
  /** Whether Windows' VSS takes the snapshots. */
  readonly vss: boolean;
  readonly deleteOn: string;
  readonly slot: string;
  /** Tags of every snapshot of the set except `holdfast:consistency`, which is known only at the time of the call. */
  readonly tags: Tags;
  /**
   * `volume`: EC2 copies the tags of each volume, its Description among them, in the call. `afterwards`: a volume has tags
   * of its own that would mean something on the snapshot, so its tags are not copied and Description is set after the call.
   */
  readonly descriptions: 'volume' | 'afterwards';
  /** Volumes that do not have their Description yet. */
  readonly describe: readonly { readonly volumeId: string; readonly text: string }[];
  readonly reason: string;
}

export interface SkipDecision {
  readonly kind: 'skip';
  readonly instance: Instance;
  readonly reason: string;
}

/** A snapshot without a description, because a run died between the call and the tag. */
export interface Repair {
  readonly snapshotId: string;
  readonly text: string;
}

export interface CreatePlan {
  readonly decisions: readonly (CreateDecision | SkipDecision)[];
  readonly repairs: readonly Repair[];
  readonly problems: readonly Problem[];
}

export interface CreateFacts {
  readonly region: string;
  readonly configurations: readonly Configuration[];
  /** Snapshots of the region; those of other tools do not matter. */
  readonly snapshots: readonly Snapshot[];
  /** Tags of the volumes by id. */
  readonly volumeTags: ReadonlyMap<string, Tags>;
  readonly slot: string;
  readonly run: RunIdentity;
  /** With what snapshots are locked; undefined for no lock. */
  readonly lock?: SnapshotLock | undefined;
}

/** Most volumes that one call can exclude (EC2 API reference, CreateSnapshots, InstanceSpecification). */
const mostExcluded = 40;
/** Most tags of an EC2 resource. */
const mostTags = 50;

export function planCreate(facts: CreateFacts): CreatePlan {
  const problems: Problem[] = [];
  const sets = setsByInstance(facts.snapshots);
  const decisions = facts.configurations.map((one) => {
    const decision = decide(one, sets.get(one.instance.id) ?? [], facts);
    if ('problem' in decision) {
      problems.push({ resource: one.instance.id, what: decision.problem });
      return { kind: 'skip' as const, instance: one.instance, reason: decision.problem };
    }
    return decision;
  });
  return { decisions, problems, repairs: repairsOf(facts) };
}

/** The snapshots that one call made. */
interface MadeSet extends EarlierSet {
  readonly slot: string;
  /** Volumes whose snapshot did not fail. */
  readonly volumes: ReadonlySet<string>;
}

/** The sets that the rotation made. A set with a failed snapshot counts for no week or month. */
export function setsByInstance(snapshots: readonly Snapshot[]): Map<string, MadeSet[]> {
  const members = new Map<string, Map<string, Snapshot[]>>();
  for (const one of snapshots) {
    const [instance, slot] = [one.tags[rotationTags.instance], one.tags[rotationTags.slot]];
    if (one.tags[rotationTags.madeBy] !== madeBy || isCopy(one.tags)) continue;
    if (instance === undefined || slot === undefined) continue;
    const slots = members.get(instance) ?? new Map<string, Snapshot[]>();
    members.set(instance, slots);
    slots.set(slot, [...(slots.get(slot) ?? []), one]);
  }
  const sets = new Map<string, MadeSet[]>();
  for (const [instance, slots] of members) {
    sets.set(
      instance,
      [...slots].map(([slot, set]) => {
        const whole = set.every((one) => one.state !== 'error');
        const tiers = whole ? ((set[0]?.tags[rotationTags.keep] ?? 'daily').split(' ') as Tier[]) : [];
        const volumes = new Set(set.filter((one) => one.state !== 'error').map((one) => one.volumeId));
        return { slot, day: slot.slice(0, 10), tiers, volumes };
      }),
    );
  }
  return sets;
}

function repairsOf({ snapshots, configurations, region }: CreateFacts): Repair[] {
  const instances = new Map(configurations.map(({ instance }) => [instance.id, instance]));
  return snapshots.flatMap((one) => {
    const { tags, volumeId } = one;
    const mine = tags[rotationTags.madeBy] === madeBy && !isCopy(tags) && tags[rotationTags.description] === undefined;
    const instance = mine ? instances.get(tags[rotationTags.instance] ?? '') : undefined;
    const device = Object.entries(instance?.devices ?? {}).find(([, id]) => id === volumeId)?.[0];
    if (instance === undefined || device === undefined) return [];
    const { id: instanceId, name } = instance;
    return [{ snapshotId: one.id, text: describeSnapshot({ name, instanceId, volumeId, device, region }) }];
  });
}

function decide(
  configuration: Configuration,
  sets: readonly MadeSet[],
  facts: CreateFacts,
): CreateDecision | SkipDecision | { problem: string } {
  const { instance, excluded } = configuration;
  const attached = Object.entries(instance.devices).map(([device, id]) => ({ id, device }));
  const volumes = attached.filter(({ id }) => !excluded.includes(id));
  const skip = (reason: string): SkipDecision => ({ kind: 'skip', instance, reason });
  if (attached.length === 0) return skip('it has no EBS volume');
  if (volumes.length === 0) return skip(`${configurationTags.exclude} excludes every volume`);
  const made = sets.find((set) => set.slot === facts.slot);
  const missing = volumes.filter(({ id }) => !made?.volumes.has(id));
  if (missing.length === 0) return skip(`the slot ${facts.slot} already has its snapshots`);

  const root = instance.rootDevice === undefined ? undefined : instance.devices[instance.rootDevice];
  const excludeVolumes = excluded.filter((id) => id !== root);
  if (excludeVolumes.length > mostExcluded) {
    return {
      problem: `${configurationTags.exclude} excludes ${excludeVolumes.length} volumes; no snapshot is taken; allowed: at most ${mostExcluded}`,
    };
  }
  const freezes = configuration.consistency === 'freeze';
  const vss = instance.windows && freezes;
  const tags = tagsOfSet(configuration, sets, facts);
  return {
    kind: 'create',
    instance,
    volumes,
    excludeRoot: root !== undefined && excluded.includes(root),
    excludeVolumes,
    freeze: freezes && !vss ? volumes.map(({ id }) => id).filter((id) => id !== root) : [],
    document: configuration.document,
    vss,
    deleteOn: tags[rotationTags.deleteOn] ?? '',
    slot: facts.slot,
    tags,
    ...descriptionPlan(instance, volumes, { vss, ownTags: Object.keys(tags).length + tagsSetLater }, facts),
    reason: made
      ? `the slot ${facts.slot} lacks ${missing.length} of ${volumes.length} volumes`
      : `no snapshot of the slot ${facts.slot} yet`,
  };
}

/** `holdfast:consistency`, `holdfast:attempt` and `holdfast:locked`, which are known only when the call is made, or later. */
const tagsSetLater = 3;

function tagsOfSet(configuration: Configuration, sets: readonly MadeSet[], facts: CreateFacts): Tags {
  const { instance, retention, copyTo } = configuration;
  const day = facts.slot.slice(0, 10);
  // A set that is made again within its slot counts for the same week and month as the first one.
  const tiers = tiersOf(
    retention,
    day,
    sets.filter((set) => set.slot !== facts.slot),
  );
  const deleteOn = deleteOnOf(retention, day, tiers);
  return {
    [rotationTags.type]: automated,
    [rotationTags.deleteOn]: deleteOn,
    [rotationTags.madeBy]: madeBy,
    [rotationTags.instance]: instance.id,
    [rotationTags.slot]: facts.slot,
    [rotationTags.keep]: tiers.join(' '),
    [rotationTags.run]: facts.run.key,
    ...(copyTo.length > 0 ? { [rotationTags.copyTo]: copyTo.join(' ') } : {}),
    ...lockTags(facts.lock && { ...facts.lock, days: Math.min(facts.lock.days, daysBetween(day, deleteOn)) }),
  };
}

/** How the snapshots get their descriptions. @param ownTags how many tags of Holdfast's a snapshot gets */
function descriptionPlan(
  instance: Instance,
  volumes: CreateDecision['volumes'],
  { vss, ownTags }: { readonly vss: boolean; readonly ownTags: number },
  { region, volumeTags }: CreateFacts,
): Pick<CreateDecision, 'descriptions' | 'describe'> {
  const texts = volumes.map(({ id, device }) => ({
    volumeId: id,
    text: describeSnapshot({ name: instance.name, instanceId: instance.id, volumeId: id, device, region }),
  }));
  const tagsOf = (id: string): Tags => volumeTags.get(id) ?? {};
  if (vss || !volumes.every(({ id }) => mayBeCopied(tagsOf(id), ownTags)))
    return { descriptions: 'afterwards', describe: texts };
  const lacking = texts.filter(({ volumeId, text }) => tagsOf(volumeId)[rotationTags.description] !== text);
  return { descriptions: 'volume', describe: lacking };
}

/**
 * Whether EC2 may copy a volume's tags to its snapshot: none of them may mean something to the rotation, a Description
 * that somebody else wrote is not overwritten, and the snapshot must not get too many tags.
 */
function mayBeCopied(tags: Tags, ours: number): boolean {
  const keys = Object.keys(tags).filter((key) => !key.startsWith('aws:'));
  const description = tags[rotationTags.description];
  const foreign = description !== undefined && !/ - vol-[0-9a-f]+ \([^)]*\) - [a-z0-9-]+$/.test(description);
  const meaningful = keys.some((key) => key !== rotationTags.description && decisiveTags.has(key));
  return !foreign && !meaningful && keys.length + ours <= mostTags;
}
