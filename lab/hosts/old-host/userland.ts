/** Gives a host of the lab the programs of CentOS 7's time, a database that a SysV script starts, and a client behind a wrapper. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { oldPrograms } from './programs.ts';
import { realPrograms, standIn } from './stand-in.ts';
import { databaseScript, databaseUnit } from './sysv.ts';

/** The password of the database's root, which stands in root's own option file alone. */
export const rootPassword = 'lab pass#word';
export const optionFile = `[client]\nuser=root\npassword="${rootPassword}"\n`;

/**
 * Real programs of that time, where somebody has them: a folder with bash, findmnt, lsblk, curl, … Each replaces the program of its
 * name. Without a bash there, the host has this computer's.
 */
function folderOfPrograms(): string | undefined {
  return process.env.HOLDFAST_LAB_OLD_PROGRAMS;
}

/** Writes an old host's files into the upper layer of its root. */
export function installOldUserland(upper: string, mountPoint: string): void {
  for (const [name, program] of Object.entries(oldPrograms)) {
    const path = pathOf(name);
    if (path === undefined) continue;
    install(upper, path, standIn(name, program));
    mkdirSync(join(upper, realPrograms), { recursive: true });
    copyFileSync(path, join(upper, realPrograms, name));
  }
  installGiven(upper);
  if (existsSync('/usr/bin/mawk')) symlinkSync('mawk', join(upper, 'usr/bin/awk'));
  install(upper, '/usr/bin/mysql-ib', wrapper);
  install(upper, '/etc/my-ib-client.cnf', '[client]\nsocket=/tmp/mysql-ib.sock\n');
  install(upper, '/etc/init.d/mysqld-ib', databaseScript(mountPoint));
  install(upper, '/etc/systemd/system/mysqld-ib.service', databaseUnit);
}

function installGiven(upper: string): void {
  const given = folderOfPrograms();
  if (given === undefined) return;
  for (const name of readdirSync(given)) {
    const path = pathOf(name) ?? `/usr/bin/${name}`;
    mkdirSync(dirname(join(upper, path)), { recursive: true });
    copyFileSync(join(given, name), join(upper, path));
    chmodSync(join(upper, path), 0o755);
  }
}

/** Where this computer has a program. */
function pathOf(name: string): string | undefined {
  return ['/usr/bin', '/usr/sbin'].map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function install(upper: string, path: string, content: string): void {
  const file = join(upper, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode: /\.(cnf|service)$/.test(path) ? 0o644 : 0o755 });
}

/** As installers write it: arguments are split at blanks, and no option file can be given besides its own. */
const wrapper = `#!/bin/sh
exec /usr/bin/mariadb --defaults-file=/etc/my-ib-client.cnf $@
`;
