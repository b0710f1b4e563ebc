/**
 * Snapshots and copies that are gone, of which no receipt tells. A primary says to which regions it is copied, and a copy of which
 * primary it is, and until when both are kept: whichever is missing was deleted by somebody, or never made. A snapshot that had
 * neither a receipt nor a copy leaves nothing behind that could tell of it.
 */
import type { KeptBackup } from '../../domain/backup.ts';
import type { Snapshot } from '../../domain/ec2.ts';
import { destinationsOf } from '../../rotation/plan/copy.ts';
import { isDay } from '../../rotation/plan/dates.ts';
import { isAutomated, isCopy, isKeptForever, rotationTags as names } from '../../rotation/plan/tags.ts';
import { snapshotBackup } from './from-snapshot.ts';

/** Snapshots by region; a region that could not be read is not among them. */
export type FoundSnapshots = ReadonlyMap<string, readonly Snapshot[]>;

/** Hours within which a copy is made: several runs of the rotation, and the attempts after a failure. */
export const copyHours = 48;
const hour = 3_600_000;

/** @returns an entry with a `problem` for each that is gone; the source of a volume's copy is empty, as that of the copy itself */
export function goneByTags(found: FoundSnapshots, now: Date): readonly KeptBackup[] {
  const whole = new Map([...found].map(([region, some]) => [region, some.filter(({ state }) => state !== 'error')]));
  return [...whole].flatMap(([region, some]) =>
    some.flatMap((one) =>
      isCopy(one.tags) ? gonePrimary(one, region, found, now) : goneCopies(one, region, whole, now),
    ),
  );
}

/** The copies that a snapshot should have, and has not. */
function goneCopies(one: Snapshot, region: string, whole: FoundSnapshots, now: Date): readonly KeptBackup[] {
  const isOld = now.getTime() - one.startedAt.getTime() > copyHours * hour;
  if (!isAutomated(one.tags) || !isOld || one.state !== 'completed' || one.tier === 'archive') return [];
  if (!isKept(one, now)) return [];
  const backup = snapshotBackup(one, region);
  if (backup === undefined) return [];
  return destinationsOf([one], { region, regions: new Set(whole.keys()) }).flatMap((destination) => {
    const copies = whole.get(destination)?.filter(({ tags }) => tags[names.sourceSnapshot] === one.id) ?? [];
    if (copies.length > 0) return [];
    const problem = `the copy of ${one.id} of ${region} in ${destination} is gone, or was never made`;
    const id = `copy of ${one.id}`;
    return [{ ...backup, ...nothing, id, region: destination, copyOf: { region, id: one.id }, problem }];
  });
}

/** The primary of a copy that both should still be there. */
function gonePrimary(copy: Snapshot, region: string, found: FoundSnapshots, now: Date): readonly KeptBackup[] {
  const [id, from] = [copy.tags[names.sourceSnapshot], copy.tags[names.sourceRegion]];
  const there = from === undefined ? undefined : found.get(from);
  if (id === undefined || from === undefined || there === undefined || !isKept(copy, now)) return [];
  // That of a volume has a receipt, which tells.
  const backup = snapshotBackup(copy, region);
  if (backup === undefined || backup.kind === 'volume-snapshot' || there.some((one) => one.id === id)) return [];
  // Whoever keeps only the copy for ever lets its primary go.
  if (isKeptForever(copy.tags) && copy.tags[names.keptByPrimary] === undefined) return [];
  const problem = `${id} in ${from} is gone before its time; its copy ${copy.id} in ${region} is left`;
  return [{ ...backup, ...nothing, id, region: from, copyOf: undefined, problem }];
}

/** Nothing is known of a snapshot that is gone. */
const nothing = { verdict: 'unproven', proofs: [], pinned: false, bytes: undefined } as const;

/** Whether the rotation keeps it for another day at least. */
function isKept({ tags }: Snapshot, now: Date): boolean {
  const due = tags[names.deleteOn];
  if (isKeptForever(tags)) return true;
  return due !== undefined && isDay(due) && due > new Date(now.getTime() + 24 * hour).toISOString().slice(0, 10);
}
