/** The process of a MariaDB server: started, and stopped by its folder alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pause } from '../command.ts';

const account = 'mysql';

/** Parameters of setpriv that run a program as the server's account. */
export const asAccount: readonly string[] = [
  `--reuid=${account}`,
  `--regid=${account}`,
  '--init-groups',
  '--inh-caps=-all',
];

export const dataFolder = (directory: string): string => join(directory, 'data');
export const logFile = (directory: string): string => join(directory, 'server.log');
/** A path that is short enough for a socket's address (108 bytes), as the folder of a test is. */
export const socketOf = (directory: string): string => join(directory, 's');
const pidFile = (directory: string): string => join(directory, 'server.pid');

export function startProcess(directory: string, settings: Readonly<Record<string, string>>): ChildProcess {
  const log = openSync(logFile(directory), 'w');
  const options = Object.entries(settings).map(([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`));
  try {
    const server = spawn(
      'setpriv',
      [
        ...asAccount,
        // The server of a killed lab ends with it.
        '--pdeathsig=TERM',
        'mariadbd',
        '--no-defaults',
        `--datadir=${dataFolder(directory)}`,
        `--tmpdir=${join(directory, 'tmp')}`,
        `--socket=${socketOf(directory)}`,
        `--pid-file=${join(directory, 'tmp', 'mariadbd.pid')}`,
        ...options,
      ],
      {
        cwd: directory,
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
        stdio: ['ignore', log, log],
        // A process group of its own: Ctrl-C at the terminal reaches the lab, which stops its server itself.
        detached: true,
      },
    );
    // A server that did not start is noticed when it is waited for.
    server.on('error', () => {});
    server.unref();
    writeFileSync(pidFile(directory), `${server.pid ?? ''}\n`);
    return server;
  } finally {
    closeSync(log);
  }
}

/** Shutdowns, the gentler first, and how often each is waited for. */
const shutdowns = [
  ['SIGTERM', 600],
  ['SIGKILL', 200],
] as const;

/** Stops the server of this folder, also one that a dead lab has left. Safe when there is none. */
export async function sweepMysql(directory: string): Promise<void> {
  const folder = resolve(directory);
  if (!existsSync(pidFile(folder))) return;
  const pid = Number(readFileSync(pidFile(folder), 'utf8'));
  for (const [signal, tries] of shutdowns) {
    if (!serves(pid, folder)) break;
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
    for (let tried = 0; tried < tries && serves(pid, folder); tried += 1) await pause(50);
  }
  if (serves(pid, folder)) throw new Error(`the MariaDB server in ${folder} (process ${pid}) does not end`);
  rmSync(pidFile(folder), { force: true });
}

/** Whether a process is the server of this folder: the number of one that has ended may belong to another program. */
function serves(pid: number, directory: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .includes(`--datadir=${dataFolder(directory)}`);
  } catch {
    return false;
  }
}
