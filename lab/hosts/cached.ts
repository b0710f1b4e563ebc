/** What is made once and kept: folders of the labs' cache, made under a lock, since labs and suites start at the same time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { labsDirectory } from '../directory.ts';

export const cacheFolder = join(labsDirectory, 'cache');

/**
 * The folder, made now if there is none. Its name must say what it was made from, since it is never made again.
 * @param make fills a folder that is empty; it is renamed once it is whole, so a dead process leaves nothing behind that counts
 */
export async function madeOnce(folder: string, make: (making: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  await underLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const making = `${folder}.making`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making);
    await make(making);
    renameSync(making, folder);
  });
  return folder;
}

/** Runs `work` while nobody else holds the lock. The kernel frees the lock of a process that dies. */
export async function underLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const holder = spawn('flock', ['--exclusive', path, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Ctrl-C at the terminal ends it only with this process.
    detached: true,
  });
  const ended = once(holder, 'close');
  try {
    const answer = await Promise.race([once(holder.stdout, 'data'), ended]);
    if (!Buffer.isBuffer(answer[0])) throw new Error(`flock ${path} ended with ${answer[0]}`);
    return await work();
  } finally {
    holder.stdin.end();
    await ended.catch(() => {});
  }
}
