/** Removes what dead runs left: unfinished uploads, files without a receipt, scratch databases. */
import type { DumpFileKind, DumpReceipt } from '../domain/dump.ts';
import type { RunIdentity } from '../domain/run.ts';
import { lockedWords, s3Url, type UnfinishedUpload } from '../domain/s3.ts';
import type { DumpEngine } from '../ports/dump-engine.ts';
import type { Runs } from '../ports/github.ts';
import type { Objects } from '../ports/objects.ts';
import type { WorkContext } from '../runtime/context.ts';
import { explainInLine } from '../runtime/errors.ts';
import { type DumpLocation, fileCompressions, isFlat, keyPrefix, objectKey } from './files.ts';
import { runOfScratch, scratchOwner } from './owner.ts';
import type { KnownReceipt } from './receipts.ts';
import { versionsOfDump } from './retention/versions.ts';

/** Hours after which the run of a draft is dead, whatever GitHub says: a job on GitHub's runners ends after six. */
const deadAfterHours = 24;

export interface SweepPorts {
  readonly engine: Pick<DumpEngine, 'sweep'>;
  readonly objects: Objects;
  readonly runs: Runs;
}

type SweepContext = Pick<WorkContext, 'clock' | 'logger' | 'signal'> & { readonly run: RunIdentity };

/**
 * What cannot be removed is a warning: the backup of today matters more, and the next run tries again.
 * @param kinds files that the source's dumps consist of
 * @returns what was removed, in words
 */
export async function sweep(
  location: DumpLocation,
  kinds: readonly DumpFileKind[],
  known: readonly KnownReceipt[],
  ports: SweepPorts,
  context: SweepContext,
): Promise<readonly string[]> {
  const isOver = async (run: string): Promise<boolean> =>
    run === context.run.key || (await ports.runs.state(run)) === 'over';
  const notes: string[] = [];
  const attempt = async (what: string, remove: () => Promise<string[]>): Promise<void> => {
    try {
      notes.push(...(await remove()));
    } catch (error) {
      context.signal.throwIfAborted();
      context.logger.warning(`${what} of dead runs could not be removed: ${explainInLine(error)}`);
    }
  };
  const drafts = known.filter(({ receipt }) => receipt.state === 'draft');
  await attempt('files and uploads', () =>
    removeDrafts(location, kinds, drafts, isOver, ports.objects, context.clock.now()),
  );
  await attempt('scratch databases', () => dropScratch(location.source, ports.engine, context.run, isOver));
  for (const note of notes) context.logger.info(note);
  return notes;
}

/** Removes what the drafts of dead runs name, and unfinished uploads that no active run has. */
async function removeDrafts(
  location: DumpLocation,
  kinds: readonly DumpFileKind[],
  drafts: readonly KnownReceipt[],
  isOver: (run: string) => Promise<boolean>,
  objects: Objects,
  now: Date,
): Promise<string[]> {
  const notes: string[] = [];
  const active = new Set<string>();
  const dead = new Set<string>();
  const locked = new Set<string>();
  for (const { key, receipt } of drafts) {
    const ids = (receipt.uploads ?? []).map(({ uploadId }) => uploadId);
    if (isOld(new Date(receipt.takenAt), now) || (await isOver(receipt.run.key))) {
      for (const id of ids) dead.add(id);
      const removed = await removeFiles(receipt, objects);
      notes.push(...removed.notes);
      if (removed.locked) locked.add(key);
    } else for (const id of ids) active.add(id);
  }
  notes.push(...(await abortUploads(location, kinds, { active, dead }, objects, now)));
  // The drafts go last, so that the next run can finish what a dead sweep began.
  for (const { key, receipt } of drafts)
    if (!locked.has(key) && !(receipt.uploads ?? []).some(({ uploadId }) => active.has(uploadId)))
      await objects.delete({ bucket: location.receiptBucket, key });
  return notes;
}

function isOld(since: Date, now: Date): boolean {
  return now.getTime() - since.getTime() > deadAfterHours * 3_600_000;
}

/** Deletes the files that a dead run published: without the others, and without a receipt, they are not a backup. */
async function removeFiles(
  draft: DumpReceipt,
  objects: Objects,
): Promise<{ readonly notes: readonly string[]; readonly locked: boolean }> {
  const { bucket } = draft;
  const notes: string[] = [];
  let locked = false;
  for (const { key } of draft.uploads ?? []) {
    for (const place of await versionsOfDump(objects, { bucket, key }, draft)) {
      const outcome = await objects.delete(place);
      const file = `a file that ${draft.run.url} published before it died: ${s3Url({ bucket, key })}`;
      locked ||= outcome.kind === 'locked';
      notes.push(outcome.kind === 'locked' ? `kept ${file}; ${lockedWords(outcome)}` : `removed ${file}`);
    }
  }
  return { notes, locked };
}

/** @param runs ids of the uploads of runs that are still active, and of dead ones */
async function abortUploads(
  location: DumpLocation,
  kinds: readonly DumpFileKind[],
  { active, dead }: { readonly active: ReadonlySet<string>; readonly dead: ReadonlySet<string> },
  objects: Objects,
  now: Date,
): Promise<string[]> {
  const { bucket, prefix, name, keepAs } = location;
  // What died may have been compressed otherwise than what begins now.
  const keys = kinds.flatMap((kind) =>
    fileCompressions.map((compression) => objectKey({ ...location, compression }, kind, '')),
  );
  const isOurs = ({ key, uploadId, startedAt }: UnfinishedUpload): boolean => {
    if (dead.has(uploadId)) return true;
    // Other sources may have flat keys in the same folder, which say nothing of the source.
    if (isFlat(location)) return false;
    const apart = key.startsWith(`${prefix}${name}/`);
    // With versions these are pinned dumps, and copies on their way there, of which no draft tells.
    return keepAs === 'versions' ? keys.includes(key) || (apart && isOld(startedAt, now)) : apart;
  };
  const notes: string[] = [];
  for (const upload of await objects.unfinished(bucket, keyPrefix(location))) {
    const { key, uploadId } = upload;
    if (!isOurs(upload) || active.has(uploadId)) continue;
    await objects.abortUpload(bucket, key, uploadId);
    notes.push(`aborted an unfinished upload of a dead run: ${s3Url({ bucket, key })}`);
  }
  return notes;
}

/** Drops the scratch databases of dead runs, and of this one. @returns what was dropped, in words */
export async function dropScratch(
  source: string,
  engine: Pick<DumpEngine, 'sweep'>,
  run: RunIdentity,
  isOver: (run: string) => Promise<boolean>,
): Promise<string[]> {
  const dropped = await engine.sweep(async (owner) => {
    // Jobs of one run may share a scratch server; databases of another source are not ours.
    const key = runOfScratch(owner);
    return key === run.key ? owner === scratchOwner(run, source) : isOver(key);
  });
  return dropped.length === 0 ? [] : [`dropped scratch databases of dead runs: ${dropped.join(', ')}`];
}
