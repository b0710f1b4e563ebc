import { expect, test } from '@jest/globals';
import { seedRegions } from '../../../lab/rehearsals/rotation/seed.ts';

const today = '2026-11-25';
const regions = seedRegions(new Date(`${today}T10:00:00Z`));
const snapshots = regions.flatMap((region) => region.snapshots ?? []);
const deleteOn = snapshots.flatMap(({ tags }) => tags.DeleteOn ?? []);

test('the seed of the rotation is the same each time, and no id occurs twice', () => {
  expect(seedRegions(new Date(`${today}T10:00:00Z`))).toEqual(regions);
  const ids = [
    ...regions.flatMap((region) => region.instances.flatMap((one) => [one.id, one.rootVolumeId, one.volumes[0]?.id])),
    ...snapshots.map((one) => one.id),
  ].filter((id) => id !== undefined);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every region has instances with every value of every tag', () => {
  for (const { instances } of regions) {
    const values = (key: string) => new Set(instances.map(({ tags }) => tags[key]));
    expect(values('Retention')).toEqual(new Set([undefined, '3', '30', '7d 4w 12m']));
    expect(values('Consistency')).toEqual(new Set([undefined, 'crash', 'freeze']));
    expect(values('Exclude_Volumes')).toEqual(new Set([undefined, 'root', '/dev/sdf']));
    expect(new Set(instances.map(({ tags }) => tags.Copy_Dest?.split(', ').length ?? 0))).toEqual(new Set([0, 1, 2]));
  }
});

test('some snapshots are due today and some are overdue, but most are not due', () => {
  const dueToday = deleteOn.filter((date) => date === today).length;
  const overdue = deleteOn.filter((date) => date < today).length;
  expect(dueToday).toBeGreaterThan(50);
  expect(overdue).toBeGreaterThan(50);
  expect(dueToday + overdue).toBeLessThan(deleteOn.length / 10);
});

test('some primaries lack a copy, and some copies have an older date than their primary', () => {
  const copies = snapshots.filter(({ tags }) => tags.Source_SnapshotId !== undefined);
  const copied = new Set(copies.map(({ tags }) => tags.Source_SnapshotId));
  const primaries = new Map(snapshots.map((one) => [one.id, one]));
  expect([...primaries.values()].some(({ id, tags }) => tags.Copy_Dest !== undefined && !copied.has(id))).toBe(true);
  const older = copies.filter(
    ({ tags }) => (tags.DeleteOn ?? '') < (primaries.get(tags.Source_SnapshotId ?? '')?.tags.DeleteOn ?? ''),
  );
  expect(older.length).toBeGreaterThan(0);
});
