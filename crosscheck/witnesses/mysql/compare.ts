/** Files of db-dump restored on a server, beside what the vendor's own tool makes of the same databases. */
import { createReadStream, createWriteStream, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { firstDifference } from '../../lib/programs.ts';
import type { Points } from '../../points.ts';
import type { Client, Rows } from './client.ts';

export interface Source {
  readonly client: Client;
  readonly databases: readonly string[];
  /** Whether the other vendor's servers know what is in them. */
  readonly common: boolean;
  /** Paths of SQL, by `sql.gz` and `anon.sql.gz`, and the vendor's own. */
  readonly files: Readonly<Record<string, string>>;
  readonly theirs: string;
  /** For each table, the query of its rows, and what it says on the source. */
  readonly tables: Rows;
  readonly rows: Rows;
}

interface Restored {
  readonly messages: readonly string[];
  readonly rows: Rows;
  readonly definitions: Readonly<Record<string, string>>;
}

/** @param files of db-dump, packed @param theirs path for what the vendor's tool writes */
export async function sourceOf(
  { client, databases, common }: Pick<Source, 'client' | 'databases' | 'common'>,
  files: Readonly<Record<string, string>>,
  theirs: string,
): Promise<Source> {
  const tables = await client.tables(databases);
  const words = ['--single-transaction', '--routines', '--events', '--triggers', '--hex-blob'];
  writeFileSync(theirs, await client.dump(...words, '--databases', ...databases), 'latin1');
  const plain: Record<string, string> = {};
  for (const [kind, file] of Object.entries(files)) {
    plain[kind] = file.replace(/\.gz$/, '');
    await pipeline(createReadStream(file), createGunzip(), createWriteStream(plain[kind]));
  }
  return { client, databases, common, files: plain, theirs, tables, rows: await client.rows(tables) };
}

export async function compareRestored(points: Points, source: Source, target: Client): Promise<void> {
  const theirs = await restored(source, source.theirs, target);
  for (const [kind, file] of Object.entries(source.files)) {
    const ours = await restored(source, file, target);
    const point = (what: string): string =>
      `${source.client.server.release.name} ${kind} on ${target.server.release.name}: ${what}`;
    if (ours.messages.length === 0) points.agree();
    for (const message of ours.messages) points.differ(point(message), message, 'no message');
    for (const [table, expected] of Object.entries(source.rows))
      points.compare(point(`rows of ${table}`), ours.rows[table] ?? '(no table)', expected);
    for (const name of new Set([...Object.keys(theirs.definitions), ...Object.keys(ours.definitions)]))
      compareText(
        points,
        point(`definition of ${name}`),
        ours.definitions[name] ?? '(none)',
        theirs.definitions[name] ?? '(none)',
      );
  }
}

function compareText(points: Points, point: string, ours: string, theirs: string): void {
  if (ours === theirs) points.agree();
  else points.differ(point, ...firstDifference(ours, theirs));
}

async function restored({ databases, tables }: Source, file: string, target: Client): Promise<Restored> {
  await dropAll(target, databases);
  const messages = await target.load(file);
  const rows = await target.rows(tables);
  const definitions = await target.definitions(databases);
  await dropAll(target, databases);
  return { messages, rows, definitions };
}

export async function dropAll(client: Client, databases: readonly string[]): Promise<void> {
  const drops = databases.map((name) => `DROP DATABASE IF EXISTS \`${name}\`;`);
  await client.sql(`SET foreign_key_checks = 0; ${drops.join(' ')}`);
}
