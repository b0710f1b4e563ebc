/** Restores a file of a dump into a database, up to the first error. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DumpFileKind } from '../../../domain/dump.ts';
import { type Connection, clientEnvironment, databaseParameter } from '../../../dump/engines/postgres/connection.ts';
import { sqlForRestore } from '../../../dump/engines/postgres/restorable.ts';
import type { ClientTools } from '../../../dump/engines/postgres/tools.ts';
import type { ArchiveFormat } from '../../../dump/files.ts';
import { decompress } from '../../../runtime/compression/format.ts';
import { unpack } from '../archive.ts';
import { PipedProgram } from '../piped-program.ts';
import { postgresCauses } from './causes.ts';
import { quietly } from './psql.ts';

export interface RestoreOptions {
  readonly tools: ClientTools;
  readonly connection: Connection;
  /** For errors: "the restore into shop". */
  readonly what: string;
  readonly kind: DumpFileKind;
  readonly format: ArchiveFormat;
  /** Parallel jobs, where the format allows them. */
  readonly jobs: number;
  /** Where archives in directory format are unpacked. */
  readonly workDirectory: string;
  readonly signal?: AbortSignal | undefined;
}

/** @throws BackupError when the server refuses something; DumpError, or zlib's error, when the file is damaged */
export async function restoreInto(options: RestoreOptions, source: AsyncIterable<Buffer>): Promise<void> {
  const { tools, connection, what, kind, format, jobs, workDirectory, signal } = options;
  const start = (name: string, parameters: readonly string[]): PipedProgram =>
    new PipedProgram({
      program: join(tools.folder, name),
      parameters,
      environment: clientEnvironment(connection),
      what: `${what} (${name})`,
      signal,
      causes: postgresCauses,
    });
  if (kind !== 'archive') {
    const psql = start('psql', [...quietly, '--no-password', '--output=/dev/null']);
    return psql.feed(sqlForRestore(decompress(source), tools.version));
  }
  const database = `--dbname=${databaseParameter(connection.database)}`;
  const parameters = ['--exit-on-error', '--no-owner', '--no-acl', '--no-password', database];
  if (format === 'custom') return start('pg_restore', parameters).feed(source);
  const folder = await mkdtemp(join(workDirectory, 'holdfast-archive-'));
  try {
    const archive = join(folder, 'archive');
    await unpack(source, archive, signal);
    await start('pg_restore', [...parameters, `--jobs=${jobs}`, archive]).finished();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
