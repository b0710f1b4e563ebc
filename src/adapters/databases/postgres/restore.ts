/** Restores a file of a dump into a database: for people up to the first error, for a proof as far as the server lets it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DumpFileKind } from '../../../domain/dump.ts';
import { type Connection, clientEnvironment, databaseParameter } from '../../../dump/engines/postgres/connection.ts';
import { RefusalReader } from '../../../dump/engines/postgres/refusals/refusals.ts';
import { restoreCauses } from '../../../dump/engines/postgres/refusals/restore-causes.ts';
import { sqlForRestore } from '../../../dump/engines/postgres/restore/restorable.ts';
import {
  parseTarget,
  type RestoreTarget,
  targetQuestion,
} from '../../../dump/engines/postgres/restore/restore-target.ts';
import { StatementFilter } from '../../../dump/engines/postgres/restore/statement-filter.ts';
import type { ClientTools } from '../../../dump/engines/postgres/tools.ts';
import type { PostgresFormat } from '../../../dump/files.ts';
import type { Refusal } from '../../../ports/dump-engine.ts';
import { decompress } from '../../../runtime/compression/format.ts';
import type { BackupError } from '../../../runtime/errors.ts';
import { unpack } from '../archive.ts';
import { checkedOutput, PipedProgram, type PipedProgramOptions } from '../piped-program.ts';
import { programFailed } from '../tool-output.ts';
import { askPsql, type Question, quietly } from './psql.ts';

export interface RestoreOptions {
  readonly tools: ClientTools;
  readonly connection: Connection;
  /** For errors: "the restore into shop". */
  readonly what: string;
  readonly kind: DumpFileKind;
  readonly format: PostgresFormat;
  /** Parallel jobs, where the format allows them. */
  readonly jobs: number;
  /** Where archives in directory format are unpacked. */
  readonly workDirectory: string;
  readonly signal?: AbortSignal | undefined;
}

/** Asks a server what a restore needs to know of it. */
export async function targetOf(options: Omit<Question, 'sql'>): Promise<RestoreTarget> {
  return parseTarget((await askPsql({ ...options, sql: targetQuestion })).trim());
}

/**
 * @param filter leaves out what the server cannot take
 * @throws BackupError when the server refuses something; DumpError, or zlib's error, when the file is damaged
 */
export async function restoreInto(
  options: RestoreOptions,
  source: AsyncIterable<Buffer>,
  filter?: StatementFilter,
): Promise<void> {
  if (options.kind !== 'archive') return restoreSql(options, source, { goOn: false, filter });
  const stopping = ['--exit-on-error'];
  const lacksSettings = filter?.lacksSettingsOf(options.tools.version) === true;
  if (filter === undefined || (filter.superuser && !lacksSettings))
    return restoreArchive(options, source, stopping, {});
  if (options.format === 'custom') {
    // Of an archive that comes through a pipe, pg_restore itself leaves out no single statement.
    const sql = start(options, 'pg_restore', ['--file=-', ...portable], {}).through(source);
    return restoreSql(options, sql, { goOn: false, filter });
  }
  if (!lacksSettings) return restoreArchive(options, source, stopping, {}, ownItems);
  // pg_restore sets at first what the server does not know, and would end there.
  const [refusal] = await restoreAsFarAsPossible(options, source);
  if (refusal) throw failed(options, 'pg_restore', 1, `pg_restore: error: ${refusal.message}`);
}

/** For any server. */
const portable = ['--no-owner', '--no-acl', '--no-tablespaces'];

/** The list of an archive's items without comments on what only a superuser owns, where the role that restores is none. */
function ownItems(list: string): string {
  return list.replaceAll(/^\d+; \d+ \d+ COMMENT - (EXTENSION .*|SCHEMA public .*)$/gm, ';$&');
}

/**
 * Restores what the server takes.
 * @returns the statements that it refused
 * @throws BackupError when the restore ended early, with the code `file-damaged` when that is due to the file; DumpError, or
 *   zlib's error, when the file is damaged
 */
