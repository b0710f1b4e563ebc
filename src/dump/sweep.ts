/** Removes what dead runs left: unfinished uploads, files without a receipt, scratch databases. */
import type { DumpFileKind, DumpReceipt } from '../domain/dump.ts';
import { isEarlierAttempt, type RunIdentity } from '../domain/run.ts';
import { lockedWords, s3Url, type UnfinishedUpload } from '../domain/s3.ts';
import type { DumpEngine } from '../ports/dump-engine.ts';
import type { Runs } from '../ports/github.ts';
import type { Objects } from '../ports/objects.ts';
import type { WorkContext } from '../runtime/context.ts';
import { explainInLine } from '../runtime/errors.ts';
import { type DumpLocation, fileCompressions, isFlat, keyPrefix, objectKey } from './files.ts';
import { isOver, runOfScratch } from './owner.ts';
import { type KnownReceipt, parseReceipt } from './receipts.ts';
import type { InspectedBucket } from './retention/bucket.ts';
import { versionsOfDump } from './retention/versions.ts';

/** Milliseconds after which nobody works on a draft any more, whose run GitHub knows nothing of. */
const forgottenAfter = 24 * 3_600_000;
/**
 * The same, whatever GitHub says: so long a job lasts at most, on a runner of one's own
 * (https://docs.github.com/en/actions/reference/limits).
 */
const longestJob = 5 * 24 * 3_600_000;

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
  { known, readAt }: Pick<InspectedBucket, 'known' | 'readAt'>,
  ports: SweepPorts,
  context: SweepContext,
): Promise<readonly string[]> {
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
  await attempt('files and uploads', () => removeDrafts(location, kinds, { drafts, readAt }, ports, context));
  await attempt('scratch databases', () => dropScratch(ports, context.run));
  for (const note of notes) context.logger.info(note);
  return notes;
}

/** Removes what the drafts of dead runs name, and unfinished uploads that no active run has. */
async function removeDrafts(
  location: DumpLocation,
  kinds: readonly DumpFileKind[],
  { drafts, readAt }: { readonly drafts: readonly KnownReceipt[]; readonly readAt: Date },
  ports: Pick<SweepPorts, 'objects' | 'runs'>,
  context: SweepContext,
): Promise<string[]> {
  const { objects } = ports;
  const notes: string[] = [];
  const active = new Set<string>();
  const dead = new Set<string>();
  const removable: string[] = [];
  for (const { key, receipt } of drafts) {
    const ids = (receipt.uploads ?? []).map(({ uploadId }) => uploadId);
    if (!(await isDead(receipt, ports.runs, context))) for (const id of ids) active.add(id);
    else if (await isStillDraft(location, key, objects)) {
      for (const id of ids) dead.add(id);
      const removed = await removeFiles(receipt, objects);
      notes.push(...removed.notes);
      if (!removed.locked) removable.push(key);
    }
  }
  notes.push(...(await abortUploads(location, kinds, { active, dead, readAt }, objects, context.clock.now())));
  // The drafts go last, so that the next run can finish what a dead sweep began.
  for (const key of removable) await objects.delete({ bucket: location.receiptBucket, key });
  return notes;
}

async function isDead({ run, takenAt }: DumpReceipt, runs: Runs, { run: own, clock }: SweepContext): Promise<boolean> {
  const since = new Date(takenAt);
  if (run.key === own.key) return isEarlierAttempt(run, own) || isOld(since, clock.now(), longestJob);
  const state = await runs.state(run.key);
  return state === 'over' || isOld(since, clock.now(), state === 'alive' ? longestJob : forgottenAfter);
}

/** A run that is over by now may have been about to complete its dump when the receipts were read. */
async function isStillDraft({ receiptBucket }: DumpLocation, key: string, objects: Objects): Promise<boolean> {
  return parseReceipt(await objects.text({ bucket: receiptBucket, key }))?.state === 'draft';
}

function isOld(since: Date, now: Date, after: number): boolean {
  return now.getTime() - since.getTime() > after;
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

interface KnownUploads {
  /** Ids of the uploads of runs that are still active. */
  readonly active: ReadonlySet<string>;
  /** Those of dead runs. */
  readonly dead: ReadonlySet<string>;
  /** An upload that began later may have a draft by now. */
  readonly readAt: Date;
}

async function abortUploads(
  location: DumpLocation,
  kinds: readonly DumpFileKind[],
  { active, dead, readAt }: KnownUploads,
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
    return keepAs === 'versions' ? keys.includes(key) || (apart && isOld(startedAt, now, forgottenAfter)) : apart;
  };
  const notes: string[] = [];
  for (const upload of await objects.unfinished(bucket, keyPrefix(location))) {
    const { key, uploadId } = upload;
    if (!isOurs(upload) || active.has(uploadId) || upload.startedAt > readAt) continue;
    await objects.abortUpload(bucket, key, uploadId);
    notes.push(`aborted an unfinished upload of a dead run: ${s3Url({ bucket, key })}`);
  }
  return notes;
}

/** Drops the scratch databases of dead runs. @returns what was dropped, in words */
export async function dropScratch({ engine, runs }: Omit<SweepPorts, 'objects'>, run: RunIdentity): Promise<string[]> {
  const dropped = await engine.sweep((owner) => isOver(runOfScratch(owner), run, runs));
  return dropped.length === 0 ? [] : [`dropped scratch databases of dead runs: ${dropped.join(', ')}`];
}
