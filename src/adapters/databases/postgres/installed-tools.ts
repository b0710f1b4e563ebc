/** Finds the installed versions of PostgreSQL's client tools. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, clientEnvironment } from '../../../dump/engines/postgres/connection.ts';
import { type ClientTools, chooseTools, parseVersion, serverVersion } from '../../../dump/engines/postgres/tools.ts';
import { BackupError } from '../../../runtime/errors.ts';
import { runProgram } from '../programs.ts';
import { askPsql } from './psql.ts';

/** Where Debian, Red Hat and users put PostgreSQL's programs: the folders that have all of these. On GitHub's runners /usr/bin has a wrapper that chooses the newest series. */
export function toolFolders(programs: readonly string[]): string[] {
  const debian = '/usr/lib/postgresql';
  const series = existsSync(debian) ? readdirSync(debian).map((name) => join(debian, name, 'bin')) : [];
  const redHat = existsSync('/usr')
    ? readdirSync('/usr')
        .filter((name) => /^pgsql-\d+$/.test(name))
        .map((name) => join('/usr', name, 'bin'))
    : [];
  const path = (process.env.PATH ?? '').split(':').filter((folder) => folder !== '');
  return [...series, ...redHat, ...path].filter((folder) => programs.every((name) => existsSync(join(folder, name))));
}

/** Seconds in which a program must print its version. */
const versionSeconds = 30;

/** Lists the folders that hold all three tools, with the version of their pg_dump. Tools that do not run are left out. */
export async function findTools(signal?: AbortSignal): Promise<readonly ClientTools[]> {
  const environment = clientEnvironment(undefined);
  const installed: ClientTools[] = [];
  for (const folder of new Set(toolFolders(['pg_dump', 'pg_restore', 'psql']))) {
    const program = join(folder, 'pg_dump');
    const parameters = ['--version'];
    const text = await runProgram({
      program,
      parameters,
      environment,
      what: program,
      timeoutSeconds: versionSeconds,
      signal,
    }).catch(() => '');
    signal?.throwIfAborted();
    const version = parseVersion(text);
    if (version) installed.push({ folder, version });
  }
  return installed;
}

/**
 * Finds the tools for a server, by asking it with the newest ones.
 * @param question asks for server_version_num first, and for whatever the caller needs besides
 * @returns the tools, and the lines of the answer
 * @throws BackupError when no tools are installed, or none can read the server
 */
export async function toolsFor(
  connection: Connection,
  question: string,
  limits: { readonly timeoutSeconds?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<{ readonly tools: ClientTools; readonly answer: readonly string[] }> {
  const installed = await findTools(limits.signal);
  const newest = installed.toSorted((a, b) => b.version.major - a.version.major)[0];
  if (newest === undefined)
    throw new BackupError({
      what: 'pg_dump, pg_restore and psql are not installed here',
      fix: "install postgresql-client of the server's series before this step",
      code: 'tool-missing',
    });
  const text = await askPsql({ tools: newest, connection, sql: question, ...limits });
  const answer = text.trim().split('\n');
  return { tools: chooseTools(installed, serverVersion(Number(answer[0]))), answer };
}
