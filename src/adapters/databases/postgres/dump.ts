/** A dump in progress on the runner: a psql session holds the snapshot, from which pg_dump reads. */
import { join } from 'node:path';
import { type Connection, clientEnvironment } from '../../../dump/engines/postgres/connection.ts';
import { fingerprintScript, noTimeouts, sequencesScript } from '../../../dump/engines/postgres/fingerprint.ts';
import { parseFingerprint } from '../../../dump/engines/postgres/fingerprint-rows.ts';
import type { ClientTools } from '../../../dump/engines/postgres/tools.ts';
import type { ArchiveFormat } from '../../../dump/files.ts';
import type { DumpInProgress } from '../../../ports/dump-engine.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { pack, writeArchive } from '../archive.ts';
import { checkedOutput, PipedProgram } from '../piped-program.ts';
import { postgresCauses } from './causes.ts';
import { PsqlSession } from './psql.ts';

export interface DumpSource {
  readonly connection: Connection;
  readonly tools: ClientTools;
  readonly serverVersion: string;
}

export interface DumpOptions {
  /** Seconds to wait for a lock. */
  readonly lockTimeoutSeconds: number;
  /** pg_dump's compression level inside the archive, 0 to 9. */
  readonly archiveLevel: number;
  readonly format: ArchiveFormat;
  /** Parallel jobs of dump and restore, where the format allows them. */
  readonly jobs: number;
}

export async function beginDump(
  source: DumpSource,
  folder: string,
  options: DumpOptions,
  context: WorkContext,
): Promise<DumpInProgress> {
  const { connection, tools, serverVersion } = source;
  const { clock, signal } = context;
  const session = new PsqlSession({
    program: join(tools.folder, 'psql'),
    environment: clientEnvironment(connection),
    what: `the session that holds the snapshot of ${connection.shown}`,
    signal,
  });
  const [snapshot = '', takenAt = ''] = await session.query(
    `${noTimeouts} SET lock_timeout = '${options.lockTimeoutSeconds}s';
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot();
SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');`,
  );
  const early = await session.query(sequencesScript);
  return {
    takenAt,
    fingerprint: async (archive) => {
      const startedAt = clock.now().getTime();
      const lines = await session.query(fingerprintScript);
      const seconds = (clock.now().getTime() - startedAt) / 1000;
      await archive.catch(() => {});
      const late = await session.query(sequencesScript);
      return parseFingerprint([...early, ...lines, ...late], { takenAt, seconds, serverVersion });
    },
    archive: async (upload, onProgress) => {
      const path = join(folder, 'archive');
      const bytes = await dumpTo(path, snapshot, source, options, { upload, onProgress, signal });
      return { path, bytes };
    },
    end: () => session.end(),
  };
}

/** @returns bytes of the archive as it was uploaded */
async function dumpTo(
  path: string,
  snapshot: string,
  { connection, tools }: DumpSource,
  { archiveLevel, lockTimeoutSeconds, format, jobs }: DumpOptions,
  targets: Omit<Parameters<typeof writeArchive>[1], 'path'>,
): Promise<number> {
  const { signal } = targets;
  const pgDump = (...parameters: string[]): PipedProgram =>
    new PipedProgram({
      program: join(tools.folder, 'pg_dump'),
      parameters: [
        ...parameters,
        `--compress=${archiveLevel}`,
        `--snapshot=${snapshot}`,
        `--lock-wait-timeout=${lockTimeoutSeconds}s`,
        '--no-password',
      ],
      environment: clientEnvironment(connection),
      what: `pg_dump of ${connection.shown}`,
      signal,
      causes: postgresCauses,
    });
  if (format === 'custom') return writeArchive(checkedOutput(pgDump('--format=custom')), { ...targets, path });
  await pgDump('--format=directory', `--jobs=${jobs}`, `--file=${path}`).finished();
  return writeArchive(pack(path, signal), targets);
}
