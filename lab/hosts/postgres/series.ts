/**
 * PostgreSQL of other series than this computer's, out of the packages of other releases of Debian: they are unpacked into a
 * folder, in which programs run as in a root of their own. Nothing of it is installed here.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../command.ts';

/** The release that has a series. */
const suites = { 13: 'bullseye', 17: 'trixie' } as const;
export type Series = keyof typeof suites;

/** The files of a release of Debian with PostgreSQL. */
export interface SeriesRoot {
  readonly folder: string;
  /** Folder of its programs, as they see it. */
  readonly binaries: string;
}

/** A part of the name shows how it was made: another recipe makes another folder. */
const recipe = 1;
/** Where packages of other series of Debian come from. */
export const mirror = 'http://deb.debian.org/debian';
/** From the package debian-archive-keyring. */
export const debianKeys = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** What runs in the root besides the server and its client: the action, with what it needs for a server of its own. */
const tools = ['base-files', 'bash', 'coreutils', 'dash', 'grep', 'libstdc++6', 'mount', 'procps', 'sed', 'util-linux'];
/** Dependencies that are only needed to install packages, or to compile queries, and are half of all bytes. */
const needless =
  /^(adduser|debconf|dpkg|gcc-\d+-base|init-system-helpers|libdb5|libipc-run-perl|libjson-perl|libllvm|libperl|libz3|locales|lsb-|netbase|openssl$|passwd|perl|postgresql-(client-)?common|sensible-utils|ssl-cert|tar|ucf)/;

/**
 * Makes the root of a series, or finds the one that was made before.
 * @param cache folder that stays
 * @throws Error with apt's message when Debian's archive cannot be reached
 */
export async function seriesRoot(series: Series, cache: string): Promise<SeriesRoot> {
  const root: SeriesRoot = {
    folder: join(cache, `postgresql-${series}-${recipe}`),
    binaries: `/usr/lib/postgresql/${series}/bin`,
  };
  if (!existsSync(root.folder)) {
    const making = `${root.folder}.${process.pid}`;
    try {
      await unpackPackages(series, making);
      // Last: a folder of this name is whole.
      renameSync(making, root.folder);
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  }
  writeAccounts(root.folder);
  return root;
}

async function unpackPackages(series: Series, folder: string): Promise<void> {
  const apt = join(folder, 'var/cache/holdfast');
  for (const name of ['lists/partial', 'archives/partial', 'debs']) mkdirSync(join(apt, name), { recursive: true });
  writeFileSync(join(apt, 'status'), '');
  writeFileSync(join(apt, 'sources.list'), `deb [signed-by=${debianKeys}] ${mirror} ${suites[series]} main\n`);
  // apt as if nothing were installed, with folders of its own.
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
  const options = ['-qq', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
  await command('apt-get', ...options, 'update');
  const wanted = [`postgresql-${series}`, ...tools];
  const uris = await command('apt-get', ...options, '--yes', '--print-uris', 'install', ...wanted);
  const names = [...uris.matchAll(/^'\S+' ([^_\s]+)_\S* /gm)].map(([, name = '']) => name);
  const debs = join(apt, 'debs');
  await command(
    'env',
    `--chdir=${debs}`,
    'apt-get',
    ...options,
    'download',
    ...names.filter((name) => !needless.test(name)),
  );
  // What makes /bin and its siblings links comes first.
  const isFirst = (name: string): boolean => /^(base-files|usrmerge|usr-is-merged)_/.test(name);
  for (const name of readdirSync(debs).sort((one, other) => Number(isFirst(other)) - Number(isFirst(one))))
    await command('dpkg-deb', '--extract', join(debs, name), folder);
  rmSync(apt, { recursive: true, force: true });
}

/** Accounts with the numbers that they have here, since files of this computer are mounted inside. */
function writeAccounts(folder: string): void {
  const linesOf = (path: string): string =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => /^(root|postgres):/.test(line))
      .map((line) => `${line}\n`)
      .join('');
  writeFileSync(join(folder, 'etc/passwd'), linesOf('/etc/passwd'));
  writeFileSync(join(folder, 'etc/group'), linesOf('/etc/group'));
  writeFileSync(join(folder, 'etc/hosts'), '127.0.0.1 localhost\n');
  writeFileSync(join(folder, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files\n');
}

/** Arguments: the root, the folder to work in, folders of this computer, "--", the command. */
const script = `set -e
PATH=$PATH:/usr/sbin:/sbin
root=$1
work=$2
shift 2
mount --bind "$root" "$root"
mount -t tmpfs -o mode=1777 holdfast-lab "$root/tmp"
while [ "$1" != -- ]; do
  mkdir -p "$root$1"
  mount --rbind "$1" "$root$1"
  shift
done
shift
cd "$root"
pivot_root . .
umount -l .
cd "$work"
exec "$@"`;

/**
 * A command that runs in a root. The process that starts is that of the command itself, so that it can be found and ended.
 * @param folders of this computer that are at the same place there; the first is the one to work in
 */
export function inRoot({ folder }: SeriesRoot, folders: readonly [string, ...string[]], ...words: readonly string[]) {
  const places = ['/dev', '/proc', ...folders];
  const program = 'unshare';
  const own = ['--mount', '--propagation', 'private', 'sh', '-c', script, 'in-root', folder, folders[0]];
  return [program, ...own, ...places, '--', ...words] as [string, ...string[]];
}
