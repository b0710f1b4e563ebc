/** Where Debian puts PostgreSQL's own programs; its wrappers in /usr/bin choose a version by themselves. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = '/usr/lib/postgresql';

/** Folder of the newest series that has both a server and its client, or undefined. */
export function newestBinaries(): string | undefined {
  if (!existsSync(root)) return undefined;
  return readdirSync(root)
    .filter((name) => /^\d+$/.test(name))
    .sort((one, other) => Number(other) - Number(one))
    .map((name) => join(root, name, 'bin'))
    .find((folder) => ['initdb', 'postgres', 'pg_dump'].every((program) => existsSync(join(folder, program))));
}

/** First release of each series without the known holes in pg_restore and its companions. */
const sound: Readonly<Record<number, number>> = { 15: 20, 16: 16, 17: 12, 18: 7 };

/** Whether a version such as 15.18 or a package's 15.18-0+deb12u1 has known holes; an older series always does. */
export function tooOld(version: string): boolean {
  const [, series = 0, release = 0] = (/^(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  if (series < 15) return true;
  return release < (sound[series] ?? 0);
}

/** The number in what a program says of its version, such as "pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)". */
export function versionIn(text: string): string {
  const found = /\(PostgreSQL\) (\d+(?:\.\d+)*)/.exec(text)?.[1];
  if (!found) throw new Error(`no version of PostgreSQL in "${text}"`);
  return found;
}
