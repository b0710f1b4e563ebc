/** The process of a database server in a folder of its own: started, and stopped by its folder alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { attempt, pause } from './command.ts';

/** Words that run a program as the account of a server, which has no rights. */
export const runsAs = (account: string): readonly string[] => [
  `--reuid=${account}`,
  `--regid=${account}`,
  '--init-groups',
  '--inh-caps=-all',
];

/** @throws Error that names the folder which the account cannot enter, when it cannot write into its own */
export async function mustEnter(account: string, directory: string): Promise<void> {
  const may = (right: string, folder: string): Promise<boolean> =>
    attempt('setpriv', ...runsAs(account), 'test', right, folder);
  if (await may('-w', directory)) return;
  let closed = directory;
  for (let above = dirname(directory); above !== dirname(above); above = dirname(above))
    if (!(await may('-x', above))) closed = above;
  throw new Error(`the user ${account} cannot enter ${closed}: put the server's folder elsewhere`);
}

export const dataFolder = (directory: string): string => join(directory, 'data');
const pidFile = (directory: string): string => join(directory, 'server.pid');
export const logFile = (directory: string): string => join(directory, 'server.log');

/** @param path where it finds other programs */
export function startServer(
  directory: string,
  [program, ...parameters]: readonly [string, ...string[]],
  path: string,
): ChildProcess {
  const log = openSync(logFile(directory), 'w');
  try {
    const server = spawn(program, parameters, {
      cwd: directory,
      env: { PATH: path, LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', log, log],
      // A process group of its own: Ctrl-C at the terminal reaches the lab, which stops its server itself.
      detached: true,
    });
    // A server that did not start is noticed when it is waited for.
    server.on('error', () => {});
    server.unref();
    writeFileSync(pidFile(directory), `${server.pid ?? ''}\n`);
    return server;
  } finally {
    closeSync(log);
  }
}

export interface ServerKind {
  /** For errors. */
  readonly product: string;
  /** A word of the command line that only the server of this folder has. */
  readonly word: (directory: string) => string;
  /** Signals, the gentlest first, and how often 50 ms are waited for each. */
  readonly shutdowns: readonly (readonly [NodeJS.Signals, number])[];
}

/** Stops the server of this folder, also one that a dead lab has left. Safe when there is none. */
export async function sweepServer(directory: string, { product, word, shutdowns }: ServerKind): Promise<void> {
  const folder = resolve(directory);
  if (!existsSync(pidFile(folder))) return;
  const pid = Number(readFileSync(pidFile(folder), 'utf8'));
  const serves = (): boolean => hasWord(pid, word(folder));
  for (const [signal, tries] of shutdowns) {
    if (!serves()) break;
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
    for (let tried = 0; tried < tries && serves(); tried += 1) await pause(50);
  }
  if (serves()) throw new Error(`the ${product} server in ${folder} (process ${pid}) does not end`);
  rmSync(pidFile(folder), { force: true });
}

/** Whether a process is that server: the number of one that has ended may belong to another program. */
function hasWord(pid: number, word: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word);
  } catch {
    return false;
  }
}
