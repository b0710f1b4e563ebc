/** A dump through the command `anonymize`, beside the dump itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresServer } from '../../../lab/hosts/postgres/server.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { Client, contentOf } from '../../lib/postgres-client.ts';
import { firstDifference, type Ran, ran } from '../../lib/programs.ts';
import type { Points } from '../../points.ts';
import { withoutAddresses } from '../wild-dumps/addresses.ts';
import { least, makeDatabase, type Size } from './database.ts';

export interface Dump {
  /** For other files. */
  readonly directory: string;
  readonly file: string;
  /** What the file holds, as bytes (latin1). */
  readonly text: string;
}

/** What a file becomes in a database, and what psql said. */
export interface Restored {
  readonly messages: readonly string[];
  readonly definitions: string;
  readonly data: string;
  /** How many rows each table has. */
  readonly rows: Readonly<Record<string, string>>;
}

/** A database that is nearly empty would agree with everything. */
export function compareSize(points: Points, found: Size): void {
  for (const [kind, wanted] of Object.entries(least) as [keyof Size, number][])
    points.compare(`at least ${wanted} ${kind}`, Math.min(found[kind], wanted), wanted);
}

/** With the rule `keep` for every column of every table: the same bytes. */
export async function compareKept(points: Points, source: Client, { directory, file, text }: Dump): Promise<void> {
  const rules = join(directory, 'keep.yml');
  writeFileSync(rules, await source.server.sql(keepAll, source.database));
  const made = await anonymize(file, '-', '--rules', rules);
  points.compare('keep: anonymize ends well', said(made), '');
  compareText(points, 'keep: bytes', made.out, text);
}

/** By default, and with the rules that `--audit` proposes. */
export async function compareAnonymised(
  points: Points,
  server: PostgresServer,
  { directory, file, text }: Dump,
): Promise<void> {
  let original: Restored | undefined;
  const rules = join(directory, 'audit.yml');
  const audit = await anonymize(file, '--audit');
  points.compare('--audit ends well', said(audit), '');
  writeFileSync(rules, audit.out, 'latin1');
  for (const [way, ...words] of [['default'], ['audit', '--rules', rules]] as const) {
    const point = (what: string): string => `${way}: ${what}`;
    const copy = join(directory, `${way}.sql`);
    const run = await anonymize(file, copy, ...words);
    points.compare(point('anonymize ends well'), said(run), '');
    if (run.status !== 0) continue;
    // The same bytes restore the same database.
    if (readFileSync(copy, 'latin1') === text) {
      points.agree();
      continue;
    }
    original ??= await restored(server, file);
    const made = await restored(server, copy);
    points.compare(point('messages of psql'), made.messages, original.messages);
    for (const table of new Set([...Object.keys(original.rows), ...Object.keys(made.rows)]))
      points.compare(point(`rows of ${table}`), made.rows[table], original.rows[table]);
    compareText(
      points,
      point('definitions'),
      withoutAddresses(made.definitions),
      withoutAddresses(original.definitions),
    );
    if (way === 'default')
      compareText(points, point('data'), withoutAddresses(made.data), withoutAddresses(original.data));
  }
}

function anonymize(file: string, ...words: readonly string[]): Promise<Ran> {
  const environment = { PATH: process.env.PATH ?? '', HOLDFAST_ANONYMIZE_KEY: 'a key of the witness' };
  return ran(join(root, 'scripts', 'anonymize'), [file, ...words], environment, root);
}

function said({ status, err }: Ran): string {
  return status === 0 ? '' : `exit status ${status}: ${err}`;
}

async function restored(server: PostgresServer, file: string): Promise<Restored> {
  await makeDatabase(server, 'restored');
  const client = new Client(server, 'restored');
  const messages = await client.load(file);
  return {
    messages: messages.map(withoutAddresses),
    definitions: contentOf(await client.dump('--schema-only')),
    data: contentOf(await client.dump('--data-only')),
    rows: Object.fromEntries(
      Object.entries(await client.sums()).map(([table, sum]) => [table, sum.replace(/ [0-9a-f]{32}$/, '')]),
    ),
  };
}

/** Written by the server as JSON, which is YAML too. */
const keepAll = `
SELECT json_build_object('version', 1, 'unknown-columns', 'fail', 'tables', json_object_agg(name, json_build_object('columns', columns)),
                         'leak-check', json_build_object('emails', 'off', 'phones', 'off', 'ibans', 'off', 'cards', 'off'))
  FROM (SELECT format('%I.%I', n.nspname, c.relname) AS name, json_object_agg(a.attname, 'keep') AS columns
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
         GROUP BY 1) every_table`;

function compareText(points: Points, point: string, ours: string, theirs: string): void {
  if (ours === theirs) points.agree();
  else points.differ(point, ...firstDifference(ours, theirs));
}
