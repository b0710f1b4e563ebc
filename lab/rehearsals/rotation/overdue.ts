/** The check that nothing which is due stays, unless one of the known reasons holds it back. */
import type { SnapshotRecord, World } from '../../services/aws/ec2/model/world.ts';
import type { Check } from '../check.ts';

/** @param own the snapshots of this region that the rotation looks after */
export function checkOverdue(world: World, own: readonly SnapshotRecord[], today: string): Check {
  const protectedOnes = protectedSnapshots(world, own);
  const overdue = own.filter(
    (one) => (one.tags.get('DeleteOn') ?? '9') <= today && !isHeld(one) && !protectedOnes.has(one.id),
  );
  const first = overdue.length > 0 ? `: ${overdue[0]?.id}` : '';
  return {
    holds: overdue.length === 0,
    text: `${world.region}: ${own.length} automated snapshots, ${overdue.length} overdue without a reason${first}`,
  };
}

/** Whether the snapshot itself says that it stays. */
function isHeld({ tags, lock, tier }: SnapshotRecord): boolean {
  return tags.has('KeepForever') || lock !== undefined || tier === 'archive';
}

/** Snapshots of images, and of every volume the newest one and the newest that was proven. */
function protectedSnapshots(world: World, own: readonly SnapshotRecord[]): ReadonlySet<string> {
  const newest = new Map<string, string>();
  const newestGood = new Map<string, string>();
  for (const one of own.filter(({ state }) => state === 'completed').sort((a, b) => takenAt(a) - takenAt(b))) {
    const volume = one.tags.get('holdfast:volume') ?? one.volumeId;
    newest.set(volume, one.id);
    if (one.tags.get('Integrity') === 'good') newestGood.set(volume, one.id);
  }
  const ofImages = [...world.images.values()].flatMap((image) => image.snapshotIds);
  return new Set([...ofImages, ...newest.values(), ...newestGood.values()]);
}

/** A copy was taken when its primary was, whenever it was made. */
function takenAt(one: SnapshotRecord): number {
  return Date.parse(one.tags.get('holdfast:taken-at') ?? one.startedAt.toISOString());
}
