/** The plain and the anonymised file of an engine whose archives give SQL, which is read once for both. */
import { BlockWriter } from '../../../anonymize/bytes/block-writer.ts';
import { readDefinitions } from '../../../dump/proof/describe.ts';
import type { SqlArchives, SqlDialect } from '../../../ports/dump-engine.ts';
import type { Upload } from '../../../ports/objects.ts';
import { compressor, decompress } from '../../../runtime/compression/format.ts';
import { BackupError } from '../../../runtime/errors.ts';
import { observed } from '../../../runtime/streams.ts';
import type { Settings } from '../inputs.ts';
import { expectedOfSql, writeAnonymised } from './anonymised-sql.ts';
import type { AnonymisedFile, FileMaker, FileRequest } from './file-maker.ts';

export class SqlFiles implements FileMaker {
  readonly #engine: SqlArchives;
  readonly #dialect: SqlDialect;

  constructor(engine: SqlArchives, dialect: SqlDialect) {
    this.#engine = engine;
    this.#dialect = dialect;
  }

  async make(request: FileRequest): Promise<AnonymisedFile | undefined> {
    const source = this.#sql(request);
    const { anonymised } = request;
    if (anonymised) return writeAnonymised(this.#engine, this.#dialect, { ...request, anonymised, source });
    await readToLastLine(source, this.#dialect.lastLine);
    return undefined;
  }

  readonly definitionsIn: FileMaker['definitionsIn'] = (content, signal) =>
    readDefinitions(this.#engine, this.#engine.withoutRows(decompress(content)), signal);

  readonly expected: FileMaker['expected'] = expectedOfSql;

  /** The SQL of the archive, which is written to the plain file while it is read. */
  async *#sql({ archive, plain, settings, onProgress, onComplete }: FileRequest): AsyncGenerator<Buffer> {
    let read = 0;
    const count = (bytes: number): void => {
      read = bytes;
      onProgress(bytes);
    };
    const sql = this.#engine.sql(archive, false);
    yield* observed(plain ? compressedInto(plain, sql, settings) : sql, { onProgress: count });
    if (plain) onComplete('plain', read);
  }
}

const blockSize = 1024 * 1024;

/** Passes SQL on, and compresses it into an upload meanwhile. */
async function* compressedInto(
  upload: Upload,
  sql: AsyncIterable<Buffer>,
  { compression, compressionLevel: level }: Pick<Settings, 'compression' | 'compressionLevel'>,
): AsyncGenerator<Buffer> {
  const blocks: Buffer[] = [];
  const out = new BlockWriter(blockSize, (block) => blocks.push(block));
  const release = (block: Buffer): void => out.release(block);
  const compress = compressor(compression, (bytes) => upload.write(bytes), { level, release, once: true });
  for await (const chunk of sql) {
    out.copy(chunk, 0, chunk.length);
    for (const block of blocks.splice(0)) await compress.write(block);
    yield chunk;
  }
  out.flush();
  for (const block of blocks.splice(0)) await compress.write(block);
  await compress.end();
}

/** Reads SQL to its end. @throws BackupError when its last line is missing */
async function readToLastLine(source: AsyncIterable<Buffer>, lastLine: string): Promise<void> {
  let end = '';
  for await (const chunk of source) end = (end + chunk.subarray(-500).toString('latin1')).slice(-1000);
  if (!end.includes(lastLine))
    throw new BackupError({
      what: `the SQL does not end with its last line ("${lastLine}")`,
      likelyCause: 'the archive is cut off, or the program that reads it ended early',
      fix: 'run again; examine the archive when it happens again',
    });
}
