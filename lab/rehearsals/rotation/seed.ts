/**
 * The estate of the rotation's rehearsal: three regions, instances with every combination of tags, and the snapshots
 * that a year of backups has left, those among them that the replaced manager forgot on the days it did not run.
 */
import { addDays } from '../../../src/rotation/plan/dates.ts';
import {
  deleteOnOf,
  type EarlierSet,
  parseRetention,
  type Retention,
  tiersOf,
} from '../../../src/rotation/plan/retention.ts';
import { describeSnapshot } from '../../../src/rotation/plan/tags.ts';
import { region as home } from '../../machines.ts';
import type { ImageSeed, RegionSeed, SnapshotSeed, VolumeSeed } from '../../services/aws/ec2/model/seed.ts';

export const estateRegions = [home, 'eu-west-1', 'ap-southeast-2'] as const;

/** Values of each tag; undefined for an instance without it. */
const combinations = {
  Retention: [undefined, '3', '30', '7d 4w 12m'],
  copies: [0, 1, 2],
  Consistency: [undefined, 'crash', 'freeze'],
  Exclude_Volumes: [undefined, 'root', '/dev/sdf'],
} as const;

/** Days before today on which nothing ran: of what was due on them, the replaced manager has forgotten some. */
const missedDaysAgo = [33, 90, 200];
/** Every how-manieth source has something overdue, or due today: deletions are a few a second, by EC2's buckets. */
const forgottenEvery = 7;
const dueEvery = 4;
const dayMilliseconds = 86_400_000;

interface Place {
  readonly instances: RegionSeed['instances'][number][];
  readonly snapshots: SnapshotSeed[];
  readonly images: ImageSeed[];
}

