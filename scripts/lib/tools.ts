/**
 * Programs that the project's own packages do not bring: from the registries of Python and npm and from Go's proxy. They are installed once
 * into `.lab/cache`, each version by its hash: a folder with `requirements.txt` (written by pip-compile --generate-hashes), with `go.mod` and
 * `go.sum`, or with `package.json` and `package-lock.json` says which.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './actions.ts';
import { installPackages } from './debian.ts';
import { findGo } from './go.ts';
import { atLeast, ToolMissing } from './missing.ts';

export { atLeast, ToolMissing };

/**
 * The folder with the programs of Python packages, made at the first call.
 * @param definition folder with requirements.txt
 * @throws ToolMissing
 */
export function pythonTools(definition: string): string {
  const requirements = join(definition, 'requirements.txt');
  const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
  const version = output(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  if (!atLeast(version, [3, 11])) {
    throw new ToolMissing(
      `it needs Python 3.11 or newer, and this computer has ${version === '' ? 'none' : version}: install it`,
    );
  }
  const folder = cached(`python-${basename(definition)}`, version, readFileSync(requirements, 'utf8'));
  return once(folder, () => {
    const installer = join(pip(python, version), 'python');
    install(python, ['-m', 'venv', '--without-pip', folder]);
    install(installer, [
      ...['-m', 'pip', '--python', join(folder, 'bin', 'python')],
      ...['install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:'],
      ...['--require-hashes', '--requirement', requirements],
    ]);
  });
}

/** The folder with the programs of a pip that installs for all others: to give each its own takes as long as what it installs. */
function pip(python: string, version: string): string {
  const folder = cached('pip', version);
  return once(folder, () => {
    // Debian ships the module without what it needs to make one.
    if (spawnSync(python, ['-c', 'import ensurepip, venv']).status !== 0)
      installPackages(['python3-venv'], 'programs of Python');
    install(python, ['-m', 'venv', folder]);
  });
}

/**
 * The folder with a program, which Go builds at the first call.
 * @param definition folder with go.mod and go.sum
 * @param path of the program's package
 * @throws ToolMissing
 */
export async function goTool(definition: string, path: string): Promise<string> {
  const { program, version, environment } = await findGo();
  const name = basename(definition);
  const folder = cached(`go-${name}`, version, path, readFileSync(join(definition, 'go.sum'), 'utf8'));
  return once(folder, () =>
    install(program, ['build', '-C', definition, '-mod=readonly', '-trimpath', '-o', join(folder, 'bin', name), path], {
      ...environment,
      GOFLAGS: '-mod=readonly',
      CGO_ENABLED: '0',
    }),
  );
}

/**
 * The folder with npm packages, one folder each, made at the first call. Their own scripts are not run.
 * @param definition folder with package.json and package-lock.json
 * @throws ToolMissing
 */
export function npmPackages(definition: string): string {
  const files = ['package.json', 'package-lock.json'] as const;
  const texts = files.map((name) => readFileSync(join(definition, name), 'utf8'));
  const folder = cached(`npm-${basename(definition)}`, ...texts);
  once(folder, () => {
    for (const [at, name] of files.entries()) writeFileSync(join(folder, name), texts[at] ?? '');
    install('npm', ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund']);
  });
  return join(folder, 'node_modules');
}

/** One folder for each version of the tools and of what they are installed from. */
function cached(kind: string, ...parts: readonly string[]): string {
  const hash = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
  const cache = join(root, '.lab', 'cache');
  mkdirSync(cache, { recursive: true });
  // The programs of a virtual environment know its path, which must be the one that stays.
  return join(realpathSync(cache), `tools-${kind}-${hash}`);
}

/** @returns the folder of the programs. An installation that was broken off is begun anew. */
function once(folder: string, make: () => void): string {
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    make();
    writeFileSync(complete, '');
  }
  return join(folder, 'bin');
}

function install(program: string, parameters: readonly string[], environment = {}): void {
  const result = spawnSync(program, parameters, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status === 0) return;
  const lines = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}`.trim().split('\n');
  const last = lines.slice(-3).join(' | ');
  throw new ToolMissing(`its installation failed (is there a network to the package registry?): ${last}`);
}

function output(program: string, parameters: readonly string[]): string {
  const { status, stdout } = spawnSync(program, parameters, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}
