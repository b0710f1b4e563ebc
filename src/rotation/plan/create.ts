/** What is to be snapshotted: one set for each instance and schedule slot, with every tag decided beforehand. */
import type { Instance, Snapshot, Tags } from '../../domain/ec2.ts';
import type { RunIdentity } from '../../domain/run.ts';
import type { Configuration, Problem } from './configuration.ts';
import { deleteOnOf, type EarlierSet, type Tier, tiersOf } from './retention.ts';
import { automated, configurationTags, decisiveTags, describeSnapshot, isCopy, madeBy, rotationTags } from './tags.ts';

/** How the source is at rest when the call is made. */
export type Consistency = 'crash' | 'freeze' | 'document' | 'document freeze' | 'vss';

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
  /** Windows' own way, which takes the snapshots itself. */
  readonly vss: boolean;
  readonly deleteOn: string;
  readonly slot: string;
  /** Tags of every snapshot of the set but `holdfast:consistency`, which is known when the call is made. */
  readonly tags: Tags;
  /**
   * `volume`: each volume carries its Description, which EC2 copies in the call. `afterwards`: a volume has tags of its
   * own that would end up on the snapshot and mean something there, so the description is added after the call.
   */
  readonly descriptions: 'volume' | 'afterwards';
  /** Volumes that do not carry their Description yet. */
  readonly describe: readonly { readonly volumeId: string; readonly text: string }[];
  readonly reason: string;
}

export interface SkipDecision {
  readonly kind: 'skip';
  readonly instance: Instance;
  readonly reason: string;
}

/** A snapshot whose description is still owed, since a run died between the call and the tag. */
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
  /** Snapshots of the region; foreign ones among them do not matter. */
  readonly snapshots: readonly Snapshot[];
  /** Tags of the volumes by id. */
  readonly volumeTags: ReadonlyMap<string, Tags>;
  readonly slot: string;
  readonly run: RunIdentity;
}

/** EC2 lists at most so many volumes to leave out (CreateSnapshots, InstanceSpecification). */
const mostExcluded = 40;
/** Tags a resource may have (EC2). */
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
  /** Volumes of the set whose snapshot did not fail. */
  readonly volumes: ReadonlySet<string>;
}

/** The rotation's own sets; a set with a failed snapshot stands for no week or month. */
export function setsByInstance(snapshots: readonly Snapshot[]): Map<string, MadeSet[]> {
  const found = new Map<string, Map<string, Snapshot[]>>();
  for (const one of snapshots) {
    const [instance, slot] = [one.tags[rotationTags.instance], one.tags[rotationTags.slot]];
    if (one.tags[rotationTags.madeBy] !== madeBy || isCopy(one.tags)) continue;
    if (instance === undefined || slot === undefined) continue;
    const slots = found.get(instance) ?? new Map<string, Snapshot[]>();
    found.set(instance, slots);
    slots.set(slot, [...(slots.get(slot) ?? []), one]);
  }
  const sets = new Map<string, MadeSet[]>();
  for (const [instance, slots] of found) {
    sets.set(
      instance,
      [...slots].map(([slot, members]) => {
        const whole = members.every((one) => one.state !== 'error');
        const tiers = whole ? ((members[0]?.tags[rotationTags.keep] ?? 'daily').split(' ') as Tier[]) : [];
        const volumes = new Set(members.filter((one) => one.state !== 'error').map((one) => one.volumeId));
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
  const { instance, excluded, retention } = configuration;
  const attached = Object.entries(instance.devices).map(([device, id]) => ({ id, device }));
  const volumes = attached.filter(({ id }) => !excluded.includes(id));
  const skip = (reason: string): SkipDecision => ({ kind: 'skip', instance, reason });
  if (attached.length === 0) return skip('it has no EBS volume');
  if (volumes.length === 0) return skip(`every volume is left out by ${configurationTags.exclude}`);
  const made = sets.find((set) => set.slot === facts.slot);
  if (made && volumes.every(({ id }) => made.volumes.has(id))) return skip(`the slot ${facts.slot} is taken already`);

  const root = instance.rootDevice === undefined ? undefined : instance.devices[instance.rootDevice];
  const excludeVolumes = excluded.filter((id) => id !== root);
  if (excludeVolumes.length > mostExcluded) {
    return {
      problem: `${configurationTags.exclude} leaves out ${excludeVolumes.length} volumes; no snapshot is taken; allowed: at most ${mostExcluded}`,
    };
  }
  const day = facts.slot.slice(0, 10);
  // A set that is made again within its slot stands for what the first one stood for.
  const tiers = tiersOf(
    retention,
    day,
    sets.filter((set) => set.slot !== facts.slot),
  );
  const deleteOn = deleteOnOf(retention, day, tiers);
  const tags: Tags = {
    [rotationTags.type]: automated,
    [rotationTags.deleteOn]: deleteOn,
    [rotationTags.madeBy]: madeBy,
    [rotationTags.instance]: instance.id,
    [rotationTags.slot]: facts.slot,
    [rotationTags.keep]: tiers.join(' '),
    [rotationTags.run]: facts.run.key,
    ...(configuration.copyTo.length > 0 ? { [rotationTags.copyTo]: configuration.copyTo.join(' ') } : {}),
  };
  const texts = volumes.map(({ id, device }) => ({
    volumeId: id,
    text: describeSnapshot({ ...instance, instanceId: instance.id, volumeId: id, device, region: facts.region }),
  }));
  const tagsOf = (id: string): Tags => facts.volumeTags.get(id) ?? {};
  const carried = volumes.every(({ id }) => mayBeCopied(tagsOf(id), Object.keys(tags).length + 2));
  const vss = instance.windows && configuration.consistency === 'freeze';
  return {
    kind: 'create',
    instance,
    volumes,
    excludeRoot: root !== undefined && excluded.includes(root),
    excludeVolumes,
    freeze:
      configuration.consistency === 'freeze' && !vss ? volumes.map(({ id }) => id).filter((id) => id !== root) : [],
    document: configuration.document,
    vss,
    deleteOn,
    slot: facts.slot,
    tags,
    descriptions: carried && !vss ? 'volume' : 'afterwards',
    describe:
      carried && !vss ? texts.filter((one) => tagsOf(one.volumeId)[rotationTags.description] !== one.text) : texts,
    reason: made
      ? `the slot ${facts.slot} lacks ${volumes.filter(({ id }) => !made.volumes.has(id)).length} of ${volumes.length} volumes`
      : `no snapshot of the slot ${facts.slot} yet`,
  };
}

/**
 * Whether EC2 may copy a volume's tags onto its snapshot: none of them may mean something to the rotation, a Description
 * that somebody else wrote is not overwritten, and there must be room.
 */
function mayBeCopied(tags: Tags, ours: number): boolean {
  const keys = Object.keys(tags).filter((key) => !key.startsWith('aws:'));
  const description = tags[rotationTags.description];
  const foreign = description !== undefined && !/ - vol-[0-9a-f]+ \([^)]*\) - [a-z0-9-]+$/.test(description);
  const meaningful = keys.some((key) => key !== rotationTags.description && decisiveTags.has(key));
  return !foreign && !meaningful && keys.length + ours <= mostTags;
}
