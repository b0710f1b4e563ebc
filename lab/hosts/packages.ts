/** The packages that the lab needs, which of them are missing, and their installation on Debian and its relatives. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { newestBinaries, tooOld, versionIn } from './postgres/binaries.ts';
import { debianKeys } from './unpacked.ts';

/** A program that the lab calls, and the Debian package that brings it. */
const programs: Readonly<Record<string, string>> = {
  'systemd-nspawn': 'systemd-container',
  'mkfs.xfs': 'xfsprogs',
  'mkfs.ext4': 'e2fsprogs',
  'mkfs.btrfs': 'btrfs-progs',
  mariadbd: 'mariadb-server',
  mariadb: 'mariadb-client',
  losetup: 'mount',
  addpart: 'util-linux',
  nsenter: 'util-linux',
  'dbus-daemon': 'dbus-daemon',
  iconv: 'libc-bin',
  setpriv: 'util-linux',
  zstd: 'zstd',
  pigz: 'pigz',
  curl: 'curl',
  openssl: 'openssl',
  gh: 'gh',
  aws: 'awscli',
};
const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

function has(program: string): boolean {
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** The packages that are missing. */
export function missingPackages(): string[] {
  const names = packagesOf(programs);
  // The containers boot the systemd of this computer.
  const systemd = existsSync('/lib/systemd/systemd') || existsSync('/usr/lib/systemd/systemd') ? [] : ['systemd'];
  // PostgreSQL of other series is unpacked from Debian's archive, whose signatures apt checks with its keys.
  const keys = existsSync(debianKeys) ? [] : ['debian-archive-keyring'];
  return [...new Set([...names, ...systemd, ...keys, ...missingPostgres()])];
}

/**
 * Installs the packages of programs that only some suites need.
 * @param wanted the package that brings each program
 * @throws Error when one cannot be installed
 */
export function installPrograms(wanted: Readonly<Record<string, string>>, print: (text: string) => void): void {
  const missing = (): string[] => packagesOf(wanted);
  if (missing().length === 0) return;
  const failure = install(missing, print);
  if (failure !== undefined) throw new Error(failure);
}

/** The packages of the programs that this computer lacks. */
function packagesOf(wanted: Readonly<Record<string, string>>): string[] {
  return Object.entries(wanted)
    .filter(([program]) => !has(program))
    .map(([, name]) => name);
}

/**
 * PostgreSQL's server and client, in the series of this Debian; its extensions come with the server. A release with known
 * holes counts as missing if apt knows a newer one; otherwise the lab uses what is installed.
 */
function missingPostgres(): string[] {
  const binaries = newestBinaries();
  if (!binaries) return ['postgresql', 'postgresql-client'];
  if (!tooOld(versionIn(output(join(binaries, 'pg_dump'), '--version')))) return [];
  const series = basename(dirname(binaries));
  return [`postgresql-${series}`, `postgresql-client-${series}`, 'libpq5'].filter((name) => {
    const policy = output('apt-cache', 'policy', name);
    const installed = /^ +Installed: (\S+)$/m.exec(policy)?.[1];
    const candidate = /^ +Candidate: (\S+)$/m.exec(policy)?.[1];
    return candidate !== undefined && candidate !== installed && !tooOld(candidate);
  });
}

function output(program: string, ...parameters: string[]): string {
  return spawnSync(program, parameters, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }).stdout ?? '';
}

/**
 * Installs the packages that are missing, after printing which. Servers among them are not started on this computer.
 * @returns why it failed; undefined when nothing is missing any more
 */
export function installPackages(print: (text: string) => void): string | undefined {
  return install(missingPackages, print);
}

function install(missing: () => readonly string[], print: (text: string) => void): string | undefined {
  const names = missing();
  if (!has('apt-get'))
    return `these packages are missing, and there is no apt-get to install them: ${names.join(', ')}`;
  print(`Installing what the lab needs (apt-get): ${names.join(', ')}`);
  if (names.includes('postgresql')) keepFromMakingCluster();
  const failure = withoutStartingServers(() => {
    const failed = aptGet('update', '--quiet');
    if (failed !== undefined) return failed;
    // Asked again: once apt knows of a newer release, one with known holes counts as missing.
    return aptGet('install', '--yes', '--quiet', '--no-install-recommends', ...missing());
  });
  if (failure !== undefined) return failure;
  const left = missing();
  return left.length === 0 ? undefined : `still missing after the installation: ${left.join(', ')}`;
}

/** The last lines of its output when apt-get fails. */
function aptGet(...parameters: string[]): string | undefined {
  // Suites that run at the same time may both install something; scripts/lib/debian.ts takes the same turn.
  const { status, stdout, stderr } = spawnSync('flock', ['/run/lock/holdfast-packages', 'apt-get', ...parameters], {
    encoding: 'utf8',
    // A configuration file that exists is kept.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', UCF_FORCE_CONFFOLD: '1' },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return undefined;
  return `apt-get ${parameters[0]} failed: ${`${stdout}${stderr}`.trim().split('\n').slice(-5).join(' | ')}`;
}

/** Debian starts a server when it is installed, unless this file forbids it. */
function withoutStartingServers<T>(install: () => T): T {
  const policy = '/usr/sbin/policy-rc.d';
  const exists = existsSync(policy);
  if (!exists) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return install();
  } finally {
    if (!exists) rmSync(policy, { force: true });
  }
}

/** Debian makes a cluster when it installs a server, unless this file forbids it; the lab makes its own. */
function keepFromMakingCluster(): void {
  const path = '/etc/postgresql-common/createcluster.conf';
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'create_main_cluster = false\n');
}
