/** The snapshots that a year of daily backups has left of one instance, as if ebs-rotate had made them. */
import { addDays } from '../../../src/rotation/plan/dates.ts';
import {
  deleteOnOf,
  type EarlierSet,
  parseRetention,
  type Retention,
  type Tier,
  tiersOf,
} from '../../../src/rotation/plan/retention.ts';
import { describeSnapshot } from '../../../src/rotation/plan/tags.ts';
import type { RegionDrafts } from './regions.ts';

/** An instance with the tag Backup, and what its tags ask for. */
export interface RotatedInstance {
  /** Counts the instances, from 1. What only some instances have is decided by it. */
  readonly number: number;
  readonly region: string;
  readonly name: string;
  readonly retention: string | undefined;
  readonly copyTo: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** `root` or a device that its snapshots leave out. */
  readonly excluded: string | undefined;
  readonly platform?: 'windows';
}

/** Days before today on which nothing ran. What was due on them was never deleted for every seventh instance. */
const missedDaysAgo = [33, 90, 200];
const forgottenEvery = 7;
/** Every fourth instance has something that is due today. EC2 allows a few deletions a second: more would take long. */
const dueEvery = 4;
/** `tiersOf` looks back at this many sets at most. */
const setsToRemember = 40;

interface Volume {
  readonly id: string;
  readonly device: string;
  readonly sizeGiB: number;
}

interface Instance extends RotatedInstance {
  readonly id: string;
}

/** The snapshots of one day. */
interface DailySet {
  readonly daysAgo: number;
  readonly day: string;
  readonly deleteOn: string;
  readonly tiers: readonly Tier[];
}

/** Adds what is left of a year of snapshots of these volumes, and their copies. */
export function addHistory(regions: RegionDrafts, instance: Instance, volumes: readonly Volume[]): void {
  for (const set of setsLeft(instance, regions.today))
    for (const volume of volumes) addSnapshot(regions, instance, volume, set);
}

function setsLeft({ retention, number }: Instance, today: string): DailySet[] {
  const kept = parseRetention(retention ?? '7') as Retention;
  const earlier: EarlierSet[] = [];
  const sets: DailySet[] = [];
  for (let daysAgo = 365; daysAgo >= 1; daysAgo -= 1) {
    if (missedDaysAgo.includes(daysAgo)) continue;
    const day = addDays(today, -daysAgo);
    const tiers = tiersOf(kept, day, earlier);
    earlier.push({ day, tiers });
    if (earlier.length > setsToRemember) earlier.shift();
    const deleteOn = deleteOnOf(kept, day, tiers);
    if (deleteOn > today || isForgotten(deleteOn, number, today) || (number % dueEvery === 0 && deleteOn === today))
      sets.push({ daysAgo, day, deleteOn, tiers });
  }
  return sets;
}

/** Whether nothing ran on the day on which the set was due, and nobody noticed. */
function isForgotten(deleteOn: string, number: number, today: string): boolean {
  return number % forgottenEvery === 0 && missedDaysAgo.some((daysAgo) => deleteOn === addDays(today, -daysAgo));
}

function addSnapshot(regions: RegionDrafts, instance: Instance, volume: Volume, set: DailySet): void {
  const id = regions.newId('snap');
  const tags = tagsOf(instance, volume, set);
  regions.in(instance.region).snapshots.push({
    id,
    volumeId: volume.id,
    sizeGiB: volume.sizeGiB,
    startedAt: startOf(set),
    tags: { ...tags, ...(instance.copyTo.length > 0 ? { Copy_Dest: instance.copyTo.join(' ') } : {}) },
  });
  for (const destination of instance.copyTo) addCopy(regions, instance, volume, set, { id, tags, destination });
}

const startOf = ({ day }: DailySet): Date => new Date(`${day}T01:23:00Z`);

function addCopy(
  regions: RegionDrafts,
  { number, region }: Instance,
  volume: Volume,
  set: DailySet,
  primary: { readonly id: string; readonly tags: Readonly<Record<string, string>>; readonly destination: string },
): void {
  // Some copies were never made, and of others the date was changed on the primary alone: the rehearsal repairs both.
  const isMissing = set.daysAgo === 2 && number % 12 === 1;
  const hasOldDate = set.daysAgo === 3 && number % 12 === 5;
  if (isMissing) return;
  const startedAt = startOf(set);
  regions.in(primary.destination).snapshots.push({
    id: regions.newId('snap'),
    volumeId: 'vol-ffffffff',
    sizeGiB: volume.sizeGiB,
    startedAt: new Date(startedAt.getTime() + 4 * 3_600_000),
    encrypted: true,
    tags: {
      ...primary.tags,
      ...(hasOldDate ? { DeleteOn: addDays(set.deleteOn, -1) } : {}),
      Source_SnapshotId: primary.id,
      'holdfast:source-region': region,
      'holdfast:volume': volume.id,
      'holdfast:taken-at': startedAt.toISOString(),
    },
  });
}

function tagsOf({ id, name, region }: Instance, volume: Volume, set: DailySet): Record<string, string> {
  return {
    Type: 'Automated',
    DeleteOn: set.deleteOn,
    Description: describeSnapshot({ name, instanceId: id, volumeId: volume.id, device: volume.device, region }),
    'holdfast:made-by': 'ebs-rotate',
    'holdfast:instance': id,
    'holdfast:slot': set.day,
    'holdfast:keep': set.tiers.join(' '),
    'holdfast:consistency': 'crash',
  };
}
