/**
 * Makes a dump: one point in time, one archive, and from the archive the other files. The files become visible together, once all
 * have arrived.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DumpFile, DumpFileKind, DumpFingerprint, DumpReceipt } from '../../domain/dump.ts';
import { engineWords } from '../../domain/engine.ts';
import type { DumpLocation } from '../../dump/files.ts';
import { withFreeKeys } from '../../dump/free-keys.ts';
import { tagsOf } from '../../dump/pins/marks.ts';
import { unreadDefinitions, withDefinitions, withoutSql } from '../../dump/proof/describe.ts';
import { incompleteFingerprint, restOfFingerprint } from '../../dump/proof/incomplete.ts';
import { removeDraft, writeReceipt } from '../../dump/receipts.ts';
import { DumpUploads } from '../../dump/uploads.ts';
import type { ArchiveOutcome, DescribedFingerprint, DumpInProgress } from '../../ports/dump-engine.ts';
import type { Upload } from '../../ports/objects.ts';
import { explainInLine } from '../../runtime/errors.ts';
import { formatBytes, plural } from '../../runtime/format.ts';
import { logProgress } from '../../runtime/progress.ts';
import type { AnonymisedFile } from './files/file-maker.ts';
import { makeFiles } from './files/make-files.ts';
import type { DumpWork } from './ports.ts';
import { draftReceipt, emptyFingerprint, takenReceipt } from './receipt.ts';

export interface Dump {
  readonly receipt: DumpReceipt;
  /** The fingerprint of the receipt, with the words of its definitions. */
  readonly source: DescribedFingerprint;
  /** What the rules did to the anonymised file; undefined when there is none. */
  readonly anonymised: AnonymisedFile | undefined;
  /** What the tool warned of although it succeeded. */
  readonly warnings: readonly string[];
  /** Why the anonymised file was not made; undefined when it was made, or not asked for. */
  readonly refused: unknown;
}

