/**
 * Other anonymisers, each a release that is named here. Go builds them once into the labs' cache, and checks what it downloads against its
 * public database of checksums. HOLDFAST_BENCH_GREENMASK and HOLDFAST_BENCH_NXS name programs that are to be measured instead.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, madeOnce } from '../../lab/hosts/cached.ts';

interface Rival {
  readonly name: string;
  readonly variable: string;
  /** What `go install` gets; the last part of its path is the program's name. */
  readonly path: string;
  readonly version: string;
}

export const greenmask: Rival = {
  name: 'greenmask',
  variable: 'HOLDFAST_BENCH_GREENMASK',
  path: 'github.com/greenmaskio/greenmask/cmd/greenmask',
  version: 'v0.2.22',
};

export const nxs: Rival = {
  name: 'nxs-data-anonymizer',
  variable: 'HOLDFAST_BENCH_NXS',
  path: 'github.com/nixys/nxs-data-anonymizer',
  version: 'v1.14.0',
};

/** @returns its program; undefined where there is none, which the output says in one line */
export async function rivalProgram({ name, variable, path, version }: Rival): Promise<string | undefined> {
  const given = process.env[variable];
  try {
    if (given) return existing(given);
    const folder = await madeOnce(join(cacheFolder, `${name}-${version}`), async (making) =>
      install(`${path}@${version}`, making),
    );
    return existing(join(folder, name));
  } catch (error) {
    console.log(`not measured: ${name}, since ${(error as Error).message} (${variable} names a program)`);
    return undefined;
  }
}

function existing(program: string): string {
  if (!existsSync(program)) throw new Error(`there is no ${program}`);
  return program;
}

/** @throws Error with Go's last line */
function install(what: string, folder: string): void {
  const { status, stderr, error } = spawnSync('go', ['install', '-trimpath', what], {
    encoding: 'utf8',
    // No newer toolchain is downloaded than the computer has.
    env: { ...process.env, GOBIN: folder, GOTOOLCHAIN: 'local', GOFLAGS: '', CGO_ENABLED: '0' },
  });
  if (error) throw new Error(`there is no Go to build it with (${error.message})`);
  if (status !== 0) throw new Error(`go install ${what} failed: ${stderr.trim().split('\n').at(-1)?.trim()}`);
}
