/** Servers and clients of MySQL and MariaDB beside this computer's, of other releases of Debian. Nothing of them is installed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, madeOnce } from '../../../lab/hosts/cached.ts';
import { unpackPackages } from '../../../lab/hosts/unpacked.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';

export interface Release {
  /** Such as MariaDB 10.11. */
  readonly name: string;
  /** Such as 10.11.19. */
  readonly version: string;
  readonly family: 'MariaDB' | 'MySQL';
  /** The server, with what must stand before its parameters. */
  readonly server: readonly [string, ...string[]];
  /** Folder of the server's messages, character sets and, of MariaDB, the statements that make a data folder. */
  readonly share: string;
  /** The folder of its client and its dump tool. */
  readonly programs: string;
}

/** Another recipe makes another folder. */
const recipe = 1;

/** Dependencies that are only needed to install packages, to run scripts, or for several servers at once. */
const needless =
  /^(adduser|debconf|debianutils|dpkg|galera|gawk|gcc-\d+-base|init-system-helpers|iproute2|libconfig|libperl|lsb-|lsof|media-types|netbase|openssl$|passwd|perl|procps|psmisc|rsync|sensible-utils|socat|sysvinit|tar|ucf)/;

/** The release of Debian that has each. Debian keeps one MySQL, in sid, where its version changes: any of the series will do. */
const debian = [
  {
    name: 'MariaDB 10.5',
    family: 'MariaDB',
    suite: 'bullseye',
    packages: ['mariadb-server-core-10.5', 'mariadb-client-10.5'],
  },
  { name: 'MariaDB 11.8', family: 'MariaDB', suite: 'trixie', packages: ['mariadb-server-core', 'mariadb-client'] },
  { name: 'MySQL 9', family: 'MySQL', suite: 'sid', packages: ['mysql-server-core', 'mysql-client'] },
] as const;

/** @param wrappers folder for scripts that start the programs @throws ToolMissing @throws Error with apt's message */
export async function installReleases(wrappers: string): Promise<readonly Release[]> {
  if (process.arch !== 'x64')
    throw new ToolMissing(`its servers are unpacked for amd64, and this computer is ${process.arch}`);
  const releases: Release[] = [
    {
      name: 'MariaDB 10.11',
      family: 'MariaDB',
      version: versionOf('MariaDB 10.11', ['/usr/sbin/mariadbd']),
      server: ['/usr/sbin/mariadbd'],
      share: shareOf('/'),
      programs: '/usr/bin',
    },
  ];
  for (const { name, family, suite, packages } of debian) {
    const folder = await madeOnce(join(cacheFolder, `${suite}-${packages.join('-')}-${recipe}`), (making) =>
      unpackPackages(making, { suite, names: packages, wants: (dependency) => !needless.test(dependency) }),
    );
    const server = [...loader(folder), join(folder, 'usr/sbin/mysqld')] as [string, ...string[]];
    const programs = join(wrappers, name.replace(' ', '-'));
    const version = versionOf(name, server);
    writeWrappers(folder, programs, family === 'MariaDB' ? ['mariadb', 'mariadb-dump'] : ['mysql', 'mysqldump']);
    releases.push({ name, version, family, server, share: shareOf(folder), programs });
  }
  return releases;
}

/** @throws Error when it is of another series, for which no known differences are written down */
function versionOf(name: string, [program, ...words]: Release['server']): string {
  const { stdout } = spawnSync(program, [...words, '--no-defaults', '--version'], { encoding: 'utf8' });
  const version = / Ver (\d+(\.\d+)+)/.exec(stdout)?.[1] ?? 'no version';
  if (!`${version}.`.startsWith(`${name.slice(name.indexOf(' ') + 1)}.`))
    throw new Error(`Debian has ${version} in place of ${name} by now: name it in releases.ts, and see what differs`);
  return version;
}

function shareOf(folder: string): string {
  const [found = ''] = ['usr/share/mysql', 'usr/share/mariadb']
    .map((path) => join(folder, path))
    .filter((path) => existsSync(join(path, 'charsets')));
  return found;
}

/** A program runs with the C library of its own release. */
function loader(folder: string): readonly [string, ...string[]] {
  const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((path) => join(folder, path));
  const [found] = libraries.map((path) => join(path, 'ld-linux-x86-64.so.2')).filter((path) => existsSync(path));
  if (found === undefined) throw new Error(`${folder} has no C library`);
  return [found, '--library-path', libraries.join(':')];
}

function writeWrappers(folder: string, programs: string, names: readonly string[]): void {
  mkdirSync(programs, { recursive: true });
  for (const name of names) {
    const words = [...loader(folder), join(folder, 'usr/bin', name)];
    writeFileSync(join(programs, name), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
  }
}
