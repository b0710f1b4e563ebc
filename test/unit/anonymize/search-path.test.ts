/** Dumps whose statements do not name schemas: of pg_dump before 2018, and written by hand. */
import { describe, expect, test } from '@jest/globals';
import { connectedDatabase, Session } from '../../../src/anonymize/format/session.ts';
import { run } from './run.ts';

/** As pg_dump 9.6.7 writes it (dumps of before CVE-2018-1058 was mended): a path for each schema, names without one. */
const oldStyle = `--
-- PostgreSQL database dump
--

-- Dumped from database version 9.6.3
-- Dumped by pg_dump version 9.6.3

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET client_min_messages = warning;
SET row_security = off;

CREATE SCHEMA shop;

SET search_path = public, pg_catalog;

CREATE TYPE mood AS ENUM (
    'sad',
    'ok'
);

SET search_path = shop, pg_catalog;

CREATE DOMAIN contact AS character varying(60);

SET default_with_oids = false;

CREATE TABLE users (
    id integer NOT NULL,
    mail contact,
    note text
);

CREATE TABLE orders (
    id integer NOT NULL,
    buyer contact
);

SET search_path = public, pg_catalog;

CREATE TABLE users (
    id integer NOT NULL,
    feeling mood
);

SET search_path = shop, pg_catalog;

COPY users (id, mail, note) FROM stdin;
1	ann@real.example	asks bob@real.example
2	bob@real.example	\\N
\\.

INSERT INTO orders VALUES (1, 'ann@real.example');

SET search_path = public, pg_catalog;

INSERT INTO users VALUES (1, 'ok');
INSERT INTO users VALUES (2, 'sad');

SET search_path = shop, pg_catalog;

ALTER TABLE ONLY users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

CREATE UNIQUE INDEX users_mail ON users USING btree (mail);

ALTER TABLE ONLY orders
    ADD CONSTRAINT orders_buyer_fkey FOREIGN KEY (buyer) REFERENCES users(mail);

--
-- PostgreSQL database dump complete
--

`;

describe('a dump of pg_dump before 2018', () => {
  test('has tables of the same name in two schemas', async () => {
    const { text, report } = await run(oldStyle, { footer: true });
    expect(text.match(/nobody-\w+@example\.com/g)).toHaveLength(3);
    const mails = [...text.matchAll(/^[12]\t(nobody-\w+@example\.com)/gm)].map(([, mail]) => mail);
    expect(new Set(mails).size).toBe(2);
    expect(text).toContain(`INSERT INTO orders VALUES (1, '${mails[0]}')`);
    expect(text).not.toContain('real.example');
    const tables = new Set(report.counts.map(({ table }) => table));
    expect(tables).toEqual(new Set(['shop.users', 'shop.orders']));
    expect(report.warnings.join()).toContain('shop.users.mail must stay unique');
  });

  test.each([
    ['the schema', 'shop.users', 'public.users'],
    ['only the table where one fits', 'orders', undefined],
  ])('has rules that name %s', async (_what, first, second) => {
    const other = second === undefined ? '' : `  ${second}: { columns: { id: keep, feeling: { fixed: sad } } }\n`;
    const own = first === 'orders' ? 'buyer: emails' : 'note: { fixed: gone }';
    const { text } = await run(oldStyle, {
      rules: `version: 1\ntables:\n  ${first}: { columns: { ${own} } }\n${other}`,
    });
    if (second === undefined) return;
    expect(text).toMatch(/^1\tnobody-\w+@example\.com\tgone$/m);
    expect(text).toContain("INSERT INTO users VALUES (1, 'sad')");
  });

  test('has mistakes in rules told with the schema', async () => {
    const rules =
      'version: 1\ntables:\n  public.users: { columns: { mail: emails } }\n  users: { columns: { id: keep } }\n';
    const error = await run(oldStyle, { rules }).catch((one) => one);
    expect(error.problems.join('\n')).toContain(
      'public.users.mail: the table has no such column; allowed: id, feeling',
    );
    expect(error.problems.join('\n')).toContain('users: the dump has no such table; allowed: shop.users, public.users');
  });

  test('has constraints of tables that a name means, wherever in the path they are', async () => {
    const sql = `SET search_path TO app, "Odd Schema", public;
CREATE TABLE public.people (mail text UNIQUE);
CREATE TABLE "Odd Schema".teams (mail text);
CREATE TABLE notes (mail text REFERENCES people (mail));
ALTER TABLE teams ADD UNIQUE (mail);
INSERT INTO people VALUES ('a@real.example'), ('b@real.example');
INSERT INTO teams VALUES ('a@real.example'), ('b@real.example');
COPY notes FROM stdin;
a@real.example
b@real.example
\\.
`;
    const { text, report } = await run(sql);
    const mails = text.match(/nobody-\w+@example\.com/g) ?? [];
    expect(mails).toHaveLength(6);
    expect(new Set(mails).size).toBe(2);
    expect(report.counts.map(({ table }) => table)).toEqual(['public.people', '"Odd Schema".teams', 'app.notes']);
  });
});

