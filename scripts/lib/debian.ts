/** Installs packages of the distribution. */
import { spawnSync } from 'node:child_process';

function installed(name: string): boolean {
  const result = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { encoding: 'utf8' });
  return result.status === 0 && result.stdout === 'installed';
}

/**
 * Installs the packages that are missing, with apt-get, as root or through sudo, after printing what for.
 * @throws Error with apt's output when they cannot be installed
 */
export function installPackages(names: readonly string[], purpose: string): void {
  const missing = names.filter((name) => !installed(name));
  if (missing.length === 0) return;
  console.log(`Installing for ${purpose}: ${missing.join(', ')}`);
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive'];
  // Tests and checks, which run at the same time in CI, may both install something.
  const turn = ['flock', '/run/lock/holdfast-packages'];
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C'];
  // A fresh computer may be updating itself, and a mirror may fail once.
  const patient = ['apt-get', '-o', 'DPkg::Lock::Timeout=600', '-o', 'Acquire::Retries=3'];
  const steps = [
    [...patient, 'update', '--quiet'],
    [...patient, 'install', '--yes', '--quiet', '--no-install-recommends', ...missing],
  ];
  for (const step of steps) {
    const { ended, said } = inTurn([...prefix, ...turn, ...environment, ...step]);
    if (!ended) throw new Error(`${step.join(' ')} failed:\n${said.slice(-2000)}`);
  }
}

/** Runs a command of apt. It waits by itself for the lock of dpkg, and not for that of its lists, which it is asked for again. */
function inTurn([program = '', ...parameters]: readonly string[]): { readonly ended: boolean; readonly said: string } {
  for (let tries = 1; ; tries += 1) {
    const result = spawnSync(program, parameters, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    const said = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}`;
    const isHeld = result.status !== 0 && /Could not get lock/.test(said);
    if (!isHeld || tries === 60) return { ended: result.status === 0, said };
    spawnSync('sleep', ['10']);
  }
}
