/** The process of a MariaDB server: started, and stopped by its folder alone. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { dataFolder, runsAs, startServer, sweepServer } from '../server-process.ts';

export const account = 'mysql';

/** A path that is short enough for a socket's address (108 bytes), as the folder of a test is. */
export const socketOf = (directory: string): string => join(directory, 's');

export function startProcess(directory: string, settings: Readonly<Record<string, string>>): ChildProcess {
  const options = Object.entries(settings).map(([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`));
  return startServer(
    directory,
    [
      'setpriv',
      ...runsAs(account),
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
    '/usr/sbin:/usr/bin:/sbin:/bin',
  );
}

/** Stops the server of this folder, also one that a dead lab has left. Safe when there is none. */
export function sweepMysql(directory: string): Promise<void> {
  return sweepServer(directory, {
    product: 'MariaDB',
    word: (folder) => `--datadir=${dataFolder(folder)}`,
    shutdowns: [
      ['SIGTERM', 600],
      ['SIGKILL', 200],
    ],
  });
}
