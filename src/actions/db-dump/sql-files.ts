/** Makes the plain and the anonymised file from an archive, which is read once for both. */
import { BlockWriter } from '../../anonymize/bytes/block-writer.ts';
import { DumpError } from '../../anonymize/format/dump-error.ts';
import { footer } from '../../anonymize/format/input/ending.ts';
import { describeLeaks } from '../../anonymize/leak-check/leak-policy.ts';
import type { AnonymizeReport } from '../../anonymize/pipeline/anonymize.ts';
import type { DumpFileKind, MaskedReport } from '../../domain/dump.ts';
import type { DumpUploads } from '../../dump/uploads.ts';
import type { Upload } from '../../ports/objects.ts';
import { compressor } from '../../runtime/compression/format.ts';
import { BackupError, ConfigurationError } from '../../runtime/errors.ts';
import { formatBytes } from '../../runtime/format.ts';
import { logProgress } from '../../runtime/progress.ts';
import { observed } from '../../runtime/streams.ts';
import { type AnonymisedFile, writeAnonymised } from './anonymised-file.ts';
import type { DumpWork } from './ports.ts';

export interface SqlFiles {
  readonly masked: MaskedReport | undefined;
  /** What the rules did to the anonymised file; undefined when it was not made. */
  readonly anonymised?: AnonymisedFile | undefined;
  /** Why the anonymised file was not made; undefined when it was made, or not asked for. */
  readonly refused: unknown;
  /** Bytes of SQL before compression. */
  readonly sqlBytes: ReadonlyMap<DumpFileKind, number>;
}

/**
 * Content that does not allow the anonymised file costs that file alone: a new column must not cost the night's backup.
 * @param uploads loses the anonymised file in that case
 */
export async function makeSqlFiles(work: DumpWork, archive: string, uploads: DumpUploads): Promise<SqlFiles> {
  const { ports, context } = work;
  const anonymised = uploads.get('anonymised');
  if (anonymised === undefined && uploads.get('plain') === undefined) {
    // Half an archive still has its table of contents; only reading all of it shows that it is whole.
    await context.timeline.step('Read the archive through', () => ports.engine.readThrough(archive));
    return { masked: undefined, refused: undefined, sqlBytes: new Map() };
  }
  return context.timeline.step('Make the SQL files', async (note) => {
    const source = new SqlSource(work, archive);
    if (anonymised === undefined) {
      await readToFooter(source.open(uploads.get('plain')));
      return { masked: undefined, refused: undefined, sqlBytes: source.sqlBytes };
    }
    try {
      const made = await writeAnonymised(work, archive, source.open(uploads.get('plain')), anonymised);
      const { report } = made;
      note(`${formatBytes(report.readBytes)} of SQL`);
      const sqlBytes = new Map([...source.sqlBytes, ['anonymised', report.writtenBytes] as const]);
      return { masked: maskedReport(report), anonymised: made, refused: undefined, sqlBytes };
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isAboutContent(error)) throw error;
      note('without the anonymised file');
      await uploads.drop('anonymised');
      if (!source.ended) await makePlainAlone(work, archive, source, uploads);
      return { masked: undefined, refused: error, sqlBytes: source.sqlBytes };
    }
  });
}

/** The anonymisation stopped in the middle of the SQL, so the plain file is made again from its beginning. */
async function makePlainAlone(
  { ports }: DumpWork,
  archive: string,
  source: SqlSource,
  uploads: DumpUploads,
): Promise<void> {
  if (uploads.get('plain') === undefined) return ports.engine.readThrough(archive);
  await uploads.drop('plain');
  await readToFooter(source.open(await uploads.begin('plain')));
}

/** The SQL of an archive, which is written to the plain file while it is read. */
class SqlSource {
  readonly #work: DumpWork;
  readonly #archive: string;
  readonly sqlBytes = new Map<DumpFileKind, number>();
  /** Whether the SQL was read to its end. */
  ended = false;

  constructor(work: DumpWork, archive: string) {
    this.#work = work;
    this.#archive = archive;
  }

  /** @param plain upload of the plain file, if there is one */
  async *open(plain: Upload | undefined): AsyncGenerator<Buffer> {
    const { ports, context, settings } = this.#work;
    const log = logProgress(context, 'SQL');
    const onProgress = (bytes: number): void => {
      this.sqlBytes.set('plain', bytes);
      log(bytes);
    };
    this.ended = false;
    const sql = ports.engine.sql(this.#archive, false);
    yield* observed(plain ? compressedInto(plain, sql, settings.compressionLevel) : sql, { onProgress });
    this.ended = true;
  }
}

const blockSize = 1024 * 1024;

/** Passes SQL on, and compresses it into an upload meanwhile. */
async function* compressedInto(upload: Upload, sql: AsyncIterable<Buffer>, level: number): AsyncGenerator<Buffer> {
  const blocks: Buffer[] = [];
  const out = new BlockWriter(blockSize, (block) => blocks.push(block));
  const release = (block: Buffer): void => out.release(block);
  const compress = compressor('gzip', (bytes) => upload.write(bytes), { level, release });
  for await (const chunk of sql) {
    out.copy(chunk, 0, chunk.length);
    for (const block of blocks.splice(0)) await compress.write(block);
    yield chunk;
  }
  out.flush();
  for (const block of blocks.splice(0)) await compress.write(block);
  await compress.end();
}

function maskedReport({ counts, warnings, readBytes, writtenBytes, leaks }: AnonymizeReport): MaskedReport {
  return { counts, warnings, readBytes, writtenBytes, findings: describeLeaks(leaks) };
}

/** Whether an error is about the dump or the rules, and not about the way to the bucket. */
function isAboutContent(error: unknown): boolean {
  return error instanceof BackupError || error instanceof ConfigurationError || error instanceof DumpError;
}

/** Reads SQL to its end. @throws BackupError when its last line is missing */
async function readToFooter(source: AsyncIterable<Buffer>): Promise<void> {
  let end = '';
  for await (const chunk of source) end = (end + chunk.subarray(-500).toString('latin1')).slice(-1000);
  if (!end.includes(footer))
    throw new BackupError({
      what: `the SQL does not end with its last line ("${footer}")`,
      likelyCause: 'pg_restore ended early',
      fix: 'run again; examine the archive when it happens again',
    });
}
