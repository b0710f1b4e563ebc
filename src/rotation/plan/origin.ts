/** Which volume a snapshot is of, and when it was taken. The fields of a copy say neither. */
import type { Snapshot } from '../../domain/ec2.ts';
import { isCopy, rotationTags as names, readDescription } from './tags.ts';

/** The volume a snapshot is of (for a copy, that of its primary); undefined when neither tags nor description say. */
export function volumeOf(one: Snapshot, region: string): { readonly region: string; readonly id: string } | undefined {
  if (!isCopy(one.tags)) return { region, id: one.volumeId };
  const [id, from] = [one.tags[names.volume], one.tags[names.sourceRegion]];
  if (id !== undefined && from !== undefined) return { region: from, id };
  const described = readDescription(one.tags[names.description] ?? one.description);
  return described && { region: described.region, id: described.volumeId };
}

/** Epoch ms at which the data was taken: for a copy, when its primary was. */
export function takenAt(one: Snapshot): number {
  const time = Date.parse(one.tags[names.takenAt] ?? '');
  return Number.isNaN(time) ? one.startedAt.getTime() : time;
}

/** What a snapshot is of, for people: its volume, also of a copy; otherwise its instance. */
export function shownOrigin(one: Snapshot): string {
  return volumeOf(one, '')?.id ?? one.tags[names.instance] ?? 'an unknown volume';
}
