/** What a snapshot holds: which volume, as it was at which moment. A copy's own fields say neither. */
import type { Snapshot } from '../../domain/ec2.ts';
import { isCopy, rotationTags as names, readDescription } from './tags.ts';

/** The volume a snapshot is of: its own for a primary, the primary's for a copy; undefined when nothing tells. */
export function volumeOf(one: Snapshot, region: string): { readonly region: string; readonly id: string } | undefined {
  if (!isCopy(one.tags)) return { region, id: one.volumeId };
  const [id, from] = [one.tags[names.volume], one.tags[names.sourceRegion]];
  if (id !== undefined && from !== undefined) return { region: from, id };
  const told = readDescription(one.tags[names.description] ?? one.description);
  return told && { region: told.region, id: told.volumeId };
}

/** The moment whose data a snapshot holds: for a copy that of its primary. */
export function takenAt(one: Snapshot): number {
  const told = Date.parse(one.tags[names.takenAt] ?? '');
  return Number.isNaN(told) ? one.startedAt.getTime() : told;
}
