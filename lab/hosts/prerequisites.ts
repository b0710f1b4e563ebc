/** What the lab needs of the machine: packages it installs after saying so, and abilities nothing can install. */
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { newestBinaries, tooOld, versionIn } from './postgres/binaries.ts';

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
  setpriv: 'util-linux',
  zstd: 'zstd',
  pigz: 'pigz',
  curl: 'curl',
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
  for (const name of missingPostgres()) found.add(name);
  return [...found];
}

function output(program: string, ...parameters: string[]): string {
  return spawnSync(program, parameters, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }).stdout ?? '';
}

/** Version of PostgreSQL's client when that release has known holes, above all in pg_restore. */
export function clientTooOld(): string | undefined {
  const binaries = newestBinaries();
  if (!binaries) return undefined;
  const version = versionIn(output(join(binaries, 'pg_dump'), '--version'));
  return tooOld(version) ? version : undefined;
}

/**
 * PostgreSQL's server and client, in the series that this Debian stands for; its extensions come with the server. One
 * with known holes counts as missing if apt knows a newer release; otherwise the machine keeps what it has.
 */
function missingPostgres(): string[] {
  const binaries = newestBinaries();
  if (!binaries) return ['postgresql', 'postgresql-client'];
  if (!clientTooOld()) return [];
  const series = basename(dirname(binaries));
  return [`postgresql-${series}`, `postgresql-client-${series}`, 'libpq5'].filter((name) => {
    const policy = output('apt-cache', 'policy', name);
    const installed = /^ +Installed: (\S+)$/m.exec(policy)?.[1];
    const candidate = /^ +Candidate: (\S+)$/m.exec(policy)?.[1];
    return candidate !== undefined && candidate !== installed && !tooOld(candidate);
  });
}

/** Debian makes a cluster as it installs a server, unless this file says no; the lab makes its own. */
function keepFromMakingCluster(): void {
  const path = '/etc/postgresql-common/createcluster.conf';
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'create_main_cluster = false\n');
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
  if (names.includes('postgresql')) keepFromMakingCluster();
  try {
    for (const words of [
      ['update', '--quiet'],
      ['install', '--yes', '--quiet', '--no-install-recommends'],
    ]) {
      // Asked again: what was too old counts as missing once apt has learnt of a newer release.
      const step = words[0] === 'install' ? [...words, ...(await missing())] : words;
      const result = spawnSync('apt-get', step, {
        encoding: 'utf8',
        // A configuration that is there already stays.
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', UCF_FORCE_CONFFOLD: '1' },
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
