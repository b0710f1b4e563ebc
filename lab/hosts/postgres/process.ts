/** The process of a PostgreSQL server: started, found ready, and stopped by its folder alone. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../command.ts';
import { dataFolder, startServer, sweepServer } from '../server-process.ts';
import { asServer } from './cluster.ts';
import type { SeriesRoot } from './series.ts';

export function startProcess(
  directory: string,
  binaries: string,
  settings: Readonly<Record<string, string>>,
  root?: SeriesRoot,
): ChildProcess {
  const command = asServer(
    directory,
    root,
    // The server of a killed lab ends with it.
    '--pdeathsig=INT',
    join(binaries, 'postgres'),
    '-D',
    dataFolder(directory),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  );
  return startServer(directory, command, '/usr/bin:/bin');
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

/** Stops the server of this folder, also one that a dead lab has left. Safe when there is none. */
export function sweepPostgres(directory: string): Promise<void> {
  return sweepServer(directory, {
    product: 'PostgreSQL',
    word: dataFolder,
    // "Fast", then without a checkpoint, at last by force.
    shutdowns: [
      ['SIGINT', 600],
      ['SIGQUIT', 200],
      ['SIGKILL', 200],
    ],
  });
}
