/** Instances and snapshots of every other kind: Windows, without backup, and due snapshots that must stay. */
import { addDays } from '../../../src/rotation/plan/dates.ts';
import type { SnapshotSeed } from '../../services/aws/ec2/model/seed.ts';
import { addInstance } from './instances.ts';
import { type RegionDrafts, rotationRegions } from './regions.ts';

const [home, ireland] = rotationRegions;
const dayMilliseconds = 86_400_000;

/** @param number that of the last instance */
export function addSpecialCases(regions: RegionDrafts, number: number): void {
  addInstance(regions, {
    number: number + 1,
    region: ireland,
    name: 'win01.prod',
    retention: '3',
    copyTo: [],
    tags: { Retention: '3', Consistency: 'freeze' },
    excluded: undefined,
    platform: 'windows',
  });
  addSnapshotsThatStay(regions, addInstanceWithoutBackup(regions));
}

/** Returns the id of its volume. */
function addInstanceWithoutBackup(regions: RegionDrafts): string {
  const rootVolumeId = regions.newId('vol');
  regions.in(home).instances.push({
    id: regions.newId('i'),
    name: 'unwatched.dev',
    state: 'running',
    zone: `${home}a`,
    type: 't3.small',
    tags: { Backup: 'No' },
    rootVolumeId,
    volumes: [],
  });
  return rootVolumeId;
}

/** Snapshots that are due, most of which something holds back. */
function addSnapshotsThatStay(regions: RegionDrafts, existingVolume: string): void {
  const snapshot = (daysAgo: number, volumeId: string, more: Partial<SnapshotSeed> = {}): SnapshotSeed => ({
    id: regions.newId('snap'),
    volumeId,
    sizeGiB: 8,
    startedAt: new Date(regions.now.getTime() - daysAgo * dayMilliseconds),
    ...more,
    tags: { Type: 'Automated', DeleteOn: addDays(regions.today, 7 - daysAgo), ...more.tags },
  });
  const deletedVolume = regions.newId('vol');
  const ofImage = snapshot(41, deletedVolume);
  regions.in(home).snapshots.push(
    // The newest snapshot of a volume that exists stays, the older one goes.
    snapshot(60, existingVolume),
    snapshot(61, existingVolume),
    snapshot(40, deletedVolume, { tags: { KeepForever: 'Yes' } }),
    ofImage,
    snapshot(42, deletedVolume, { lock: 'governance' }),
    snapshot(43, deletedVolume, { tier: 'archive' }),
    snapshot(44, deletedVolume),
    // Made by a person.
    snapshot(300, deletedVolume, { tags: { Type: 'Manual' } }),
    // The last one that was proven stays, because the newer one was found bad.
    snapshot(30, deletedVolume, { tags: { Integrity: 'good', DBBackupValid: 'True' } }),
    snapshot(29, deletedVolume, { tags: { Integrity: 'bad', DBBackupValid: 'False' } }),
  );
  regions.in(home).images.push({ id: 'ami-0a1b2c3d4e5f60718', name: 'golden', snapshotIds: [ofImage.id] });
}
