/** What psql and pg_restore say of the statements that a server refused, as PostgreSQL 15 to 18 print it. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maxRefusals, RefusalReader } from '../../../src/dump/engines/postgres/refusals/refusals.ts';
import { objectOfStatement } from '../../../src/dump/engines/postgres/refusals/statement-object.ts';

/** @param size of the pieces in which the text arrives */
function read(text: string, size = text.length + 1) {
  const reader = new RefusalReader();
  for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
  const refusals = reader.end();
  return { refusals, lastWords: reader.lastWords, ended: reader.restoreEnded };
}

const restored = `pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 3; 3079 16385 EXTENSION unaccent (no owner)
pg_restore: error: could not execute query: ERROR:  permission denied to create extension "unaccent"
HINT:  Must be superuser to create this extension.
Command was: CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;


pg_restore: error: could not execute query: ERROR:  must be owner of extension plpgsql
Command was: COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language';


pg_restore: error: COPY failed for table "Odd t": ERROR:  invalid input syntax for type integer: "ada@company.com"
CONTEXT:  COPY chk, line 2: "2"
pg_restore: error: could not execute query: ERROR:  insert or update on table "chi" violates foreign key constraint "chi_id_fkey"
DETAIL:  Key (email)=(ada@company.com) is not present in table "par".
Command was: ALTER TABLE ONLY public.chi
    ADD CONSTRAINT chi_id_fkey FOREIGN KEY (id) REFERENCES public.par(id);


pg_restore: warning: errors ignored on restore: 4
`;

describe('pg_restore', () => {
  test.each([1000, 7, 1])('tells object and reason, and no values of rows, in pieces of %i', (size) => {
    const { refusals, ended } = read(restored, size);
    expect(refusals.map(({ object, message, reason }) => [object, message, reason])).toEqual([
      ['EXTENSION unaccent', 'permission denied to create extension "unaccent"', 'rights'],
      ['rows of "Odd t"', 'invalid input syntax for type integer: "…"', 'rows'],
      [
        'CONSTRAINT chi_id_fkey ON public.chi',
        'insert or update on table "chi" violates foreign key constraint "chi_id_fkey"',
        'rows',
      ],
    ]);
    expect(ended).toBe(true);
    expect(JSON.stringify(refusals)).not.toContain('ada@');
  });

  test('that counts more errors than could be told apart leaves one for the others', () => {
    const { refusals } = read(restored.replace('restore: 4', 'restore: 9'));
    expect(refusals).toHaveLength(4);
    expect(refusals.at(-1)?.message).toBe('5 more refusals');
    expect(refusals.at(-1)?.object).toBeUndefined();
  });

  test('that sets what an older server does not know has lost nothing by it', () => {
    const { refusals, ended } =
      read(`pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"
Command was: SET transaction_timeout = 0;
pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "app.tenant"
Command was: CREATE FUNCTION public.f() RETURNS integer
    LANGUAGE sql SET "app.tenant" = 'a'
    AS 'SELECT 1';
pg_restore: warning: errors ignored on restore: 2
`);
    expect(refusals.map(({ message }) => message)).toEqual(['unrecognized configuration parameter "app.tenant"']);
    expect(ended).toBe(true);
  });

  test('that did not come to its end says so with its own last words', () => {
    const { lastWords, ended } = read(
      `${restored.split('\n').slice(0, 6).join('\n')}\npg_restore: error: could not read from input file: end of file\n`,
    );
    expect(ended).toBe(false);
    expect(lastWords).toBe('could not read from input file: end of file');
  });

  test('that lost its connection is refused everything', () => {
    const { refusals } = read(`pg_restore: error: could not execute query: server closed the connection unexpectedly
\tThis probably means the server terminated abnormally
\tbefore or while processing the request.
Command was: CREATE TABLE public.a (
    id integer
);


pg_restore: error: could not execute query: no connection to the server
Command was: CREATE TABLE public.b ();


pg_restore: warning: errors ignored on restore: 2
`);
    expect(refusals).toMatchObject([
      { object: 'TABLE public.a', reason: 'connection' },
      { object: 'TABLE public.b', reason: 'connection' },
    ]);
  });
});

test('psql tells code and statement', () => {
  const { refusals } = read(`NOTICE:  00000: extension "a" already exists, skipping
LOCATION:  CreateExtension, extension.c:1680
ERROR:  23514: new row for relation "chk" violates check constraint "c"
DETAIL:  Failing row contains (2, ada@company.com).
CONTEXT:  COPY chk, line 2: "2"
LOCATION:  ExecConstraints, execMain.c:2090
STATEMENT:  COPY public.chk (id) FROM stdin;
ERROR:  42883: function unaccent(text) does not exist
LINE 1:  SELECT unaccent($1) 
                ^
LOCATION:  ParseFuncOrColumn, parse_func.c:629
STATEMENT:  CREATE INDEX person_name ON public.person USING btree (public.f_unaccent(name));
psql:<stdin>:9: ERROR:  42704: role "appr" does not exist
psql:<stdin>:9: STATEMENT:  CREATE POLICY p ON public.person
    TO appr USING (true);
`);
  expect(refusals.map(({ object, code, reason }) => [object, code, reason])).toEqual([
    ['rows of public.chk', '23514', 'rows'],
    ['INDEX public.person_name', '42883', 'definition'],
    ['POLICY p ON public.person', '42704', 'role'],
  ]);
  expect(JSON.stringify(refusals)).not.toContain('ada@');
});

