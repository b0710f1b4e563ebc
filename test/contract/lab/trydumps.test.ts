/** `npm run trydumps`: a dump comes back the same in each way, and what differs from the source is noticed. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type PostgresServer, startPostgres } from '../../../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../../../lab/hosts/prerequisites.ts';
import { triedTables } from '../../../lab/trydumps/columns.ts';
import { compareDefinitions, compareElsewhere } from '../../../lab/trydumps/compare-definitions.ts';
import { compareRows } from '../../../lab/trydumps/compare-rows.ts';
import { TrialDatabase } from '../../../lab/trydumps/database.ts';
import { readRules } from '../../../lab/trydumps/expected.ts';
import { tryDump } from '../../../lab/trydumps/trial.ts';

let directory: string;
let server: PostgresServer;
beforeAll(async () => {
  ensurePrerequisites();
  directory = mkdtempSync('/var/tmp/holdfast-trydumps-test-');
  chmodSync(directory, 0o755);
  server = await startPostgres({ directory: join(directory, 'postgres') });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const guests = `CREATE TABLE public.guests (
    id integer NOT NULL, mail text, nick text, born date, paid numeric, "Room Key" bytea, hotel uuid);
ALTER TABLE public.guests OWNER TO innkeeper;
COPY public.guests (id, mail, nick, born, paid, "Room Key", hotel) FROM stdin;
1\tada@inn.example\tada\t1990-02-28\t10.50\t\\\\x6164614069\t9a1c9f6e-0000-4000-8000-000000000001
2\tbob@inn.example\tbob\t\\N\t20\t\\N\t9a1c9f6e-0000-4000-8000-000000000002
3\tada@inn.example\tada\t1991-01-01\t0\t\\N\t9a1c9f6e-0000-4000-8000-000000000001
\\.
ALTER TABLE ONLY public.guests ADD CONSTRAINT guests_pkey PRIMARY KEY (id);
`;

test('a dump is loaded with the roles that it names, and comes back the same in six ways', async () => {
  const file = join(directory, 'inn.sql');
  writeFileSync(file, `--\n-- PostgreSQL database dump\n--\n\nCREATE DATABASE inn;\n\\connect inn\n${guests}`);
  const trial = await tryDump(server, file, directory);
  expect(trial).toMatchObject({ loadErrors: [], tables: 1, rows: 3 });
  expect(trial.outcomes.map(({ input, way, details }) => [input, way, ...details])).toEqual([
    ['raw', 'default'],
    ['raw', 'audit'],
    ['raw', 'derived'],
    ['fresh', 'default'],
    ['fresh', 'audit'],
    ['fresh', 'derived'],
  ]);
}, 120_000);

test('a column that the rows leave out has its default, whatever its rule', async () => {
  const file = join(directory, 'left-out.sql');
  writeFileSync(
    file,
    `--\n-- PostgreSQL database dump\n--\nCREATE TABLE public.t (a varchar(200), b varchar(200) DEFAULT 'x', c varchar(200) DEFAULT 'y', d varchar(200) DEFAULT 'z',
  e varchar(200) DEFAULT 'z', f varchar(200) DEFAULT 'z', g varchar(200) DEFAULT 'z', h varchar(200) DEFAULT 'z');
COPY public.t (a) FROM stdin;\nann\nbob\n\\.\n`,
  );
  const trial = await tryDump(server, file, directory);
  expect(trial.outcomes.flatMap(({ details }) => details)).toEqual([]);
}, 60_000);

test('of a file that does not load whole, what loads is tried; the rest is listed with what the server says', async () => {
  const file = join(directory, 'broken.sql');
  writeFileSync(file, 'CREATE TABLE two (id no_such_type);\n');
  const loadErrors = ['ERROR:  type "no_such_type" does not exist'];
  expect(await tryDump(server, file, directory)).toMatchObject({ loadErrors, outcomes: [] });
  writeFileSync(file, 'CREATE TABLE one (id integer);\nCREATE TABLE two (id no_such_type);\n');
  const trial = await tryDump(server, file, directory);
  expect(trial).toMatchObject({ loadErrors, tables: 1 });
  expect(trial.outcomes.map(({ input, result }) => [input, result])).toEqual([
    ['fresh', 'same'],
    ['fresh', 'same'],
    ['fresh', 'same'],
  ]);
}, 60_000);

test('tables without rows get some, with addresses, as their constraints allow', async () => {
  const file = join(directory, 'empty.sql');
  writeFileSync(
    file,
    `CREATE TYPE mood AS ENUM ('ok', 'bad');
CREATE TABLE rooms (id integer PRIMARY KEY, guest integer NOT NULL);
CREATE TABLE guests (id integer PRIMARY KEY, email text UNIQUE, note varchar(60), mood mood, tags text[],
  state text CHECK (state IN ('in', 'out')), born date, doc jsonb);
ALTER TABLE rooms ADD FOREIGN KEY (guest) REFERENCES guests;
CREATE TABLE kept (id integer); INSERT INTO kept VALUES (1);`,
  );
  const trial = await tryDump(server, file, directory, 5);
  expect(trial).toMatchObject({ loadErrors: [], tables: 3, rows: 11, filled: 10 });
  expect(trial.outcomes.map(({ input, way, details }) => [input, way, ...details])).toEqual([
    ['fresh', 'default'],
    ['fresh', 'audit'],
    ['fresh', 'derived'],
  ]);
}, 60_000);

const rules = `tables:
  public.guests:
    columns: { mail: emails, nick: hash, born: { shift-days: 3 }, paid: { noise: 10% }, "Room Key": keep, hotel: pseudonym }`;

/** What a faithful anonymiser does to the three rows; then one fault. */
const faithful = `UPDATE guests SET mail = 'nobody@example.com', nick = md5(nick), born = born + 2, paid = paid * 1.05, hotel = md5(hotel::text)::uuid;
  CREATE TABLE kept AS TABLE guests ORDER BY id; TRUNCATE guests; INSERT INTO guests SELECT * FROM kept ORDER BY id DESC; DROP TABLE kept;`;

