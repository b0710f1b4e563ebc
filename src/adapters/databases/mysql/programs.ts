/** The programs of MySQL and MariaDB that are installed, and what they are started with. */

import { randomBytes } from 'node:crypto';
import { access, constants, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Connection, optionFile } from '../../../dump/engines/mysql/connection.ts';
import { parseTool, type Tool } from '../../../dump/engines/mysql/tools.ts';
import type { RemotePlace } from '../../../ports/remote.ts';
import { runProgram } from '../programs.ts';

/** Where packages put them, beside PATH: sudo and services may have a short one. */
const usualFolders = ['/usr/bin', '/usr/local/bin', '/usr/local/mysql/bin', '/opt/homebrew/bin', '/usr/sbin'];
const versionSeconds = 30;

/**
 * The whole environment of a program. Nothing of the runner's own may change what it does: it reads no option file but the one that
 * it is given (MySQL manual, "Command-Line Options that Affect Option-File Handling"), and no login path.
 */
export const programEnvironment = (): Record<string, string> => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  MYSQL_TEST_LOGIN_FILE: '/nonexistent/none',
  LC_ALL: 'C.UTF-8',
});

/** @param names in the order in which they are looked for; each program counts once per folder */
export async function findPrograms(
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly Tool[]> {
  const folders = [...new Set([...(process.env.PATH ?? '').split(delimiter), ...usualFolders])].filter(
    (one) => one !== '',
  );
  const found: Tool[] = [];
  for (const folder of folders)
    for (const name of names) {
      const path = join(folder, name);
      const tool = (await isExecutable(path)) ? await askVersion(path, signal) : undefined;
      if (tool) found.push(tool);
    }
  return found;
}

/** The same in another place, where PATH finds them. */
export async function findProgramsThere(
  place: RemotePlace,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Tool[]> {
  const found: Tool[] = [];
  for (const name of names) {
    const what = `${name} --version`;
    const output = await place.read({ words: [name, '--no-defaults', '--version'], what, signal }).catch(() => '');
    signal.throwIfAborted();
    const tool = parseTool(name, output);
    if (tool) found.push(tool);
  }
  return found;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Undefined for what is no such program. */
async function askVersion(path: string, signal: AbortSignal | undefined): Promise<Tool | undefined> {
  try {
    const output = await runProgram({
      program: path,
      parameters: ['--no-defaults', '--version'],
      environment: programEnvironment(),
      what: `${path} --version`,
      timeoutSeconds: versionSeconds,
      signal,
    });
    return parseTool(path, output);
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

/** An option file that only this account can read. It is removed with `remove`, once the program has begun or ended. */
export async function writeOptions(
  connection: Connection,
  family: Tool['family'],
  charset: string,
  folder: string,
): Promise<{ readonly parameter: string; readonly remove: () => Promise<void> }> {
  const path = join(folder, `holdfast-${randomBytes(8).toString('hex')}.cnf`);
  await writeFile(path, optionFile(connection, family, charset), { mode: 0o600, flag: 'wx' });
  return { parameter: `--defaults-file=${path}`, remove: () => rm(path, { force: true }) };
}
