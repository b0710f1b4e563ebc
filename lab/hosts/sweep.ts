/** Takes away what a lab that was killed has left: found by its folder alone. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeGroups } from './cgroup.ts';
import { attempt, command, pause, unmount } from './command.ts';
import { postgresFolder, runtimeFolder } from './places.ts';
import { sweepPostgres } from './postgres/process.ts';

/** Safe to call when nothing is left, and beside other labs. */
export async function sweepLab(labDirectory: string): Promise<void> {
  const runtime = runtimeFolder(labDirectory);
  if (existsSync(runtime)) {
    await killContainers(runtime);
    // Volumes first: the pool their images lie in cannot be unmounted under them, and would take their names along.
    await releaseLoops(`${runtime}/`);
    await unmountBelow(runtime);
    await releaseLoops(join(labDirectory, 'pool.img'));
    rmSync(runtime, { recursive: true, force: true });
  }
  await removeGroups(runtime);
  const postgres = postgresFolder(labDirectory);
  for (const name of ['source', 'scratch']) await sweepPostgres(join(postgres, name));
  if (existsSync(join(postgres, 'work'))) await attempt('umount', join(postgres, 'work'));
  rmSync(postgres, { recursive: true, force: true });
  rmSync(join(labDirectory, 'pool.img'), { force: true });
}

/**
 * Kills systemd-nspawn and everything inside: a container's first process outlives it. What lives inside is known by its
 * root, an overlay whose upper layer lies in the lab's folder.
 */
export async function killContainers(runtime: string): Promise<void> {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const ours = pids.filter((pid) => livesIn(pid, runtime) || starts(pid, runtime));
  for (const pid of ours) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has died with its container's first process.
    }
  }
  for (let tries = 0; ours.some((pid) => existsSync(`/proc/${pid}/root/.`)) && tries < 200; tries += 1) await pause(25);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function livesIn(pid: number, runtime: string): boolean {
  return read(`/proc/${pid}/mountinfo`)
    .split('\n')
    .some((line) => line.split(' ')[4] === '/' && line.includes(`upperdir=${runtime}/`));
}

function starts(pid: number, runtime: string): boolean {
  const words = read(`/proc/${pid}/cmdline`);
  return words.startsWith('systemd-nspawn') && words.includes(`${runtime}/`);
}

async function unmountBelow(folder: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((place) => place === folder || place.startsWith(`${folder}/`));
  for (const place of mounts.reverse()) await unmount(place);
}

/** Loop devices whose file's path begins so. */
async function releaseLoops(prefix: string): Promise<void> {
  const lines = (await command('losetup', '--list', '--noheadings', '--raw', '--output', 'NAME,BACK-FILE')).split('\n');
  for (const line of lines) {
    const [name = '', ...rest] = line.split(' ');
    if (rest.join(' ').startsWith(prefix)) await attempt('losetup', '--detach', name);
  }
}
