/** Instances to rotate: one for every combination of tags, spread over the regions. */
import type { VolumeSeed } from '../../services/aws/ec2/model/seed.ts';
import { addHistory, type RotatedInstance } from './history.ts';
import { type RegionDrafts, rotationRegions } from './regions.ts';

/** Values of each tag; undefined for an instance without it. */
const values = {
  Retention: [undefined, '3', '30', '7d 4w 12m'],
  copies: [0, 1, 2],
  Consistency: [undefined, 'crash', 'freeze'],
  Exclude_Volumes: [undefined, 'root', '/dev/sdf'],
} as const;

/** Adds an instance for each combination of tags, with its snapshots. Returns how many there are. */
export function addTaggedInstances(regions: RegionDrafts): number {
  let number = 0;
  for (const [r, Retention] of values.Retention.entries())
    for (const copies of values.copies)
      for (const [c, Consistency] of values.Consistency.entries())
        for (const [e, Exclude_Volumes] of values.Exclude_Volumes.entries()) {
          number += 1;
          // A third of the combinations for each region, and in each region every value of every tag.
          const region = rotationRegions[(r + copies + c + e) % rotationRegions.length] ?? rotationRegions[0];
          const copyTo = rotationRegions.filter((other) => other !== region).slice(0, copies);
          addInstance(regions, {
            number,
            region,
            name: `app${String(number).padStart(3, '0')}.prod`,
            retention: Retention,
            copyTo,
            tags: withoutUndefined({
              Retention,
              Copy_Dest: copyTo.join(', ') || undefined,
              Consistency,
              Exclude_Volumes,
            }),
            excluded: Exclude_Volumes,
          });
        }
  return number;
}

/** Adds an instance with a root and a data volume, and the snapshots of a year. */
export function addInstance(regions: RegionDrafts, instance: RotatedInstance): void {
  const { number, name, region } = instance;
  const id = regions.newId('i');
  const rootVolumeId = regions.newId('vol');
  const data: VolumeSeed = {
    id: regions.newId('vol'),
    device: '/dev/sdf',
    sizeGiB: 40,
    tags: { Name: `${name} data`, Environment: 'production' },
  };
  regions.in(region).instances.push({
    id,
    name,
    state: number % 10 === 0 ? 'stopped' : 'running',
    zone: `${region}a`,
    type: 'm5.large',
    tags: { Backup: 'Yes', ...instance.tags },
    rootVolumeId,
    volumes: [data],
    ...(instance.platform ? { platform: instance.platform } : {}),
  });
  const root = { id: rootVolumeId, device: '/dev/xvda', sizeGiB: 8 };
  addHistory(regions, { ...instance, id }, [
    ...(instance.excluded === 'root' ? [] : [root]),
    ...(instance.excluded === data.device ? [] : [data]),
  ]);
}

function withoutUndefined(tags: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
