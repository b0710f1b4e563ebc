/** Debian as it is after its installation, by mmdebstrap: nothing of this computer is in it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, madeOnce } from './cached.ts';
import { command } from './command.ts';
import { installPrograms } from './packages.ts';
import { debianKeys, mirror } from './unpacked.ts';

export interface DebianRequest {
  /** Name of a release, such as bookworm. */
  readonly suite: string;
  readonly format: 'tar' | 'directory';
  /** Packages beside those that every Debian has. */
  readonly include?: readonly string[];
}

/** @param target file or empty folder @throws Error with mmdebstrap's words */
export async function makeDebian(target: string, { suite, format, include = [] }: DebianRequest): Promise<void> {
  installPrograms({ mmdebstrap: 'mmdebstrap' }, console.log);
  await command(
    'mmdebstrap',
    ...['--quiet', '--variant=minbase', `--format=${format}`, `--keyring=${debianKeys}`],
    // What is cut off in the middle is made again.
    '--dpkgopt=force-unsafe-io',
    ...(include.length > 0 ? [`--include=${include.join(',')}`] : []),
    ...[suite, target, `deb [signed-by=${debianKeys}] ${mirror} ${suite} main`],
  );
}

/** A folder with the files of a Debian that can boot and has AWS's command line, made once. */
export function bareDebian(): Promise<string> {
  const include = ['systemd', 'systemd-sysv', 'awscli'];
  return madeOnce(join(cacheFolder, 'debian-bookworm-awscli'), (folder) =>
    makeDebian(folder, { suite: 'bookworm', format: 'directory', include }),
  );
}

/** The folder that apt on a bare host shares with those before it: packages that were fetched once are not fetched again. */
export function aptCache(): Readonly<Record<'/var/cache/apt/archives', string>> {
  const archives = join(cacheFolder, 'apt', 'archives');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  return { '/var/cache/apt/archives': archives };
}
