/** Keys that no other dump has: those of MongoDB say the minute alone, and several sources may share a folder. */
import type { DumpFileKind } from '../domain/dump.ts';
import type { Objects } from '../ports/objects.ts';
import { type DumpLocation, isFlat, objectKey } from './files.ts';

/** @returns the location; with seconds in its keys where another dump has the minute, or is about to */
export async function withFreeKeys(
  location: DumpLocation,
  kinds: readonly DumpFileKind[],
  takenAt: string,
  objects: Pick<Objects, 'versions' | 'unfinished'>,
): Promise<DumpLocation> {
  if (!isFlat(location)) return location;
  const { bucket } = location;
  for (const kind of kinds) {
    const key = objectKey(location, kind, takenAt);
    // By versions, which the role may list in the bucket of the dumps; a key whose dump was deleted is taken, too.
    const others = [...(await objects.versions(bucket, key)), ...(await objects.unfinished(bucket, key))];
    if (others.some((other) => other.key === key)) return { ...location, seconds: true };
  }
  return location;
}
