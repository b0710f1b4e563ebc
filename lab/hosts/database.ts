/** The sample database and what can be done to a volume that nobody has mounted: all with MariaDB's own server. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attempt, command, pause, unmount } from './command.ts';
import type { StoredImage } from './host.ts';

/** Size of the volume with the sample database, in MiB. */
const volumeMiB = 640;
/** Folder of the database on its volume. */
export const dataFolder = 'data';
const seed = fileURLToPath(new URL('./image/sample.sql', import.meta.url));

/** Small and quick to start and stop; the same on hosts and here. */
export const serverOptions = [
  'innodb-buffer-pool-size=48M',
  'innodb-log-file-size=16M',
  'innodb-fast-shutdown=1',
  'performance-schema=OFF',
  'skip-log-bin',
  'character-set-server=utf8mb4',
];

/** The sample volume as an image file, made once for each machine and kept. */
export async function sampleImage(cache: string, say: (text: string) => void): Promise<string> {
  const server = await command('mariadbd', '--version');
  const key = createHash('sha256')
    .update(readFileSync(seed))
    .update(server)
    .update(String(volumeMiB))
    .update(serverOptions.join())
    .digest('hex')
    .slice(0, 12);
  const path = join(cache, `sample-${key}.img`);
  if (existsSync(path)) return path;
  say('making the sample database (once for this machine)');
  mkdirSync(cache, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, '');
  truncateSync(unfinished, volumeMiB * 1024 ** 2);
  try {
    await command('mkfs.xfs', '-q', '-L', 'ibdata', unfinished);
    await withMounted(unfinished, async (folder) => {
      const data = join(folder, dataFolder);
      mkdirSync(data);
      await command('chown', '-R', 'mysql:mysql', folder);
      await withTemporary(data, (temporary) =>
        command(
          'mariadb-install-db',
          '--user=mysql',
          `--datadir=${data}`,
          `--tmpdir=${temporary}`,
          '--skip-test-db',
          '--auth-root-authentication-method=socket',
          '--skip-name-resolve',
          ...serverOptions.map((one) => `--${one}`),
        ),
      );
      await withServer(data, (sql) => sql(`source ${seed}`));
    });
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return path;
}

/** Mounts an image below /run for the length of some work. */
async function withMounted<T>(path: string, work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync('/run/holdfast-lab', { recursive: true });
  const folder = mkdtempSync('/run/holdfast-lab/image-');
  await command('chmod', '755', folder);
  await command('mount', '-o', 'loop,nouuid', path, folder);
  try {
    return await work(folder);
  } finally {
    await unmount(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A folder for the temporary tables of one server: in one that servers share, each removes those of the others when it starts,
 * and labs may start at the same time.
 */
async function withTemporary(data: string, work: (temporary: string) => Promise<unknown>): Promise<void> {
  const temporary = mkdtempSync(join(dirname(data), 'tmp-'));
  try {
    await command('chown', 'mysql:mysql', temporary);
    await work(temporary);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Runs a server of its own on a data folder for the length of some work. */
function withServer(data: string, work: (sql: (text: string) => Promise<string>) => Promise<unknown>): Promise<void> {
  return withTemporary(data, (temporary) => serve(data, temporary, work));
}

async function serve(
  data: string,
  temporary: string,
  work: (sql: (text: string) => Promise<string>) => Promise<unknown>,
): Promise<void> {
  const socket = join(data, 'lab.sock');
  const options = [
    '--no-defaults',
    '--user=mysql',
    `--datadir=${data}`,
    `--tmpdir=${temporary}`,
    `--socket=${socket}`,
    '--skip-networking',
    ...serverOptions.map((one) => `--${one}`),
  ];
  const server = spawn('mariadbd', options, { stdio: 'ignore', detached: true });
  const ended = new Promise<void>((resolve) => server.on('exit', () => resolve()));
  const sql = (text: string): Promise<string> =>
    command(
      'mariadb',
      '--no-defaults',
      `--socket=${socket}`,
      '--default-character-set=utf8mb4',
      '--batch',
      '--execute',
      text,
    );
  try {
    for (
      let tries = 0;
      !(await attempt('mariadb', '--no-defaults', `--socket=${socket}`, '-e', 'SELECT 1'));
      tries += 1
    ) {
      if (tries > 300 || server.exitCode !== null) throw new Error(`the database server does not start on ${data}`);
      await pause(100);
    }
    await work(sql);
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

/** What a broken restore looks like: bytes flipped in data files, a table gone, or rows that differ. */
export async function damage(image: StoredImage, how: 'bytes' | 'table' | 'rows'): Promise<void> {
  await withMounted(image.path, async (folder) => {
    const data = join(folder, dataFolder);
    if (how === 'rows') {
      await withServer(data, (sql) =>
        sql(
          'DELETE FROM ads.clicks WHERE id % 1000 = 7; UPDATE billing.invoices SET amount = amount + 0.01 WHERE id = 4711',
        ),
      );
    } else if (how === 'table') {
      for (const name of readdirSync(join(data, 'billing')))
        if (name.startsWith('rates.')) rmSync(join(data, 'billing', name));
    } else {
      flip(join(data, 'ads', 'impressions_daily.ibd'));
    }
  });
}

/** Overwrites bytes in the middle of every eighth page: enough that any full read meets one. */
function flip(path: string): void {
  const file = openSync(path, 'r+');
  try {
    for (let at = 5 * 16384 + 700; at < statSync(path).size; at += 8 * 16384)
      writeSync(file, Buffer.alloc(64, 0xa5), 0, 64, at);
  } finally {
    closeSync(file);
  }
}
