/** The process of a PostgreSQL server: started, found ready, and stopped by its folder alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pause } from '../command.ts';
import { asServer, dataFolder } from './cluster.ts';
import type { SeriesRoot } from './series.ts';

const pidFile = (directory: string): string => join(directory, 'server.pid');
export const logFile = (directory: string): string => join(directory, 'server.log');

export function startProcess(
  directory: string,
  binaries: string,
  settings: Readonly<Record<string, string>>,
  root?: SeriesRoot,
): ChildProcess {
  const log = openSync(logFile(directory), 'w');
  const [program, ...parameters] = asServer(
    directory,
    root,
    // The server of a killed lab ends with it.
    '--pdeathsig=INT',
    join(binaries, 'postgres'),
    '-D',
    dataFolder(directory),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  );
  try {
    const server = spawn(program, parameters, {
      cwd: directory,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', log, log],
      // A process group of its own: Ctrl-C at the terminal reaches the lab, which stops its server itself.
      detached: true,
    });
    // A server that did not start is noticed by listens().
    server.on('error', () => {});
    server.unref();
    writeFileSync(pidFile(directory), `${server.pid ?? ''}\n`);
    return server;
  } finally {
    closeSync(log);
  }
}

/** Waits until the server accepts connections, at most a minute; false when it has ended instead. */
export async function listens(directory: string, server: ChildProcess): Promise<boolean> {
  for (let tries = 0; tries < 1200; tries += 1) {
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return false;
    // The server writes this file: its process in the first line, its state in the eighth.
    const file = join(dataFolder(directory), 'postmaster.pid');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    if (Number(lines[0]) === server.pid && lines[7]?.trim() === 'ready') return true;
    await pause(50);
  }
  return false;
}

/** Shutdowns, the gentlest first: "fast", then without a checkpoint, at last by force; and how often each is waited for. */
const shutdowns = [
  ['SIGINT', 600],
  ['SIGQUIT', 200],
  ['SIGKILL', 200],
] as const;

/** Stops the server of this folder, also one that a dead lab has left. Safe when there is none. */
export async function sweepPostgres(directory: string): Promise<void> {
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
  if (serves(pid, folder)) throw new Error(`the PostgreSQL server in ${folder} (process ${pid}) does not end`);
  rmSync(pidFile(folder), { force: true });
}

/** Whether a process is the server of this folder: the number of one that has ended may belong to another program. */
function serves(pid: number, directory: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataFolder(directory));
  } catch {
    return false;
  }
}
