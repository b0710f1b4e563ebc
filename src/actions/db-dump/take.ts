/** Takes the dump: one snapshot, one archive, and from the archive the SQL files; nothing is visible before all is there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BlockWriter } from '../../anonymize/bytes/block-writer.ts';
import { footer } from '../../anonymize/format/dump-reader.ts';
import { type AnonymizeReport, anonymize, describeLeaks } from '../../anonymize/pipeline/anonymize.ts';
import { readCatalogue } from '../../anonymize/schema/read-catalogue.ts';
import type { DumpFile, DumpFileKind, DumpFingerprint, MaskedReport } from '../../domain/dump.ts';
import { contentTypes, objectKey } from '../../dump/files.ts';
import type { DatabaseFacts, DumpInProgress } from '../../ports/dump-engine.ts';
import type { Upload } from '../../ports/objects.ts';
import { compressor } from '../../runtime/compression/format.ts';
import { BackupError, ConfigurationError } from '../../runtime/errors.ts';
import { formatBytes } from '../../runtime/format.ts';
import { progress } from './progress.ts';
import type { Deps, Wishes } from './wishes.ts';

export interface Taken {
  readonly takenAt: string;
  readonly fingerprint: DumpFingerprint;
  readonly files: readonly DumpFile[];
  readonly masked: MaskedReport | undefined;
  /** Why there is no anonymised file among them, though one was asked for. */
  readonly refused: unknown;
}

/**
 * @param begun is told the uploads as soon as they exist
 * @throws BackupError; then nothing of the dump can be seen
 */