/** @throws when the archive or the plain file could not be made; then nothing of the dump is visible */
export async function makeDump(work: DumpWork): Promise<Dump> {
  const { settings, ports, context } = work;
  const folder = mkdtempSync(join(settings.workDirectory, 'holdfast-dump-'));
  try {
    const dump = await context.timeline.step('Begin the dump', () => ports.engine.begin(folder));
    return await finishDump(work, dump);
  } catch (error) {
    await putAway(work, 'discard');
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function finishDump(work: DumpWork, dump: DumpInProgress): Promise<Dump> {
  const { settings, ports, context } = work;
  const location = await freeLocation(work, dump);
  const begun = draftReceipt(work, dump.takenAt, []);
  const uploads = newUploads(work, location, begun);
  let draft: DumpReceipt | undefined;
  try {
    let archive: DumpedArchive;
    try {
      for (const kind of settings.files) await uploads.begin(kind);
      draft = { ...begun, uploads: uploads.begun };
      await writeReceipt(ports.objects, location, context.run, draft);
      // The archive of a host is visible before the other files, which are made from it.
      if (work.facts.uploadsItself) await work.makeRoom();
      archive = await dumpArchive(work, dump, uploads.get('archive') as Upload);
    } finally {
      await dump.end();
    }
    const source = await describeArchive(work, archive);
    const { masked, anonymised, refused, sqlBytes } = await makeFiles(work, archive.path, uploads);
    const files = await publish(uploads, sqlBytes, work);
    const published = { fingerprint: withoutSql(source), files, masked, anonymised: anonymised?.changes(source) };
    const receipt = takenReceipt(draft, published, context.timeline.steps);
    return { receipt, source, anonymised, warnings: archive.warnings, refused };
  } catch (error) {
    const clean = await uploads.giveUp();
    // By its draft the next run finds what is left.
    if (draft && clean) await removeDraft(ports.cleanupObjects, location, context.run, draft);
    throw error;
  }
}

/** Where the files go: keys that no other dump has, unless later versions are to share them. */
async function freeLocation({ settings, location, ports }: DumpWork, dump: DumpInProgress): Promise<DumpLocation> {
  try {
    const apart = { ...location, apart: settings.keepForever };
    return await withFreeKeys(apart, settings.files, dump.takenAt, ports.objects);
  } catch (error) {
    await dump.end();
    throw error;
  }
}

function newUploads({ facts, ports, context }: DumpWork, location: DumpLocation, draft: DumpReceipt): DumpUploads {
  const { objects, cleanupObjects } = ports;
  const { run, logger } = context;
  // A host uploads the parts itself, and has only sha256sum.
  const archiveChecksum = facts.uploadsItself ? 'SHA256' : 'CRC32';
  const tags = (kind: DumpFileKind) => tagsOf(draft, { kind });
  const { takenAt } = draft;
  return new DumpUploads({ location, takenAt, run, tags, archiveChecksum, objects, cleanupObjects, logger });
}

interface DumpedArchive {
  readonly fingerprint: DumpFingerprint;
  readonly path: string;
  readonly warnings: readonly string[];
}

/** Dumps to the disk and to the bucket at once, and takes the fingerprint meanwhile. */
function dumpArchive(work: DumpWork, dump: DumpInProgress, upload: Upload): Promise<DumpedArchive> {
  const { facts, context } = work;
  return context.timeline.step(`Dump ${facts.shown}`, async (note) => {
    const archive = dump.archive(upload, logProgress(context, 'archive'));
    // Both must end, whichever fails first.
    const [reading, writing] = await Promise.allSettled([dump.fingerprint(archive), archive]);
    if (writing.status === 'rejected') throw writing.reason;
    context.signal.throwIfAborted();
    const fingerprint = reading.status === 'fulfilled' ? reading.value : unknownFingerprint(work, dump, reading.reason);
    const lost = fingerprint.unread?.find(({ what }) => what === restOfFingerprint);
    if (lost) context.logger.warning(`the fingerprint is incomplete, so the dump cannot be proven: ${lost.why}`);
    const { tables } = fingerprint;
    const words = engineWords(work.settings.engine);
    const rows = tables.reduce((sum, table) => sum + Number(table.rows), 0);
    note(`${formatBytes(writing.value.bytes)}; ${plural(tables.length, words.table)}, ${plural(rows, words.row)}`);
    const { path, warnings = [] } = writing.value;
    for (const text of warnings) context.logger.warning(text);
    return { fingerprint, path, warnings };
  });
}

/** Adds what the archive holds: the definitions, above all. A failure costs the proof, never the dump. */
function describeArchive(
  { ports: { engine }, context: { timeline, signal } }: DumpWork,
  { fingerprint, path }: DumpedArchive,
): Promise<DescribedFingerprint> {
  return timeline.step('Read the definitions', async (note) => {
    try {
      const described = await engine.describe(path, fingerprint);
      const failed = described.unread?.find(({ what }) => what === unreadDefinitions);
      note(failed?.why ?? plural(Object.keys(described.definitions ?? {}).length, 'object'));
      return described;
    } catch (error) {
      signal.throwIfAborted();
      const why = explainInLine(error);
      note(why);
      return withDefinitions(fingerprint, { why });
    }
  });
}

/** The archive is a backup even where its fingerprint could not be taken. */
function unknownFingerprint({ facts }: DumpWork, { takenAt }: DumpInProgress, error: unknown): DumpFingerprint {
  return incompleteFingerprint(emptyFingerprint(takenAt, facts.serverVersion), explainInLine(error));
}

function publish(
  uploads: DumpUploads,
  sqlBytes: ReadonlyMap<DumpFileKind, number>,
  { context, makeRoom }: DumpWork,
): Promise<readonly DumpFile[]> {
  return context.timeline.step('Publish the files', async (note) => {
    await makeRoom();
    const files = await uploads.publish(sqlBytes);
    note(files.map((file) => `${file.kind} ${formatBytes(file.size)}`).join(', '));
    return files;
  });
}

/** A failure here does not change what the backup is; the next dump on the host cleans up. @returns what is kept, in words */
export async function putAway({ ports, context }: DumpWork, outcome: ArchiveOutcome): Promise<string | undefined> {
  try {
    return await ports.engine.putAway(outcome);
  } catch (error) {
    context.logger.warning(`could not put away the archive on the host: ${explainInLine(error)}`);
    return undefined;
  }
}
