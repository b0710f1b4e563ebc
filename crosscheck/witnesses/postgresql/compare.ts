/** Files of db-dump restored on a server, beside pg_dump's own file of the same database. */
import { createReadStream, createWriteStream, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { newestBinaries } from '../../../lab/hosts/postgres/binaries.ts';
import type { PostgresServer } from '../../../lab/hosts/postgres/server.ts';
import { Client, contentOf } from '../../lib/postgres-client.ts';
import { firstDifference } from '../../lib/programs.ts';
import type { Points } from '../../points.ts';

export interface Source {
  readonly name: string;
  readonly server: PostgresServer;
  readonly database: string;
  /** Paths, by the ends of their names: `dump`, `gz`, `anon.gz`. */
  readonly files: Readonly<Record<string, string>>;
}

const majorOf = (server: PostgresServer): number => Number.parseInt(server.version, 10);

/** This computer's programs up to their own series, as db-dump chooses them; above it the newest. */
export function toolsFor(server: PostgresServer, newest: string): string {
  const own = newestBinaries() ?? newest;
  const major = Number(/postgresql\/(\d+)\/bin/.exec(own)?.[1] ?? 0);
  return majorOf(server) <= major ? own : newest;
}

export async function compareRestored(
  points: Points,
  { name, server, database, files }: Source,
  target: PostgresServer,
  newest: string,
): Promise<void> {
  const tools = toolsFor(target, newest);
  const made = new Client(server, database, toolsFor(server, newest));
  const sums = await made.sums();
  const theirs = new Map<boolean, Awaited<ReturnType<typeof restored>>>();
  for (const archive of [true, false]) {
    const file = `${files.dump ?? name}.theirs`;
    // db-dump's files of SQL have neither owners nor privileges (docs/postgres.md).
    const words = archive ? ['--format=custom'] : ['--no-owner', '--no-privileges'];
    writeFileSync(file, await made.dump(...words), 'latin1');
    theirs.set(archive, await restored(target, 'theirs', tools, newest, (client) => loaded(client, file, archive)));
  }
  for (const [kind, file] of Object.entries(files)) {
    const archive = kind === 'dump';
    const expected = theirs.get(archive);
    const sql = archive ? file : await unpacked(file);
    const ours = await restored(target, 'ours', tools, newest, (client) => loaded(client, sql, archive));
    const point = (what: string): string => `${name} ${kind} on ${majorOf(target)}: ${what}`;
    points.compare(point('messages'), ours.messages, expected?.messages);
    points.compare(point('rows, sequences and large objects'), ours.sums, sums);
    const [one, other] = [ours.text, expected?.text ?? ''];
    if (one === other) points.agree();
    else points.differ(point("pg_dump's text"), ...firstDifference(one, other));
  }
}

function loaded(client: Client, file: string, archive: boolean): Promise<readonly string[]> {
  return archive ? client.restore(file) : client.load(file);
}

async function unpacked(file: string): Promise<string> {
  const plain = file.replace(/\.gz$/, '.sql');
  await pipeline(createReadStream(file), createGunzip(), createWriteStream(plain));
  return plain;
}

async function restored(
  target: PostgresServer,
  name: string,
  tools: string,
  newest: string,
  load: (client: Client) => Promise<readonly string[]>,
): Promise<{ messages: readonly string[]; sums: Readonly<Record<string, string>>; text: string }> {
  await target.sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await target.sql(`CREATE DATABASE ${name} TEMPLATE template0`);
  const messages = await load(new Client(target, name, tools));
  const restored = new Client(target, name, newest);
  return { messages, sums: await restored.sums(), text: contentOf(await restored.dump()) };
}
