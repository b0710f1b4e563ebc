/**
 * PostgreSQL of other series than this computer's, out of the packages of other releases of Debian: they are unpacked into a
 * folder, in which programs run as in a root of their own. Nothing of it is installed here.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeOnce } from '../cached.ts';
import { unpackPackages } from '../unpacked.ts';

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
  await madeOnce(root.folder, (folder) =>
    unpackPackages(folder, {
      suite: suites[series],
      names: [`postgresql-${series}`, ...tools],
      wants: (name) => !needless.test(name),
    }),
  );
  writeAccounts(root.folder);
  return root;
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