const faults: readonly (readonly [fault: string, sql: string, noticed: string])[] = [
  ['nothing', '', ''],
  [
    'another text beside an address',
    `UPDATE kept SET mail = mail || '!' WHERE id = 3`,
    'public.guests.mail ("emails"): 1 of 3 values differ, the first in row 3',
  ],
  [
    'an address that is left',
    `UPDATE kept SET mail = 'bob@inn.example' WHERE id = 2`,
    'public.guests.mail: addresses left in 1 values',
  ],
  [
    'equal values that are no longer equal',
    `UPDATE kept SET nick = 'x' WHERE id = 3`,
    'public.guests.nick ("hash"): 1 equal values became different ones',
  ],
  [
    'different values that are equal',
    `UPDATE kept SET nick = md5('ada')`,
    'public.guests.nick ("hash"): 1 different values became equal',
  ],
  [
    'NULL that is none any more',
    `UPDATE kept SET born = '2000-01-01' WHERE id = 2`,
    'public.guests.born ({"shift-days":3}): 1 of 3 values differ, the first in row 2',
  ],
  [
    'a date that moves too far',
    `UPDATE kept SET born = born + 2 WHERE id = 1`,
    'public.guests.born ({"shift-days":3}): 1 of 3 values differ, the first in row 1',
  ],
  [
    'a number that changes too much',
    `UPDATE kept SET paid = 40 WHERE id = 2`,
    'public.guests.paid ({"noise":"10%"}): 1 of 3 values differ, the first in row 2',
  ],
  [
    'a byte that is to stay',
    `UPDATE kept SET "Room Key" = '\\x00' WHERE id = 1`,
    'public.guests.Room Key ("keep"): 1 of 3 values differ, the first in row 1',
  ],
  ['a lost row', `DELETE FROM kept WHERE id = 3`, 'public.guests: the source has more rows than 2'],
  ['an added row', `INSERT INTO kept (id) VALUES (4)`, 'public.guests: the copy has more rows than 3'],
];

