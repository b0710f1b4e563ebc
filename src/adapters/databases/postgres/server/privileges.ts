/** How commands run as root here. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BackupError } from '../../../../runtime/errors.ts';
import { runProgram } from '../../programs.ts';
import { neededPrograms } from './confinement.ts';

/** Nothing else of the action's environment reaches a command that runs as root. */
export const rootEnvironment: Readonly<Record<string, string>> = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
};

/** Absolute path of a program of the system, whatever the PATH of the action; undefined when there is none. */
function systemProgram(name: string): string | undefined {
  const folders = rootEnvironment.PATH?.split(':') ?? [];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** From version 14 on, Debian has pivot_root in a package of its own. */
const packageOf = (missing: readonly string[]): string =>
  missing.every((name) => name === 'pivot_root') ? 'util-linux-extra' : 'util-linux';

/** Seconds in which sudo must answer. */
const sudoSeconds = 30;

/** The error that says why this machine can have no server of its own. */
export function noServer(reason: string, fix: string): BackupError {
  return new BackupError({
    what: `no PostgreSQL server can be started here for the proof: ${reason}`,
    fix,
    code: 'no-own-server',
  });
}

/**
 * @returns what goes before a command so that it runs as root: nothing, or sudo
 * @throws BackupError (`no-own-server`) when neither works
 */
export async function asRoot(signal?: AbortSignal): Promise<readonly string[]> {
  const missing = neededPrograms.filter((name) => systemProgram(name) === undefined);
  if (missing.length > 0)
    throw noServer(`${missing.join(', ')} is missing`, `install ${packageOf(missing)}, or give scratch-url`);
  if (process.geteuid?.() === 0) return [];
  const program = systemProgram('sudo');
  const works =
    program !== undefined &&
    (await runProgram({
      program,
      parameters: ['-n', '--', 'true'],
      environment: rootEnvironment,
      what: 'sudo',
      timeoutSeconds: sudoSeconds,
      signal,
    }).then(
      () => true,
      () => false,
    ));
  signal?.throwIfAborted();
  if (works) return [program, '-n', '--'];
  throw noServer(
    'that needs root, or sudo without a password',
    'let the account of the runner use sudo, as on GitHub’s own runners, or give scratch-url',
  );
}
