/** Restores a file of a dump into a database, up to the first error. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DumpFileKind } from '../../domain/dump.ts';
import { type Connection, clientEnvironment, databaseParameter } from '../../dump/engines/postgres/connection.ts';
import { sqlForRestore } from '../../dump/engines/postgres/restorable.ts';
import type { Tools } from '../../dump/engines/postgres/tools.ts';
import type { ArchiveFormat } from '../../dump/files.ts';
import { decompress } from '../../runtime/compression/format.ts';
import { unpack } from './archive.ts';
import { Program } from './child.ts';
import { quietly } from './psql.ts';

export interface RestoreOptions {
  readonly tools: Tools;
  readonly connection: Connection;
  /** For errors: "the restore into shop". */
  readonly what: string;
  readonly kind: DumpFileKind;
  readonly format: ArchiveFormat;
  /** Tables that are restored side by side, where the format allows. */
  readonly jobs: number;
  /** Where an archive is unpacked that its tools cannot read as it comes. */
  readonly workDirectory: string;
  readonly signal?: AbortSignal | undefined;
}

/** @throws BackupError when the server refuses something; DumpError, or zlib's error, when the file is damaged */
export async function restoreInto(options: RestoreOptions, source: AsyncIterable<Buffer>): Promise<void> {
  const { tools, connection, what, kind, format, jobs, workDirectory, signal } = options;
  const start = (name: string, parameters: readonly string[]): Program =>
    new Program({
      program: join(tools.folder, name),
      parameters,
      environment: clientEnvironment(connection),
      what: `${what} (${name})`,
      signal,
    });
  const database = `--dbname=${databaseParameter(connection.database)}`;
  const fromArchive = ['--exit-on-error', '--no-owner', '--no-acl', '--no-password', database];
  if (kind !== 'archive') {
    const program = start('psql', [...quietly, '--no-password', '--output=/dev/null']);
    return program.feed(sqlForRestore(decompress(source), tools.version));
  }
  if (format === 'custom') return start('pg_restore', fromArchive).feed(source);
  const folder = await mkdtemp(join(workDirectory, 'holdfast-archive-'));
  try {
    const archive = join(folder, 'archive');
    await unpack(source, archive, signal);
    await start('pg_restore', [...fromArchive, `--jobs=${jobs}`, archive]).finished();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