test('each fault of a copy is noticed, and a faithful copy has none', async () => {
  await server.sql('CREATE ROLE innkeeper').catch(() => {});
  const file = join(directory, 'guests.sql');
  writeFileSync(file, guests);
  const source = await TrialDatabase.create(server, 'trial_source');
  const copy = await TrialDatabase.create(server, 'trial_copy');
  for (const database of [source, copy]) expect(await database.run(file, 'error')).toEqual([]);
  const [table] = await triedTables(source);
  if (table === undefined) throw new Error('the table is not seen');
  for (const [fault, sql, noticed] of faults) {
    await copy.sql(`BEGIN; TRUNCATE guests; COMMIT;`);
    await copyRows(source, copy);
    await copy.sql(faithful.replace('TRUNCATE guests;', `${sql === '' ? '' : `${sql};`} TRUNCATE guests;`));
    const { differences, left } = await compareRows(source, copy, table, readRules(rules));
    const found = [...differences, ...left];
    expect({ fault, found }).toEqual({ fault, found: noticed === '' ? [] : expect.arrayContaining([noticed]) });
  }
}, 120_000);

/** The rows as they are. */
async function copyRows(source: TrialDatabase, copy: TrialDatabase): Promise<void> {
  const rows = await source.sql(
    `SELECT string_agg(format('(%L, %L, %L, %L, %L, %L, %L)', id, mail, nick, born, paid, "Room Key", hotel), ',') FROM guests`,
  );
  await copy.sql(`INSERT INTO guests SELECT id::int, mail, nick, born::date, paid::numeric, k::bytea, hotel::uuid
    FROM (VALUES ${rows}) v (id, mail, nick, born, paid, k, hotel)`);
}

test('an expression that PostgreSQL writes otherwise when it is loaded again is no difference', async () => {
  const file = join(directory, 'views.sql');
  writeFileSync(
    file,
    `--\n-- PostgreSQL database dump\n--\nCREATE TABLE t (a varchar(9));
CREATE VIEW v AS SELECT a FROM t WHERE (a)::text = ANY ((ARRAY['1'::varchar, '4'::varchar])::text[]);`,
  );
  const trial = await tryDump(server, file, directory);
  expect(trial.outcomes.flatMap(({ details }) => details)).toEqual([]);
}, 60_000);

test('definitions and sequences that differ are noticed; addresses in them may differ', async () => {
  const source = await TrialDatabase.create(server, 'trial_source');
  const copy = await TrialDatabase.create(server, 'trial_copy');
  const definitions = `CREATE TABLE t (m text DEFAULT 'a@inn.example'); CREATE SEQUENCE s`;
  const reload = async (): Promise<TrialDatabase> => {
    const reloaded = await TrialDatabase.create(server, 'trial_reloaded');
    await reloaded.sql(definitions);
    return reloaded;
  };
  await source.sql(definitions);
  await copy.sql(`CREATE TABLE t (m text DEFAULT 'nobody@example.com'); CREATE SEQUENCE s`);
  expect(await compareDefinitions(source, copy, directory, reload)).toEqual([]);
  expect(await compareElsewhere(source, copy)).toEqual([]);
  await copy.sql(`SELECT nextval('s'); ALTER TABLE t ALTER m SET NOT NULL`);
  expect(await compareDefinitions(source, copy, directory, reload)).toEqual([
    "definitions differ:     m text DEFAULT '<address>'::text / m text DEFAULT '<address>'::text NOT NULL".replace(
      '/ m',
      '/     m',
    ),
  ]);
  expect(await compareElsewhere(source, copy)).toEqual(['sequences differ']);
}, 60_000);
