/** What the lab needs of the machine: packages it installs after saying so, and abilities nothing can install. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program the lab calls, and the Debian package that brings it. */
const programs: Readonly<Record<string, string>> = {
  'systemd-nspawn': 'systemd-container',
  'mkfs.xfs': 'xfsprogs',
  mariadbd: 'mariadb-server',
  mariadb: 'mariadb-client',
  losetup: 'mount',
  nsenter: 'util-linux',
  'dbus-daemon': 'dbus-daemon',
  iconv: 'libc-bin',
};
const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

function has(program: string): boolean {
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** Packages that are missing. */
export async function missing(): Promise<string[]> {
  const names = Object.entries(programs).filter(([program]) => !has(program));
  const found = new Set(names.map(([, name]) => name));
  // The containers boot the machine's own systemd.
  if (!existsSync('/lib/systemd/systemd') && !existsSync('/usr/lib/systemd/systemd')) found.add('systemd');
  return [...found];
}

function canMount(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-try-'));
  try {
    const mount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', folder], { encoding: 'utf8' });
    return mount.status === 0 ? undefined : `mounting is not allowed: ${mount.stderr.trim()}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function usable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Reasons why this machine cannot carry the lab, whatever is installed. */
export function unable(): string[] {
  if (process.platform !== 'linux') return [`the lab needs Linux (this is ${process.platform})`];
  const reasons: string[] = [];
  if (process.getuid?.() !== 0)
    reasons.push('root is needed (run it through sudo): hosts are containers, volumes are loop devices');
  if (!usable('/dev/loop-control') && process.getuid?.() === 0)
    reasons.push('there are no loop devices (/dev/loop-control is missing or closed)');
  const filesystems = readFileSync('/proc/filesystems', 'utf8');
  const modules = `/lib/modules/${spawnSync('uname', ['-r'], { encoding: 'utf8' }).stdout.trim()}`;
  for (const kind of ['overlay', 'xfs']) {
    if (!new RegExp(`\\b${kind}\\b`).test(filesystems) && !existsSync(modules))
      reasons.push(`the kernel knows no ${kind} filesystem`);
  }
  if (!existsSync('/sys/fs/cgroup'))
    reasons.push('there are no control groups (/sys/fs/cgroup), without which systemd does not boot in a container');
  const mounting = reasons.length === 0 ? canMount() : undefined;
  if (mounting) reasons.push(mounting);
  return reasons;
}

/**
 * Installs what is missing, after saying what. Servers that come along are not started on this machine.
 * @returns reasons why it cannot be done, empty when all is there
 */
export async function install(print: (text: string) => void): Promise<string[]> {
  const reasons = unable();
  const names = await missing();
  if (names.length === 0 || reasons.length > 0) return reasons;
  if (!has('apt-get'))
    return [`these programs are missing, and there is no apt-get to install them: ${names.join(', ')}`];
  print(`Installing for the lab (apt-get): ${names.join(', ')}`);
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  // Debian starts a server as it is installed, unless this file says no.
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    for (const step of [
      ['update', '--quiet'],
      ['install', '--yes', '--quiet', '--no-install-recommends', ...names],
    ]) {
      const result = spawnSync('apt-get', step, {
        encoding: 'utf8',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        maxBuffer: 64 * 1024 * 1024,
      });
      if (result.status !== 0)
        return [
          `apt-get ${step[0]} failed: ${`${result.stdout}${result.stderr}`.trim().split('\n').slice(-5).join(' | ')}`,
        ];
    }
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
  const left = await missing();
  return left.length === 0 ? [] : [`still missing after the installation: ${left.join(', ')}`];
}

/** For the tests: installs what is missing, or ends the process with 2 and the reasons. */
export async function ensurePrerequisites(): Promise<void> {
  const reasons = [...unable(), ...((await missing()).length > 0 ? await install((text) => console.log(text)) : [])];
  if (reasons.length === 0) return;
  console.error('this machine cannot carry the lab that the tests need:');
  for (const reason of new Set(reasons)) console.error(`  - ${reason}`);
  process.exit(2);
}