export async function restoreAsFarAsPossible(
  options: RestoreOptions,
  source: AsyncIterable<Buffer>,
): Promise<readonly Refusal[]> {
  const reader = new RefusalReader();
  const onErrors = (text: string): void => reader.push(text);
  if (options.kind === 'archive') {
    const failure = (status: number | string): BackupError | undefined => archiveFailure(options, reader, status);
    await restoreArchive(options, source, [], { onErrors, failure });
    return reader.end();
  }
  let stopped = false;
  // psql's status where it stops because of ON_ERROR_STOP (its manual, "Exit Status").
  const failure = (status: number | string): BackupError | undefined => {
    if (status !== 3) return failed(options, 'psql', status, reader.lastWords);
    stopped = true;
    return undefined;
  };
  // What the tools write for servers newer than this one is no content that it refuses.
  const filter = new StatementFilter(await targetOf(options), 'proof');
  await restoreSql(options, source, { goOn: true, filter, onErrors, failure });
  const refusals = reader.end();
  const last = refusals.at(-1);
  return stopped && last
    ? [...refusals.slice(0, -1), { ...last, ended: 'psql would take the rows for statements' }]
    : refusals;
}

type Watch = Pick<PipedProgramOptions, 'onErrors' | 'failure'>;

function start(options: RestoreOptions, name: string, parameters: readonly string[], watch: Watch): PipedProgram {
  const { tools, connection, what, signal } = options;
  return new PipedProgram({
    program: join(tools.folder, name),
    parameters,
    environment: clientEnvironment(connection),
    what: `${what} (${name})`,
    signal,
    causes: restoreCauses,
    ...watch,
  });
}

async function restoreSql(
  options: RestoreOptions,
  source: AsyncIterable<Buffer>,
  { goOn, filter, ...watch }: Watch & { readonly goOn: boolean; readonly filter?: StatementFilter | undefined },
): Promise<void> {
  // With these, each error comes with its SQLSTATE and its statement.
  const telling = goOn ? ['-v', 'VERBOSITY=verbose', '-v', 'ECHO=errors'] : [];
  const psql = start(options, 'psql', [...quietly, ...telling, '--no-password', '--output=/dev/null'], watch);
  await psql.feed(sqlForRestore(decompress(source), options.tools.version, { goOn, filter }));
}

async function restoreArchive(
  options: RestoreOptions,
  source: AsyncIterable<Buffer>,
  more: readonly string[],
  watch: Watch,
  chooseItems?: (list: string) => string,
): Promise<void> {
  const { connection, format, jobs, workDirectory, signal } = options;
  const database = `--dbname=${databaseParameter(connection.database)}`;
  const parameters = [...more, ...portable, '--no-password', database];
  if (format === 'custom') return start(options, 'pg_restore', parameters, watch).feed(source);
  const folder = await mkdtemp(join(workDirectory, 'holdfast-archive-'));
  try {
    const archive = join(folder, 'archive');
    await unpack(source, archive, signal);
    if (chooseItems) {
      const items = join(folder, 'items');
      let list = '';
      for await (const part of checkedOutput(start(options, 'pg_restore', ['--list', archive], {})))
        list += part.toString('latin1');
      await writeFile(items, chooseItems(list), 'latin1');
      parameters.push(`--use-list=${items}`);
    }
    await start(options, 'pg_restore', [...parameters, `--jobs=${jobs}`, archive], watch).finished();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** pg_restore counts the errors that it ignored, and only when it has come to its end. */
function archiveFailure(
  options: RestoreOptions,
  reader: RefusalReader,
  status: number | string,
): BackupError | undefined {
  return reader.restoreEnded ? undefined : failed(options, 'pg_restore', status, reader.lastWords);
}

/** The program's own last words alone tell what ended it: the server's may be about anything. */
function failed({ what }: RestoreOptions, name: string, status: number | string, errors: string): BackupError {
  return programFailed({ what: `${what} (${name})`, status, errors, causes: restoreCauses });
}