describe('without a search path', () => {
  test.each([
    ['CREATE TABLE t (a text UNIQUE);', 'INSERT INTO public.t VALUES', 't'],
    ['CREATE TABLE public.t (a text UNIQUE);', 'INSERT INTO t VALUES', 'public.t'],
    ['CREATE TABLE t (a text); ALTER TABLE public.t ADD UNIQUE (a);', 'INSERT INTO t VALUES', 't'],
    ['CREATE TABLE t (a text UNIQUE); SET search_path = public, pg_catalog;', 'INSERT INTO t VALUES', 't'],
  ])('t and public.t are the same: %s', async (definition, insert, name) => {
    for (const rule of ['t', 'public.t']) {
      const rules = `version: 1\ntables:\n  ${rule}: { columns: { a: emails } }\nleak-check: { allow: [${rule}.a] }`;
      const { text, report } = await run(`${definition}\n${insert} ('a@real.example'), ('b@real.example');\n`, {
        rules,
      });
      expect(new Set(text.match(/nobody-\w+@example\.com/g)).size).toBe(2);
      expect(report.counts).toEqual([{ table: name, rule: 'unique emails', count: 2 }]);
    }
  });
});

describe('a search path', () => {
  const pathOf = (...statements: string[]) => {
    const session = new Session(false);
    for (const statement of statements) session.statement(statement);
    return session.scope.schemas;
  };

  test.each([
    ['SET search_path = app, pg_catalog;', ['app', 'pg_catalog']],
    ['set SESSION search_path to App , "Odd, ""one""";', ['app', '"Odd, ""one"""']],
    [`SET search_path TO "$user", public;`, ['"$user"', 'public']],
    [`SET search_path = '';`, []],
    [`SET search_path = "";`, []],
    [`SET search_path TO 'app', 'Öl';`, ['app', '"Öl"']],
    [`SET SCHEMA 'app';`, ['app']],
    [`SELECT pg_catalog.set_config('search_path', '', false);`, []],
    [`SELECT set_config ( 'search_path' , 'app, public', false );`, ['app', 'public']],
    ['SET search_path TO DEFAULT;', undefined],
    ['SET search_paths = app;', undefined],
    ["SELECT 'search_path';", undefined],
  ])('%s', (statement, schemas) => expect(pathOf(statement)).toEqual(schemas));

  test.each([
    [['SET search_path = a;', 'RESET search_path;'], undefined],
    [['SET search_path = a;', 'RESET ALL;'], undefined],
    [['SET search_path = a;', 'DISCARD ALL;'], undefined],
    [['SET search_path = a;', 'BEGIN;', 'SET LOCAL search_path = b;'], ['b']],
    [['SET search_path = a;', 'BEGIN;', 'SET LOCAL search_path = b;', 'COMMIT;'], ['a']],
    [['BEGIN;', "SELECT set_config('search_path', 'b', true);", 'ROLLBACK TO SAVEPOINT s;'], ['b']],
    [['BEGIN;', "SELECT set_config('search_path', 'b', true);", 'ROLLBACK;'], undefined],
    [['SET search_path = a;', 'COMMIT;'], ['a']],
  ])('%j', (statements, schemas) => expect(pathOf(...statements)).toEqual(schemas));
});

test.each([
  ['\\connect app', 'app'],
  ['\\c app', 'app'],
  ['\\connect MyApp', 'MyApp'],
  ['\\connect "my app"', 'my app'],
  ['\\connect "say ""hi"""', 'say "hi"'],
  [`\\connect -reuse-previous=on "dbname='my app'"`, 'my app'],
  [`\\connect -reuse-previous=on "dbname='it\\\\'s \\\\\\\\ x'"`.replaceAll('\\\\', '\\'), "it's \\ x"],
  [`\\connect -reuse-previous=on "dbname='say ""hi""'"`, 'say "hi"'],
  [`\\connect "host=db dbname=app user=x"`, 'app'],
  ['\\connect postgres://ann@db/my%20app?sslmode=require', 'my app'],
  ['\\connect app ann localhost 5432', 'app'],
  ['\\connect - ann', undefined],
  ['\\connect', undefined],
  ['\\restrict abc', undefined],
])('%s is a database', (line, name) => expect(connectedDatabase(line)).toBe(name));