export async function take(
  wishes: Wishes,
  deps: Deps,
  facts: DatabaseFacts,
  begun: (takenAt: string, uploads: ReadonlyMap<DumpFileKind, { key: string; upload: Upload }>) => Promise<void>,
): Promise<Taken> {
  const { timeline } = deps;
  const uploads = new Map<DumpFileKind, { key: string; upload: Upload }>();
  const folder = mkdtempSync(join(wishes.workDirectory, 'holdfast-dump-'));
  let dump: DumpInProgress | undefined;
  try {
    dump = await timeline.step('Export a snapshot', () => deps.engine.begin());
    const { takenAt } = dump;
    const begin = async (kind: DumpFileKind): Promise<Upload> => {
      const key = objectKey({ ...wishes, kind, takenAt });
      const metadata = { 'holdfast-run': wishes.mark, 'holdfast-taken-at': takenAt };
      const tags = { 'holdfast:source': wishes.source, 'holdfast:verdict': 'unproven' };
      const upload = await deps.objects.upload({
        bucket: wishes.bucket,
        key,
        contentType: contentTypes[kind],
        // What a host puts, it can only reckon with sha256sum.
        ...(facts.place === 'runner' || kind !== 'archive' ? {} : { checksum: 'SHA256' as const }),
        metadata,
        tags,
      });
      uploads.set(kind, { key, upload });
      return upload;
    };
    for (const kind of wishes.made) await begin(kind);
    await begun(takenAt, uploads);
    const { fingerprint, path } = await takeArchive(
      deps,
      dump,
      folder,
      uploads.get('archive')?.upload as Upload,
      facts,
    );
    await dump.end();
    dump = undefined;
    const made = await makeSql(wishes, deps, path, uploads, begin);
    const files = await timeline.step('Publish the files', async (note) => {
      const finished: { kind: DumpFileKind; key: string; upload: Upload; size: number; sha256: string }[] = [];
      for (const [kind, one] of uploads) finished.push({ kind, ...one, ...(await one.upload.finish()) });
      const published: DumpFile[] = [];
      for (const { kind, key, upload, size, sha256 } of finished) {
        if (size === 0) throw new BackupError({ what: `the ${kind} file is empty` });
        const { versionId } = await upload.complete();
        published.push({
          kind,
          bucket: wishes.bucket,
          key,
          versionId,
          size,
          sha256,
          sqlBytes: made.sqlBytes.get(kind),
        });
      }
      note(published.map((file) => `${file.kind} ${formatBytes(file.size)}`).join(', '));
      // From here on they are the receipt's.
      uploads.clear();
      return published;
    });
    return { takenAt, fingerprint, files, masked: made.masked, refused: made.refused };
  } finally {
    await dump?.end();
    for (const { key, upload } of uploads.values()) await giveUp(deps, { bucket: wishes.bucket, key }, upload);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What could be seen already goes again: without the other files, and without a receipt, it is no backup. */
async function giveUp(deps: Deps, place: { bucket: string; key: string }, upload: Upload): Promise<void> {
  if (upload.completed === undefined) return upload.abort();
  const { versionId } = upload.completed;
  await deps.afterwards.delete({ ...place, versionId }).catch((error: unknown) => {
    deps.logger.warning(`s3://${place.bucket}/${place.key} could not be removed (${(error as Error).message})`);
  });
}

/** Dumps to the disk and to the bucket at once, and reads the fingerprint in the same snapshot meanwhile. */
async function takeArchive(
  deps: Deps,
  dump: DumpInProgress,
  folder: string,
  upload: Upload,
  facts: DatabaseFacts,
): Promise<{ fingerprint: DumpFingerprint; path: string }> {
  return deps.timeline.step(`Dump ${facts.shown}`, async (note) => {
    // Both are waited for, whichever fails first.
    const tell = progress(deps, 'archive');
    const archive = dump.archive(folder, upload, tell);
    const [reading, writing] = await Promise.allSettled([dump.fingerprint(archive), archive]);
    if (writing.status === 'rejected') throw writing.reason;
    if (reading.status === 'rejected') throw reading.reason;
    const rows = reading.value.tables.reduce((sum, table) => sum + Number(table.rows), 0);
    note(
      `${formatBytes(writing.value.bytes)}; ${reading.value.tables.length} tables, ${rows.toLocaleString('en-US')} rows`,
    );
    return { fingerprint: reading.value, path: writing.value.path };
  });
}

const blockSize = 1024 * 1024;

interface Made {
  readonly masked: MaskedReport | undefined;
  /** Why there is no anonymised file. */
  readonly refused: unknown;
  readonly sqlBytes: ReadonlyMap<DumpFileKind, number>;
}

/**
 * Reads the archive once, and makes the plain and the anonymised file of it on the way. When what is in the dump does not
 * allow the anonymised file, the others are made all the same: a new column must not cost the night's backup.
 * @param uploads the anonymised file's is given up and taken out then
 * @param begin begins the upload of a file anew
 */
async function makeSql(
  wishes: Wishes,
  deps: Deps,
  archive: string,
  uploads: Map<DumpFileKind, { key: string; upload: Upload }>,
  begin: (kind: DumpFileKind) => Promise<Upload>,
): Promise<Made> {
  const sqlBytes = new Map<DumpFileKind, number>();
  const plain = uploads.get('plain')?.upload;
  const anonymised = uploads.get('anonymised')?.upload;
  const { engine, signal, timeline } = deps;
  if (plain === undefined && anonymised === undefined) {
    // Half an archive still has its table of contents: only reading all of it tells.
    await timeline.step('Read the archive through', () => engine.readThrough(archive));
    return { masked: undefined, refused: undefined, sqlBytes };
  }
  return timeline.step('Make the SQL files', async (note) => {
    const tell = progress(deps, 'SQL');
    let whole = false;
    const sql = (upload: Upload | undefined): AsyncIterable<Buffer> =>
      count(plainWriter(engine.sql(archive, false), wishes, upload), (bytes, ended) => {
        sqlBytes.set('plain', bytes);
        whole = ended;
        tell(bytes);
      });
    if (anonymised === undefined) {
      await drainWhole(sql(plain));
      return { masked: undefined, refused: undefined, sqlBytes };
    }
    try {
      const report = await mask(sql(plain), anonymised);
      sqlBytes.set('anonymised', report.writtenBytes);
      note(`${formatBytes(report.readBytes)} of SQL`);
      const { counts, warnings, readBytes, writtenBytes } = report;
      const masked = { counts, warnings, readBytes, writtenBytes, findings: describeLeaks(report.leaks) };
      return { masked, refused: undefined, sqlBytes };
    } catch (error) {
      signal.throwIfAborted();
      if (!isOfTheContents(error)) throw error;
      note('without the anonymised file');
      uploads.delete('anonymised');
      await anonymised.abort();
      if (!whole) {
        await plain?.abort();
        if (plain) await drainWhole(sql(await begin('plain')));
        else await engine.readThrough(archive);
      }
      return { masked: undefined, refused: error, sqlBytes };
    }
  });

  async function mask(source: AsyncIterable<Buffer>, upload: Upload): Promise<AnonymizeReport> {
    const catalogue = await readCatalogue(engine.sql(archive, true), { requireFooter: true, signal });
    return anonymize({
      source,
      sink: (bytes) => upload.write(bytes),
      compression: 'gzip',
      level: wishes.compressionLevel,
      rules: wishes.rules,
      strict: wishes.strict,
      key: wishes.key,
      catalogue,
      requireFooter: true,
      signal,
    });
  }
}

/** Whether it is said of the dump or of the rules, and not of the way to the bucket. */
function isOfTheContents(error: unknown): boolean {
  return (
    error instanceof BackupError ||
    error instanceof ConfigurationError ||
    (error as Error | undefined)?.name === 'DumpError'
  );
}

/** Hands the SQL on, and compresses it into the plain file on the way. */
async function* plainWriter(
  sql: AsyncIterable<Buffer>,
  wishes: Wishes,
  upload: Upload | undefined,
): AsyncGenerator<Buffer> {
  if (upload === undefined) {
    yield* sql;
    return;
  }
  const blocks: Buffer[] = [];
  const out = new BlockWriter(blockSize, (block) => blocks.push(block));
  const compress = compressor('gzip', (bytes) => upload.write(bytes), {
    level: wishes.compressionLevel,
    release: (block) => out.release(block),
  });
  for await (const chunk of sql) {
    out.copy(chunk, 0, chunk.length);
    for (const block of blocks.splice(0)) await compress.write(block);
    yield chunk;
  }
  out.flush();
  for (const block of blocks.splice(0)) await compress.write(block);
  await compress.end();
}

async function* count(
  source: AsyncIterable<Buffer>,
  tell: (bytes: number, ended: boolean) => void,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    tell(bytes, false);
    yield chunk;
  }
  tell(bytes, true);
}

/** Reads SQL to its end. @throws BackupError when its last line is missing */
async function drainWhole(source: AsyncIterable<Buffer>): Promise<void> {
  let end = '';
  for await (const chunk of source) end = (end + chunk.subarray(-500).toString('latin1')).slice(-1000);
  if (!end.includes(footer))
    throw new BackupError({
      what: `the SQL does not end with its last line ("${footer}")`,
      likelyCause: 'pg_restore ended early',
      fix: 'run again; look at the archive when it happens again',
    });
}
