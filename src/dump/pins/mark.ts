/**
 * Marks a dump: first the receipt says what is intended, then files and tags follow, last the receipt says what is. Whoever dies
 * in between leaves an intention, by which retention spares the dump, and which the next run of the source, or the same command,
 * completes. Every step can be done again, and by two at once.
 *
 * A pinned dump needs keys of its own: under a key that later dumps share, its version is one that the bucket's lifecycle counts
 * and deletes (docs/decisions/pinned-dumps.md).
 */
import type { DumpFile, DumpReceipt } from '../../domain/dump.ts';
import { type ObjectPlace, s3Url } from '../../domain/s3.ts';
import type { Objects } from '../../ports/objects.ts';
import { AwsError, BackupError, isPreconditionFailed } from '../../runtime/errors.ts';
import { contentTypeOfKey, isOwnKey, ownKey } from '../files.ts';
import { changeReceipt } from '../receipts.ts';
import { hasOwnVersion, metadataOf, type VersionOfDump, versionsOfDump } from '../retention/versions.ts';
import { type MarkChange, marksOf, tagsOf, withMarking, withMarks } from './marks.ts';

/**
 * @param place of the receipt
 * @returns the receipt as it is at the end
 * @throws BackupError when a file is gone that is to be pinned
 */
export async function markDump(objects: Objects, place: ObjectPlace, change: MarkChange): Promise<DumpReceipt> {
  return settleMarks(objects, place, await changeReceipt(objects, place, (now) => withMarking(now, change)));
}

/** Brings files and tags in line with the receipt, and completes what it intends. Does nothing where nothing is to be done but tags. */
export async function settleMarks(objects: Objects, place: ObjectPlace, receipt: DumpReceipt): Promise<DumpReceipt> {
  for (let now = receipt; ; ) {
    const files = await withOwnKeys(objects, now);
    for (const file of files) await objects.setTags(file, tagsOf(now, file));
    const settled = intention(now);
    // Somebody else may have changed marks or verdict meanwhile: then the tags are old, and are set again.
    const next = await changeReceipt(objects, place, (later) =>
      intention(later) === settled && later.marking !== undefined ? withMarks(later, files) : later,
    );
    if (intention(next) === settled) {
      await deleteSecondCopies(objects, files, next.files);
      return next;
    }
    now = next;
  }
}

/**
 * Where a server writes over a key in spite of the condition, two that pin at once both copy. The receipt names one copy; the other would
 * hide it, so that the bucket's lifecycle deletes it.
 */
async function deleteSecondCopies(
  objects: Objects,
  files: readonly DumpFile[],
  named: readonly DumpFile[],
): Promise<void> {
  for (const file of files) {
    const kept = named.find(({ kind }) => kind === file.kind);
    const second = kept?.key === file.key && hasOwnVersion(kept) && hasOwnVersion(file);
    if (second && kept.versionId !== file.versionId) await objects.delete(file);
  }
}

/** What tags and keys follow from. */
function intention(receipt: DumpReceipt): string {
  const { keepForever = false, label } = marksOf(receipt);
  return JSON.stringify([keepForever, label, receipt.files.map((file) => tagsOf(receipt, file))]);
}

/** A dump that is pinned gets keys of its own; where the pin is taken back before it was complete, copies are adopted. */
async function withOwnKeys(objects: Objects, receipt: DumpReceipt): Promise<readonly DumpFile[]> {
  const { takenAt, marking } = receipt;
  if (marking?.keepForever === undefined) return receipt.files;
  const files: DumpFile[] = [];
  for (const file of receipt.files) {
    const own = isOwnKey(file.key, takenAt) ? file : await ownCopy(objects, receipt, file, marking.keepForever);
    files.push(own ?? file);
  }
  return files;
}

/** @param make whether to copy where there is no copy yet */
async function ownCopy(
  objects: Objects,
  receipt: DumpReceipt,
  file: DumpFile,
  make: boolean,
): Promise<DumpFile | undefined> {
  const place = { bucket: file.bucket, key: ownKey(file, receipt.takenAt) };
  const found = async (): Promise<VersionOfDump | undefined> => (await versionsOfDump(objects, place, receipt))[0];
  const there = await found();
  if (there === undefined && !make) return undefined;
  const { versionId, etag } = there ?? (await copy(objects, receipt, file, place, found));
  const { key: shared, versionId: sharedVersion } = file;
  // The copy has an ETag of its own.
  return { ...file, etag, key: place.key, versionId, copyOf: { key: shared, versionId: sharedVersion } };
}

async function copy(
  objects: Objects,
  receipt: DumpReceipt,
  file: DumpFile,
  place: ObjectPlace,
  found: () => Promise<VersionOfDump | undefined>,
): Promise<Pick<VersionOfDump, 'versionId' | 'etag'>> {
  const { run, takenAt } = receipt;
  const [from] = hasOwnVersion(file) ? [file] : await versionsOfDump(objects, file, receipt);
  if (from === undefined) throw gone(receipt, file);
  const to = {
    ...place,
    contentType: contentTypeOfKey(file.key),
    metadata: metadataOf(run, takenAt),
    tags: tagsOf(receipt, file),
  };
  try {
    return await objects.copy(from, to, file.size);
  } catch (error) {
    if (error instanceof AwsError && error.kind === 'not-found') throw gone(receipt, file, error);
    if (!isPreconditionFailed(error)) throw error;
    // The answer to an earlier call was lost, or two pin it at once.
    const there = await found();
    if (there === undefined) throw error;
    return there;
  }
}

function gone({ takenAt }: DumpReceipt, file: DumpFile, cause?: unknown): BackupError {
  return new BackupError({
    what: `the ${file.kind} file of ${takenAt} cannot be pinned: ${s3Url(file)} is gone`,
    likelyCause: "the bucket's lifecycle has deleted the version, or a later dump took its place",
    fix: 'take the pin back (npm run restore -- --unpin --at TIME), and pin a dump that is still there',
    code: 'dump-gone',
    cause,
  });
}
