/** Removes what a killed lab has left. Everything is found through the lab's folder. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeGroups } from './cgroup.ts';
import { attempt, command, pause, unmount } from './command.ts';
import { sweepMysql } from './mysql/process.ts';
import { runtimeFolder, serverKinds, serversFolder } from './places.ts';
import { sweepPostgres } from './postgres/process.ts';

/** Safe to call when nothing is left, and while other labs run. */
export async function sweepLab(labDirectory: string): Promise<void> {
  const runtime = runtimeFolder(labDirectory);
  if (existsSync(runtime)) {
    await killContainers(runtime);
    // Loop devices first: while one uses an image, the pool cannot be unmounted, and afterwards its path is no longer known.
    await releaseLoops(`${runtime}/`);
    await unmountBelow(runtime);
    await releaseLoops(join(labDirectory, 'pool.img'));
    rmSync(runtime, { recursive: true, force: true });
  }
  await removeGroups(runtime);
  await sweepServers(labDirectory);
  rmSync(join(labDirectory, 'pool.img'), { force: true });
}

/** Those of MongoDB end with the lab, but not the PostgreSQL below FerretDB. */
async function sweepServers(labDirectory: string): Promise<void> {
  for (const kind of serverKinds) {
    const folder = serversFolder(labDirectory, kind);
    if (!existsSync(folder)) continue;
    for (const name of ['source', 'scratch']) {
      if (kind === 'mysql') await sweepMysql(join(folder, name));
      else await sweepPostgres(join(folder, name, ...(kind === 'mongodb' ? ['postgres'] : [])));
    }
    await attempt('umount', join(folder, 'work'));
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Kills systemd-nspawn and every process inside its containers: the first of those outlives it. A process inside is known
 * by its root, an overlay whose upper layer lies in the lab's folder.
 */
export async function killContainers(runtime: string): Promise<void> {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const ours = pids.filter((pid) => isInside(pid, runtime) || isNspawn(pid, runtime));
  for (const pid of ours) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended with the first process of its container.
    }
  }
  for (let tries = 0; ours.some((pid) => existsSync(`/proc/${pid}/root/.`)) && tries < 200; tries += 1) await pause(25);
}

/** Empty for a process that has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isInside(pid: number, runtime: string): boolean {
  return read(`/proc/${pid}/mountinfo`)
    .split('\n')
    .some((line) => line.split(' ')[4] === '/' && line.includes(`upperdir=${runtime}/`));
}

function isNspawn(pid: number, runtime: string): boolean {
  const commandLine = read(`/proc/${pid}/cmdline`);
  return commandLine.startsWith('systemd-nspawn') && commandLine.includes(`${runtime}/`);
}

async function unmountBelow(folder: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((place) => place === folder || place.startsWith(`${folder}/`));
  for (const place of mounts.reverse()) await unmount(place);
}

/** Detaches the loop devices whose file's path starts with `prefix`. */
async function releaseLoops(prefix: string): Promise<void> {
  const lines = (await command('losetup', '--list', '--noheadings', '--raw', '--output', 'NAME,BACK-FILE')).split('\n');
  for (const line of lines) {
    const [name = '', ...rest] = line.split(' ');
    if (rest.join(' ').startsWith(prefix)) await attempt('losetup', '--detach', name);
  }
}
