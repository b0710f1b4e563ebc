/** One dump, anonymised by the command, and restored beside what it was. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { quoteName } from '../../../lab/hosts/postgres/psql.ts';
import type { PostgresServer } from '../../../lab/hosts/postgres/server.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { Client, contentOf } from '../../lib/postgres-client.ts';
import { firstDifference, type Ran, ran } from '../../lib/programs.ts';
import type { Points } from '../../points.ts';
import { addressesIn, withoutAddresses } from './addresses.ts';

const damage =
  /syntax error|missing data for column|extra data after last expected column|invalid input syntax for type/;

/** What a file becomes in a database, and what psql said. */
interface Restored {
  readonly messages: readonly string[];
  readonly definitions: string;
  readonly data: string;
  /** How many rows each table has. */
  readonly rows: string;
}

export async function tryFile(points: Points, server: PostgresServer, folder: string, file: string): Promise<void> {
  const name = basename(file);
  const text = readFileSync(file, 'latin1');
  const original = await restored(server, folder, 'original', text);
  const rules = join(folder, 'rules.yml');
  const audit = await anonymize(file, '--audit', '--footer', 'optional');
  // A file that its owner has damaged: the server cannot read all of it either.
  if (original.messages.some((message) => damage.test(message)) && (await anonymised(file, [])).status === 1) {
    points.agree();
    return;
  }
  points.compare(`${name}: --audit ends well`, said(audit), '');
  writeFileSync(rules, audit.out, 'latin1');
  for (const [way, ...words] of [['default'], ['audit', '--rules', rules]] as const) {
    const point = (what: string): string => `${name}, ${way}: ${what}`;
    const made = await anonymised(file, words);
    points.compare(point('anonymize ends well'), said(made), '');
    if (made.status !== 0) continue;
    points.compare(point('addresses of the source'), addressesLeft(text, made.out), []);
    const copy = await restored(server, folder, 'copy', made.out);
    points.compare(point('messages of psql'), copy.messages, original.messages);
    points.compare(point('rows of each table'), copy.rows, original.rows);
    compareText(points, point('definitions'), copy.definitions, original.definitions);
    if (way === 'default') compareText(points, point('rows'), copy.data, original.data);
  }
}

/** A file that lacks pg_dump's last line, or has rows behind it, is refused, and is taken with the option that says so. */
async function anonymised(file: string, words: readonly string[]): Promise<Ran> {
  const first = await anonymize(file, ...words);
  return first.status !== 0 && /does not have its last line|stand behind the last line/.test(first.err)
    ? anonymize(file, ...words, '--footer', 'optional')
    : first;
}

function anonymize(file: string, ...words: readonly string[]): Promise<Ran> {
  const environment = { PATH: process.env.PATH ?? '', HOLDFAST_ANONYMIZE_KEY: 'a key of the witness' };
  const [from, to] = words[0] === '--audit' ? [file, []] : [file, ['-']];
  return ran(join(root, 'scripts', 'anonymize'), [from, ...to, ...words], environment, root);
}

function said({ status, err }: Ran): string {
  return status === 0 ? '' : `exit status ${status}: ${err}`;
}

/** What the anonymiser writes in place of one: under a domain for examples, or letters that all are x. */
const replacement = /[@.]example\.(com|net|org)$|^x+@[x.]+$/;

/** Addresses of the source that the result still has, and others outside of the domain that documents may use. */
function addressesLeft(before: string, after: string): readonly string[] {
  const known = new Set(addressesIn(before));
  return addressesIn(after).filter((address) => known.has(address) || !replacement.test(address));
}

/** Loads a file again as long as it names roles that are not there. */
async function restored(server: PostgresServer, folder: string, name: string, text: string): Promise<Restored> {
  const file = join(folder, `${name}.sql`);
  writeFileSync(file, withoutItsDatabase(text), 'latin1');
  const database = new Client(server, 'wild');
  let messages: readonly string[];
  do {
    await emptied(server);
    messages = await database.load(file);
  } while (await makeRoles(server, messages));
  return {
    messages: messages.map(withoutAddresses),
    definitions: contentOf(await database.dump('--schema-only')),
    data: contentOf(await database.dump('--data-only')),
    rows: await server.sql(rowsOfEach, 'wild'),
  };
}

const rowsOfEach = `
SELECT format('%I.%I', n.nspname, c.relname),
       (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM ONLY %I.%I', n.nspname, c.relname), false, true, '')))[1]
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`;

/** Every file goes into the same database: the statements of pg_dump --create stand on lines of their own. */
function withoutItsDatabase(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^((CREATE|DROP|ALTER) DATABASE|\\c(onnect)?) /i.test(line))
    .join('\n');
}

async function emptied(server: PostgresServer): Promise<void> {
  await server.sql('DROP DATABASE IF EXISTS wild WITH (FORCE)');
  await server.sql("CREATE DATABASE wild TEMPLATE template0 ENCODING 'UTF8'");
}

/** @returns whether it made any */
async function makeRoles(server: PostgresServer, messages: readonly string[]): Promise<boolean> {
  const missing = new Set(messages.flatMap((message) => /role "([^"]+)" does not exist/.exec(message)?.[1] ?? []));
  const known = (await server.sql('SELECT rolname FROM pg_roles')).split('\n');
  const made = [...missing].filter((role) => !known.includes(role));
  for (const role of made) await server.sql(`CREATE ROLE ${quoteName(role)} SUPERUSER`);
  return made.length > 0;
}

function compareText(points: Points, point: string, ours: string, theirs: string): void {
  const [one, other] = [withoutAddresses(ours), withoutAddresses(theirs)];
  if (one === other) points.agree();
  else points.differ(point, ...firstDifference(one, other));
}
