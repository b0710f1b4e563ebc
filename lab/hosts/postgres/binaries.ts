/** PostgreSQL's programs in Debian's folders: those in /usr/bin are wrappers, which choose a version by themselves. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = '/usr/lib/postgresql';

/** The folder of the newest series that has both a server and its client; undefined where none is installed. */
export function newestBinaries(): string | undefined {
  if (!existsSync(root)) return undefined;
  return readdirSync(root)
    .filter((name) => /^\d+$/.test(name))
    .sort((one, other) => Number(other) - Number(one))
    .map((name) => join(root, name, 'bin'))
    .find((folder) => ['initdb', 'postgres', 'pg_dump'].every((program) => existsSync(join(folder, program))));
}

/** The first release of each series without the known holes in pg_restore, pg_dump and psql. */
const sound: Readonly<Record<number, number>> = { 15: 20, 16: 16, 17: 12, 18: 7 };

/** Whether a version (15.18, or a package's 15.18-0+deb12u1) has known holes. A series before 15 always has. */
export function tooOld(version: string): boolean {
  const [, series = 0, release = 0] = (/^(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  if (series < 15) return true;
  return release < (sound[series] ?? 0);
}

/** The number in a version line such as "pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)". @throws Error without one */
export function versionIn(text: string): string {
  const found = /\(PostgreSQL\) (\d+(?:\.\d+)*)/.exec(text)?.[1];
  if (!found) throw new Error(`no version of PostgreSQL in "${text}"`);
  return found;
}