test('what psql is refused for want of a newer series, or of an older release, is no loss', () => {
  const { refusals } = read(`ERROR:  42704: unrecognized configuration parameter "transaction_timeout"
LOCATION:  find_option, guc.c:1137
STATEMENT:  SET transaction_timeout = 0;
ERROR:  22023: unrecognized parameter "pg_attver"
STATEMENT:  ALTER TABLE ONLY public.a ALTER COLUMN b SET (pg_attver=7);
ERROR:  22023: unrecognized parameter "pg_attver"
STATEMENT:  ALTER TABLE ONLY public.a ALTER COLUMN b SET (pg_attver=7, n_distinct=5);
`);
  expect(refusals).toHaveLength(1);
  expect(refusals[0]?.message).toBe('unrecognized parameter "pg_attver"');
});

test('hundreds of thousands of refusals take no more room than some, and are counted', () => {
  const reader = new RefusalReader();
  const count = 60_000;
  for (let at = 0; at < count; at += 1)
    reader.push(
      `pg_restore: error: could not execute query: ERROR:  type "x" does not exist\nCommand was: CREATE TABLE public.t${at} (\n    a x\n);\n\n\n`,
    );
  reader.push(`pg_restore: warning: errors ignored on restore: ${count}\n`);
  const refusals = reader.end();
  expect(refusals).toHaveLength(maxRefusals + 1);
  expect(refusals.at(-1)?.message).toBe(`${count - maxRefusals} more refusals`);
});

test('whatever a hostile dump makes a server say, an error is never lost', () => {
  const line = fc.constantFrom(
    'pg_restore: warning: errors ignored on restore: 0',
    'Command was: SELECT 1;',
    'ERROR:  00000: nothing',
    'STATEMENT:  COMMENT ON EXTENSION x IS NULL;',
    'must be owner of extension x',
    '',
    'pg_restore: x',
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), fc.integer({ min: 1, max: 40 }), (noise, size) => {
      const text = `pg_restore: error: could not execute query: ERROR:  oh no\n${noise.join('\n')}\nCommand was: CREATE TABLE a ();\n`;
      expect(read(text, size).refusals.length).toBeGreaterThan(0);
    }),
  );
});

test.each([
  ['CREATE UNIQUE INDEX "a b" ON ONLY s."T" USING btree (x);', 'INDEX s."a b"'],
  ['CREATE TABLE public.a (\n    id integer\n);', 'TABLE public.a'],
  ['CREATE UNLOGGED TABLE public.a ();', 'TABLE public.a'],
  ['CREATE FOREIGN TABLE public.a ();', 'FOREIGN TABLE public.a'],
  ['CREATE MATERIALIZED VIEW public.m AS SELECT 1;', 'MATERIALIZED VIEW public.m'],
  ['REFRESH MATERIALIZED VIEW public.m;', 'MATERIALIZED VIEW public.m'],
  ['CREATE FUNCTION public.f(a integer) RETURNS integer', 'FUNCTION public.f'],
  ['CREATE TRIGGER t BEFORE INSERT OR UPDATE ON public.a FOR EACH ROW', 'TRIGGER t ON public.a'],
  ['CREATE CONSTRAINT TRIGGER t AFTER INSERT ON public.a', 'TRIGGER t ON public.a'],
  ['CREATE EVENT TRIGGER e ON ddl_command_end', 'EVENT TRIGGER e'],
  ['CREATE RULE r AS\n    ON INSERT TO public.a DO INSTEAD NOTHING;', 'RULE r ON public.a'],
  ['ALTER TABLE ONLY public.a ATTACH PARTITION public.b FOR VALUES IN (1);', 'PARTITION public.b OF public.a'],
  ['ALTER TABLE ONLY public.a ALTER COLUMN id SET DEFAULT 1;', 'COLUMN public.a.id'],
  ['ALTER TABLE public.a ENABLE ROW LEVEL SECURITY;', 'TABLE public.a'],
  ["SELECT pg_catalog.setval('public.a_id_seq', 5, true);", 'SEQUENCE public.a_id_seq'],
  ["SELECT pg_catalog.lo_create('16400');", 'LARGE OBJECT 16400'],
  ["COMMENT ON CONSTRAINT c ON public.a IS 'x';", 'CONSTRAINT c ON public.a'],
  ["COMMENT ON COLUMN public.a.id IS 'x';", 'COLUMN public.a.id'],
  ['CREATE USER MAPPING FOR app SERVER s;', 'USER MAPPING FOR app'],
  ['CREATE CAST (text AS public.x) WITHOUT FUNCTION;', 'CAST (text AS public.x)'],
  ['CREATE OPERATOR public.=== (FUNCTION = f);', 'OPERATOR ==='],
  ['ALTER PUBLICATION p ADD TABLE ONLY public.a;', 'PUBLICATION p'],
  ['CREATE TYPE public.mood AS ENUM ();', 'TYPE public.mood'],
  ['\\connect x', undefined],
])('the object of %s', (statement, object) => {
  expect(objectOfStatement(statement)).toBe(object);
});
