/** Packages of other releases of Debian than this computer's, and sources, unpacked into a folder. Nothing of it is installed here. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, madeOnce } from './cached.ts';
import { command } from './command.ts';

/** Where packages of other series of Debian come from. */
export const mirror = 'http://deb.debian.org/debian';
/** From the package debian-archive-keyring. */
export const debianKeys = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface Packages {
  /** Name of a release, such as trixie. */
  readonly suite: string;
  readonly names: readonly string[];
  /** Whether what they depend on is wanted too. Default: those packages alone. */
  readonly wants?: (dependency: string) => boolean;
}

/**
 * Programs of a newer release that run here as they are: they need nothing but a C library that is not newer than ours.
 * @returns the folder, in which they have the paths that the packages give them
 */
export function newerPrograms(names: readonly string[]): Promise<string> {
  return madeOnce(join(cacheFolder, `trixie-${names.join('-')}`), (folder) =>
    unpackPackages(folder, { suite: 'trixie', names }),
  );
}

/** @throws Error with apt's message when Debian's archive cannot be reached, or its signature is not good */
export async function unpackPackages(folder: string, { suite, names, wants }: Packages): Promise<void> {
  const apt = join(folder, 'var/cache/holdfast');
  const options = await listsOf(apt, 'deb', suite);
  const debs = join(apt, 'files');
  const chosen = wants ? (await withDependencies(options, names)).filter(wants) : names;
  await command('env', `--chdir=${debs}`, 'apt-get', ...options, 'download', ...chosen);
  // What makes /bin and its siblings links comes first.
  const isFirst = (name: string): boolean => /^(base-files|usrmerge|usr-is-merged)_/.test(name);
  for (const name of readdirSync(debs).sort((one, other) => Number(isFirst(other)) - Number(isFirst(one))))
    await command('dpkg-deb', '--extract', join(debs, name), folder);
  rmSync(apt, { recursive: true, force: true });
}

export interface Source {
  readonly suite: string;
  readonly name: string;
  /** The package's version, such as 15.18-0+deb12u1. */
  readonly release: string;
  /** Which files are wanted, as patterns of tar. */
  readonly parts: readonly string[];
}

/**
 * Files of a package's source as its authors publish it, without Debian's changes. They keep their paths, which begin with the version.
 * @throws Error with apt's message when Debian's archive cannot be reached, or its signature is not good
 */
export async function unpackSource(folder: string, { suite, name, release, parts }: Source): Promise<void> {
  const apt = join(folder, 'var/cache/holdfast');
  const options = await listsOf(apt, 'deb-src', suite);
  const files = join(apt, 'files');
  await command('env', `--chdir=${files}`, 'apt-get', ...options, 'source', '--download-only', `${name}=${release}`);
  const archive = readdirSync(files).find((file) => /\.orig\.tar\.[a-z0-9]+$/.test(file));
  if (archive === undefined) throw new Error(`the source of ${name} has no archive of its authors`);
  await command('tar', '--extract', `--file=${join(files, archive)}`, `--directory=${folder}`, '--wildcards', ...parts);
  rmSync(join(folder, 'var'), { recursive: true });
}

/** Fetches the lists of a suite. @returns the options for apt, to work with them */
async function listsOf(apt: string, kind: 'deb' | 'deb-src', suite: string): Promise<string[]> {
  for (const name of ['lists/partial', 'archives/partial', 'files']) mkdirSync(join(apt, name), { recursive: true });
  writeFileSync(join(apt, 'status'), '');
  writeFileSync(join(apt, 'sources.list'), `${kind} [signed-by=${debianKeys}] ${mirror} ${suite} main\n`);
  const options = aptOptions(apt);
  await command('apt-get', ...options, 'update');
  return options;
}

async function withDependencies(options: readonly string[], names: readonly string[]): Promise<string[]> {
  const uris = await command('apt-get', ...options, '--yes', '--print-uris', 'install', ...names);
  return [...uris.matchAll(/^'\S+' ([^_\s]+)_\S* /gm)].map(([, name = '']) => name);
}

/** apt as if nothing were installed, with folders of its own. */
function aptOptions(apt: string): string[] {
  const settings = {
    'Dir::Etc::sourcelist': join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::State::status': join(apt, 'status'),
    'Dir::Cache::archives': join(apt, 'archives'),
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'APT::Sandbox::User': 'root',
    'APT::Install-Recommends': 'false',
    // Otherwise a list that cannot be fetched is a warning.
    'APT::Update::Error-Mode': 'any',
  };
  return ['-qq', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
}
