/** Takes away what a lab that was killed has left: found by its folder alone. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, command, pause } from './command.ts';
import { runtimeFolder } from './places.ts';

/** Safe to call when nothing is left, and beside other labs. */
export async function sweepLab(labDirectory: string): Promise<void> {
  const runtime = runtimeFolder(labDirectory);
  if (existsSync(runtime)) {
    await killContainers(runtime);
    await unmountBelow(runtime);
    await releaseLoops(runtime, labDirectory);
    rmSync(runtime, { recursive: true, force: true });
  }
  rmSync(join(labDirectory, 'pool.img'), { force: true });
}

async function killContainers(runtime: string): Promise<void> {
  for (const name of readdirSync(runtime)) {
    const file = join(runtime, name, 'pid');
    if (!existsSync(file)) continue;
    const pid = Number(readFileSync(file, 'utf8'));
    // The number may belong to somebody else by now.
    const words = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
    if (!words.includes('systemd-nspawn') || !words.includes(runtime)) continue;
    process.kill(pid, 'SIGKILL');
    for (let tries = 0; existsSync(`/proc/${pid}`) && tries < 200; tries += 1) await pause(25);
  }
}

async function unmountBelow(folder: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((place) => place === folder || place.startsWith(`${folder}/`));
  for (const place of mounts.reverse()) if (!(await attempt('umount', place))) await attempt('umount', '-l', place);
}

/** Loop devices whose file lay in the lab's pool, or was the pool itself. */
async function releaseLoops(runtime: string, labDirectory: string): Promise<void> {
  const lines = (await command('losetup', '--list', '--noheadings', '--raw', '--output', 'NAME,BACK-FILE')).split('\n');
  for (const line of lines) {
    const [name = '', ...rest] = line.split(' ');
    const file = rest.join(' ');
    if (file.startsWith(`${runtime}/`) || file.startsWith(join(labDirectory, 'pool.img')))
      await attempt('losetup', '--detach', name);
  }
}
