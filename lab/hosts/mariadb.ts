/** MariaDB's own server, which stands in for Infobright: its settings, and a server on a data folder outside any host. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command, pause } from './command.ts';

/** Folder of the database on its volume. */
export const dataFolder = 'data';

/** Small and quick to start and stop; the same on the hosts and here. */
export const serverOptions = [
  'innodb-buffer-pool-size=48M',
  'innodb-log-file-size=16M',
  'innodb-fast-shutdown=1',
  'performance-schema=OFF',
  'skip-log-bin',
  'character-set-server=utf8mb4',
];

/** Runs statements in the mariadb client. @throws Error with the client's message */
export type Sql = (text: string) => Promise<string>;

/** Milliseconds between two attempts to reach a server that is starting, and how many there are. */
const startPause = 100;
const startAttempts = 1800;

/** Creates a MariaDB data folder, owned by the user mysql. */
export async function installDatabase(data: string): Promise<void> {
  mkdirSync(data);
  await command('chown', '-R', 'mysql:mysql', dirname(data));
  await withTemporaryFolder(data, (temporary) =>
    command(
      'mariadb-install-db',
      '--user=mysql',
      `--datadir=${data}`,
      `--tmpdir=${temporary}`,
      '--skip-test-db',
      '--auth-root-authentication-method=socket',
      '--skip-name-resolve',
      ...serverOptions.map((option) => `--${option}`),
    ),
  );
}

/** Runs a server on a data folder while `work` runs, and stops it afterwards. */
export function withServer(data: string, work: (sql: Sql) => Promise<unknown>): Promise<void> {
  return withTemporaryFolder(data, async (temporary) => {
    const socket = join(data, 'lab.sock');
    const client = ['--no-defaults', `--socket=${socket}`, '--default-character-set=utf8mb4', '--batch', '--execute'];
    const sql: Sql = (text) => command('mariadb', ...client, text);
    const server = startServer(data, temporary, socket);
    const ended = new Promise<void>((resolve) => server.on('exit', () => resolve()));
    try {
      await untilItAnswers(sql, () => server.exitCode !== null, data);
      await work(sql);
    } finally {
      server.kill('SIGTERM');
      await ended;
    }
  });
}

function startServer(data: string, temporary: string, socket: string) {
  const options = [
    '--no-defaults',
    '--user=mysql',
    `--datadir=${data}`,
    `--tmpdir=${temporary}`,
    `--socket=${socket}`,
    '--skip-networking',
    ...serverOptions.map((option) => `--${option}`),
  ];
  return spawn('mariadbd', options, { stdio: 'ignore', detached: true });
}

async function untilItAnswers(sql: Sql, hasEnded: () => boolean, data: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const answers = await sql('SELECT 1').then(
      () => true,
      () => false,
    );
    if (answers) return;
    if (tries > startAttempts || hasEnded()) throw new Error(`the database server does not start on ${data}`);
    await pause(startPause);
  }
}

/**
 * A folder for the temporary tables of one server. When a server starts, it removes the temporary tables in its folder,
 * also those of other servers that share it, and labs may start at the same time.
 */
async function withTemporaryFolder(data: string, work: (temporary: string) => Promise<unknown>): Promise<void> {
  const temporary = mkdtempSync(join(dirname(data), 'tmp-'));
  try {
    await command('chown', 'mysql:mysql', temporary);
    await work(temporary);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
