/** What the lab needs of this computer: abilities that nothing can install, and packages, which it installs. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages, missingPackages } from './packages.ts';

/** Makes this computer ready. @returns the reasons why the lab cannot run here; empty when it can */
export function prepareComputer(print: (text: string) => void): string[] {
  const reasons = missingAbilities();
  if (reasons.length > 0) return reasons;
  const failure = missingPackages().length === 0 ? undefined : installPackages(print);
  return failure === undefined ? [] : [failure];
}

/** For tests and benchmarks: makes this computer ready, or exits with 2 and the reasons. */
export function ensurePrerequisites(): void {
  const reasons = prepareComputer((text) => console.log(text));
  if (reasons.length === 0) return;
  console.error('this computer cannot run the lab that the tests need:');
  for (const reason of reasons) console.error(`  - ${reason}`);
  process.exit(2);
}

/** Reasons why the lab cannot run on this computer, whatever is installed. */
function missingAbilities(): string[] {
  if (process.platform !== 'linux') return [`the lab needs Linux (this is ${process.platform})`];
  const reasons: string[] = [];
  if (process.getuid?.() !== 0)
    reasons.push('root is needed, because hosts are containers and volumes are loop devices: run it through sudo');
  else if (!isUsable('/dev/loop-control'))
    reasons.push('there are no loop devices: /dev/loop-control is missing, or may not be written');
  for (const kind of missingFilesystems()) reasons.push(`the kernel does not support the ${kind} filesystem`);
  if (!existsSync('/sys/fs/cgroup'))
    reasons.push('there are no control groups (/sys/fs/cgroup), which systemd needs to boot in a container');
  const mounting = reasons.length === 0 ? mountProblem() : undefined;
  if (mounting) reasons.push(mounting);
  return reasons;
}

/** A filesystem that is no module of the running kernel's either. */
function missingFilesystems(): string[] {
  const supported = readFileSync('/proc/filesystems', 'utf8');
  const release = spawnSync('uname', ['-r'], { encoding: 'utf8' }).stdout.trim();
  const hasModules = existsSync(`/lib/modules/${release}`);
  return ['overlay', 'xfs'].filter((kind) => !new RegExp(`\\b${kind}\\b`).test(supported) && !hasModules);
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Tries to mount something, since a container may forbid it even to root. */
function mountProblem(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-try-'));
  try {
    const mount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', folder], { encoding: 'utf8' });
    return mount.status === 0 ? undefined : `mounting is not allowed: ${mount.stderr.trim()}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