export function estate(now: Date): RegionSeed[] {
  const today = now.toISOString().slice(0, 10);
  const ids = counter();
  const places = new Map<string, Place>(
    estateRegions.map((region) => [region, { instances: [], snapshots: [], images: [] }]),
  );
  const place = (region: string): Place => places.get(region) as Place;
  let number = 0;
  for (const [r, Retention] of combinations.Retention.entries())
    for (const copies of combinations.copies)
      for (const [c, Consistency] of combinations.Consistency.entries())
        for (const [e, Exclude_Volumes] of combinations.Exclude_Volumes.entries()) {
          // A third of the combinations for each region, with every value of every tag.
          const region = estateRegions[(r + copies + c + e) % estateRegions.length] ?? home;
          number += 1;
          const copyTo = estateRegions.filter((other) => other !== region).slice(0, copies);
          plantSource({
            region,
            name: `app${String(number).padStart(3, '0')}.prod`,
            retention: Retention,
            copyTo,
            tags: given({ Retention, Copy_Dest: copyTo.join(', ') || undefined, Consistency, Exclude_Volumes }),
            excluded: Exclude_Volumes,
          });
        }
  plantOddities();
  return [...places].map(([region, { instances, snapshots, images }]) => ({ region, instances, snapshots, images }));

  interface SourcePlan {
    readonly region: string;
    readonly name: string;
    readonly retention: string | undefined;
    readonly copyTo: readonly string[];
    readonly tags: Readonly<Record<string, string>>;
    readonly excluded: string | undefined;
    readonly platform?: 'windows';
  }

  function plantSource(one: SourcePlan): void {
    const id = ids('i');
    const rootVolumeId = ids('vol');
    const volumes: VolumeSeed[] = [
      {
        id: ids('vol'),
        device: '/dev/sdf',
        sizeGiB: 40,
        tags: { Name: `${one.name} data`, Environment: 'production' },
      },
    ];
    place(one.region).instances.push({
      id,
      name: one.name,
      state: number % 10 === 0 ? 'stopped' : 'running',
      zone: `${one.region}a`,
      type: 'm5.large',
      tags: { Backup: 'Yes', ...one.tags },
      rootVolumeId,
      volumes,
      ...(one.platform ? { platform: one.platform } : {}),
    });
    const taken = [
      ...(one.excluded === 'root' ? [] : [{ id: rootVolumeId, device: '/dev/xvda', sizeGiB: 8 }]),
      ...volumes.filter(({ device }) => device !== one.excluded),
    ];
    const earlier: EarlierSet[] = [];
    for (let ago = 365; ago >= 1; ago -= 1) {
      if (missedDaysAgo.includes(ago)) continue;
      const day = addDays(today, -ago);
      const retention = parseRetention(one.retention ?? '7') as Retention;
      const tiers = tiersOf(retention, day, earlier);
      earlier.push({ day, tiers });
      if (earlier.length > 40) earlier.shift();
      const deleteOn = deleteOnOf(retention, day, tiers);
      const forgotten =
        number % forgottenEvery === 0 && missedDaysAgo.some((missed) => deleteOn === addDays(today, -missed));
      const dueToday = number % dueEvery === 0 && deleteOn === today;
      if (deleteOn <= today && !forgotten && !dueToday) continue;
      for (const volume of taken) {
        const tags = {
          Type: 'Automated',
          DeleteOn: deleteOn,
          Description: describeSnapshot({
            name: one.name,
            instanceId: id,
            volumeId: volume.id,
            device: volume.device,
            region: one.region,
          }),
          'holdfast:made-by': 'ebs-rotate',
          'holdfast:instance': id,
          'holdfast:slot': day,
          'holdfast:keep': tiers.join(' '),
          'holdfast:consistency': 'crash',
        };
        const startedAt = new Date(Date.parse(`${day}T01:23:00Z`));
        const common = { sizeGiB: volume.sizeGiB, startedAt };
        const primary = ids('snap');
        place(one.region).snapshots.push({
          ...common,
          id: primary,
          volumeId: volume.id,
          tags: { ...tags, ...(one.copyTo.length > 0 ? { Copy_Dest: one.copyTo.join(' ') } : {}) },
        });
        for (const destination of one.copyTo) {
          // Some never got there, and of some the date was moved on at the primary alone.
          if (ago === 2 && number % 12 === 1) continue;
          place(destination).snapshots.push({
            ...common,
            id: ids('snap'),
            volumeId: 'vol-ffffffff',
            startedAt: new Date(startedAt.getTime() + 4 * 3_600_000),
            encrypted: true,
            tags: {
              ...tags,
              ...(ago === 3 && number % 12 === 5 ? { DeleteOn: addDays(deleteOn, -1) } : {}),
              Source_SnapshotId: primary,
              'holdfast:source-region': one.region,
              'holdfast:volume': volume.id,
              'holdfast:taken-at': startedAt.toISOString(),
            },
          });
        }
      }
    }
  }

  /** Sources and snapshots of every other kind. */
  function plantOddities(): void {
    number += 1;
    plantSource({
      region: 'eu-west-1',
      name: 'win01.prod',
      retention: '3',
      copyTo: [],
      tags: { Retention: '3', Consistency: 'freeze' },
      excluded: undefined,
      platform: 'windows',
    });
    const { instances, snapshots, images } = place(home);
    const bystander = ids('vol');
    instances.push({
      id: ids('i'),
      name: 'unwatched.dev',
      state: 'running',
      zone: `${home}a`,
      type: 't3.small',
      tags: { Backup: 'No' },
      rootVolumeId: bystander,
      volumes: [],
    });
    const due = (ago: number, volumeId: string, more: Partial<SnapshotSeed> = {}): SnapshotSeed => ({
      id: ids('snap'),
      volumeId,
      sizeGiB: 8,
      startedAt: new Date(now.getTime() - ago * dayMilliseconds),
      ...more,
      tags: { Type: 'Automated', DeleteOn: addDays(today, 7 - ago), ...more.tags },
    });
    const gone = ids('vol');
    const image = due(41, gone);
    snapshots.push(
      // The last one of a volume that exists, long due.
      due(60, bystander),
      due(61, bystander),
      due(40, gone, { tags: { KeepForever: 'Yes' } }),
      image,
      due(42, gone, { lock: 'governance' }),
      due(43, gone, { tier: 'archive' }),
      due(44, gone),
      // Somebody's own.
      due(300, gone, { tags: { Type: 'Manual' } }),
      // Proven, and newer ones that were found bad.
      due(30, gone, { tags: { Integrity: 'good', DBBackupValid: 'True' } }),
      due(29, gone, { tags: { Integrity: 'bad', DBBackupValid: 'False' } }),
    );
    images.push({ id: 'ami-0a1b2c3d4e5f60718', name: 'golden', snapshotIds: [image.id] });
  }
}

function given(tags: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** Ids that are the same in every rehearsal. */
function counter(): (prefix: 'i' | 'vol' | 'snap') => string {
  let next = 0;
  return (prefix) => {
    next += 1;
    return `${prefix}-0e57a7e${next.toString(16).padStart(10, '0')}`;
  };
}
