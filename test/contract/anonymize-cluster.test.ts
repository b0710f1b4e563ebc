/**
 * Dumps whose tables are hard to know, restored: of a whole server (pg_dumpall), as pg_dump wrote them before 2018, of data alone, with
 * typed tables, and changed between their rows.
 */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { run } from '../unit/anonymize/run.ts';

const execute = promisify(execFile);
let directory: string;
let source: PostgresServer;
let target: PostgresServer;
beforeAll(async () => {
  ensurePrerequisites();
  directory = mkdtempSync(join(tmpdir(), 'holdfast-cluster-'));
  chmodSync(directory, 0o755);
  [source, target] = await Promise.all([
    startPostgres({ directory: join(directory, 'source') }),
    startPostgres({ directory: join(directory, 'target') }),
  ]);
}, 60_000);
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
  rmSync(directory, { recursive: true, force: true });
});

async function program(server: PostgresServer, name: string, ...options: string[]): Promise<string> {
  const env = { ...process.env, PGPASSWORD: server.password };
  const { stdout } = await execute(join(server.binaries, name), options, { env, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Restores as psql does with ON_ERROR_STOP. */
async function restore(sql: string, database = 'postgres'): Promise<void> {
  const child = execFile(join(target.binaries, 'psql'), ['-qX', '-v', 'ON_ERROR_STOP=1', '-d', target.url(database)], {
    env: { ...process.env, PGPASSWORD: target.password },
  });
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  child.stdin?.end(sql);
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code === 0 ? '' : errors).toBe('');
}

const anyAddress = /[\w.]+@real\.example/;

test('what pg_dumpall writes is restored into an empty server, each database with tables of its own', async () => {
  await source.sql(
    `
    CREATE ROLE clerk LOGIN PASSWORD 'ann@real.example';
    ALTER ROLE clerk SET application_name TO 'of ann@real.example';
    COMMENT ON ROLE clerk IS 'ann@real.example';
    CREATE DATABASE shop;
    CREATE DATABASE "my ""crm""";
    COMMENT ON DATABASE shop IS 'of ann@real.example';
    ALTER DATABASE shop SET search_path TO app, public;
    GRANT CONNECT ON DATABASE shop TO clerk`.replaceAll(/;\n/g, ';\n'),
  );
  await source.sql(
    `CREATE SCHEMA app; CREATE TABLE app.users (id integer PRIMARY KEY, mail text UNIQUE);
     CREATE TABLE public.users (mail text, note text);
     INSERT INTO app.users SELECT n, 'user' || n || '@real.example' FROM generate_series(1, 50) n;
     INSERT INTO public.users SELECT mail, 'asks ' || mail FROM app.users`,
    'shop',
  );
  await source.sql(
    `CREATE TABLE public.users (note text UNIQUE, mail text, more text);
     INSERT INTO public.users SELECT 'user' || n || '@real.example', 'b@real.example', 'x' FROM generate_series(1, 9) n`,
    'my "crm"',
  );
  // The superuser of the target is there already.
  const dump = (await program(source, 'pg_dumpall', '-d', source.url())).replace(/^CREATE ROLE lab;$/m, '');
  const { text, report } = await run(dump, { footer: true });
  expect(text).not.toMatch(anyAddress);
  expect(text).not.toMatch(/PASSWORD/);
  expect(report.counts).toContainEqual({ table: 'shop.app.users', rule: 'unique emails', count: 50 });
  expect(report.counts).toContainEqual({ table: 'shop.public.users', rule: 'emails', count: 100 });
  expect(report.counts).toContainEqual({ table: '"my ""crm""".public.users', rule: 'unique emails', count: 9 });
  await restore(text);
  const counted = 'SELECT count(*), count(DISTINCT mail) FROM';
  expect((await target.sql(`${counted} app.users`, 'shop')).trim()).toBe('50|50');
  expect((await target.sql(`${counted} public.users`, 'shop')).trim()).toBe('50|1');
  expect((await target.sql(`${counted} public.users`, 'my "crm"')).trim()).toBe('9|1');
  expect(
    (await target.sql(`SELECT count(*) FROM pg_authid WHERE rolname = 'clerk' AND rolpassword IS NULL`)).trim(),
  ).toBe('1');
}, 120_000);

describe('a dump is restored', () => {
  const check = async (name: string, dump: string, query: string, rules?: string): Promise<string> => {
    await target.createDatabase(name);
    const { text } = await run(dump, rules === undefined ? {} : { rules });
    expect(text).not.toMatch(anyAddress);
    await restore(text, name);
    return (await target.sql(query, name)).trim();
  };

  test('of typed tables, whose columns their types have', async () => {
    await source.createDatabase('typed');
    await source.sql(
      `CREATE TYPE person AS (name text, mail varchar(60), born date);
       CREATE TABLE people OF person (UNIQUE (mail), name WITH OPTIONS NOT NULL);
       CREATE TABLE friends OF person;
       ALTER TYPE person ADD ATTRIBUTE other text CASCADE;
       CREATE UNIQUE INDEX ON friends (lower(other));
       INSERT INTO people SELECT 'n', 'user' || n || '@real.example', NULL FROM generate_series(1, 9) n;
       INSERT INTO friends SELECT name, mail, born, upper(mail) FROM people`,
      'typed',
    );
    const query = 'SELECT count(DISTINCT mail), (SELECT count(DISTINCT other) FROM friends), min(name) FROM people';
    for (const [index, options] of [[], ['--inserts'], ['--column-inserts']].entries()) {
      const dump = await program(source, 'pg_dump', ...options, '-d', source.url('typed'));
      expect(await check(`typed${index}`, dump, query)).toBe('9|9|n');
      const rules = 'version: 1\ntables: { public.people: { columns: { name: { fake: name }, mail: pseudonym } } }';
      expect(await check(`typed_rules${index}`, dump, query, rules)).toMatch(/^9\|9\|\w+ \w+$/);
    }
  }, 60_000);

  test('of data alone, behind its definitions', async () => {
    const url = source.url('typed');
    const definitions = await program(source, 'pg_dump', '--schema-only', '-d', url);
    for (const [index, options] of [
      ['--data-only'],
      ['--section=data', '--inserts'],
      ['-a', '--column-inserts'],
    ].entries()) {
      const name = `data${index}`;
      await target.createDatabase(name);
      await restore(definitions, name);
      const { text, report } = await run(await program(source, 'pg_dump', ...options, '-d', url), { footer: true });
      expect(text).not.toMatch(anyAddress);
      expect(report.warnings.join()).toContain('rows of tables that it does not define');
      await restore(text, name);
      expect((await target.sql('SELECT count(DISTINCT mail) FROM people', name)).trim()).toBe('9');
    }
  }, 60_000);

  test('whose names have no schema, as before 2018', async () => {
    const dump = `
SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
CREATE SCHEMA one;
CREATE SCHEMA "Two";
SET search_path = one, pg_catalog;
CREATE DOMAIN contact AS character varying(40);
CREATE TYPE state AS ENUM ('on', 'off');
CREATE SEQUENCE users_id_seq START WITH 1;
CREATE TABLE users (id integer DEFAULT nextval('users_id_seq'::regclass) NOT NULL, mail contact, st state);
CREATE TABLE base (mail text) PARTITION BY LIST (mail);
CREATE TABLE base_all PARTITION OF base DEFAULT;
SET search_path = "Two", pg_catalog;
CREATE TABLE users (mail text, mail2 text, n integer);
CREATE TABLE more (x text) INHERITS (users);
CREATE TABLE refers (mail one.contact);
SET search_path = one, pg_catalog;
COPY users (id, mail, st) FROM stdin;
1	a@real.example	on
2	b@real.example	off
\\.
COPY base_all (mail) FROM stdin;
a@real.example
b@real.example
\\.
SET search_path = "Two", pg_catalog;
INSERT INTO users VALUES ('a@real.example', 'a@real.example', 1);
INSERT INTO users (mail, n) VALUES ('b@real.example', 2);
INSERT INTO more VALUES ('c@real.example', 'c@real.example', 3, 'd@real.example');
COPY refers (mail) FROM stdin;
b@real.example
\\.
SET search_path = one, pg_catalog;
SELECT pg_catalog.setval('users_id_seq', 2, true);
ALTER TABLE ONLY users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX users_mail ON users USING btree (mail);
CREATE UNIQUE INDEX base_mail ON base USING btree (mail);
SET search_path = "Two", pg_catalog;
ALTER TABLE ONLY refers ADD CONSTRAINT refers_fkey FOREIGN KEY (mail) REFERENCES one.users(mail);
`;
    const query = `SELECT (SELECT count(DISTINCT mail) FROM one.users), (SELECT count(DISTINCT mail) FROM one.base),
      (SELECT count(DISTINCT mail) FROM "Two".users), (SELECT count(*) FROM "Two".refers JOIN one.users USING (mail))`;
    expect(await check('old', dump, query)).toBe('2|2|1|1');
    const rules =
      'version: 1\ntables:\n  one.users: { columns: { mail: pseudonym } }\n  Two.refers: { columns: { mail: pseudonym } }\n  Two.users: { columns: { mail2: { fixed: gone } } }';
    expect(await check('old_rules', dump, query, rules)).toBe('2|2|1|1');
  }, 60_000);

  test('whose tables change between their rows', async () => {
    const dump = `CREATE TABLE people (id integer, mail text);
INSERT INTO people VALUES (1, 'a@real.example'), (2, 'b@real.example');
ALTER TABLE people RENAME mail TO email;
ALTER TABLE people RENAME TO users;
CREATE SCHEMA app;
ALTER TABLE users SET SCHEMA app;
SET search_path TO app, public;
CREATE TABLE copied (LIKE users INCLUDING ALL, note text);
CREATE TABLE made AS SELECT id, email AS mail FROM users;
INSERT INTO copied SELECT id, email, 'x' FROM users;
INSERT INTO copied VALUES (3, 'c@real.example');
INSERT INTO made VALUES (3, 'c@real.example'), (4, 'd@real.example');
INSERT INTO users VALUES (3, 'c@real.example');
ALTER TABLE users ADD COLUMN later text, ADD UNIQUE (email);
ALTER TABLE made ADD UNIQUE (mail);
`;
    const query = `SELECT (SELECT count(DISTINCT email) FROM app.users), (SELECT count(*) FROM app.copied),
      (SELECT count(DISTINCT mail) FROM app.made)`;
    expect(await check('changed', dump, query)).toBe('3|3|4');
  }, 60_000);
});
