/** Definitions as pg_dump writes them: split by object, and freed of what a faithful copy may have otherwise. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readDefinitions } from '../../../src/dump/engines/postgres/fingerprint/definitions.ts';
import { normalised } from '../../../src/dump/engines/postgres/fingerprint/normalised-sql.ts';
import type { DefinitionFacts } from '../../../src/ports/dump-engine.ts';

const entry = (name: string, type: string, sql: string, schema = 'app'): string =>
  `--\n-- Name: ${name}; Type: ${type}; Schema: ${schema}; Owner: -\n--\n\n${sql}\n\n\n`;

const dump = (...entries: readonly string[]): string => `--
-- PostgreSQL database dump
--

\\restrict abc

-- Dumped from database version 15.20
-- Dumped by pg_dump version 15.20

SET statement_timeout = 0;
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

${entries.join('')}--
-- PostgreSQL database dump complete
--

\\unrestrict abc

`;

async function read(text: string, size = text.length): Promise<DefinitionFacts> {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  return readDefinitions(chunks());
}
const sqlOf = async (...entries: readonly string[]) => Object.fromEntries((await read(dump(...entries))).sql);

const table = entry('customers', 'TABLE', 'CREATE TABLE app.customers (\n    id integer,\n    email text\n);');

test('numbers that a server keeps for itself, and an older pg_dump writes, are no definitions', async () => {
  const numbered = table.replace(
    ');\n',
    ');\nALTER TABLE ONLY app.customers ALTER COLUMN id SET (pg_attver=48276064);\n',
  );
  expect(numbered).toContain('pg_attver');
  expect(await sqlOf(numbered)).toEqual(await sqlOf(table));
});

describe('definitions', () => {
  test('are known by type, schema and name, with a hash each, and counted by kind', async () => {
    const { figures, sql } = await read(
      dump(
        entry('app', 'SCHEMA', 'CREATE SCHEMA app;', '-'),
        table,
        entry(
          'add(integer, integer)',
          'FUNCTION',
          "CREATE FUNCTION app.add(integer, integer) RETURNS integer\n    AS 'x';",
        ),
        entry('add(text)', 'FUNCTION', "CREATE FUNCTION app.add(text) RETURNS integer\n    AS 'y';"),
        entry(
          'customers customers_pkey',
          'CONSTRAINT',
          'ALTER TABLE ONLY app.customers\n    ADD CONSTRAINT x PRIMARY KEY (id);',
        ),
        entry(
          'customers fk',
          'FK CONSTRAINT',
          'ALTER TABLE ONLY app.customers\n    ADD CONSTRAINT fk FOREIGN KEY (id);',
        ),
      ),
    );
    expect([...sql.keys()]).toEqual([
      'CONSTRAINT app.customers customers_pkey',
      'FK CONSTRAINT app.customers fk',
      'FUNCTION app.add(integer, integer)',
      'FUNCTION app.add(text)',
      'SCHEMA app',
      'TABLE app.customers',
    ]);
    expect(sql.get('TABLE app.customers')).toBe('CREATE TABLE app.customers (\n    id integer,\n    email text\n);');
    expect(figures.objects).toEqual({ schemas: 1, tables: 1, functions: 2, constraints: 2 });
    expect(Object.keys(figures.definitions ?? {})).toEqual([...sql.keys()]);
    for (const hash of Object.values(figures.definitions ?? {})) expect(hash).toMatch(/^[0-9a-f]{16}$/);
  });

  test('do not depend on their order, on where chunks end, on keys, versions, tablespaces and settings', async () => {
    const [a, b] = [table, entry('v', 'VIEW', 'CREATE VIEW app.v AS\n SELECT 1;')];
    const expected = (await read(dump(a, b))).figures;
    const other = dump(b, `SET default_tablespace = fast;\n\nSET default_table_access_method = heap;\n\n${a}`)
      .replaceAll('abc', 'other')
      .replaceAll('15.20', '16.3');
    for (const size of [1, 7, 4096]) expect((await read(other, size)).figures).toEqual(expected);
  });

  test('of a table say its access method, unless it is the usual one', async () => {
    const sql = await sqlOf(
      `SET default_table_access_method = columnar;\n\n${table}`,
      entry('s', 'SEQUENCE', 'CREATE SEQUENCE app.s;'),
    );
    expect(sql['TABLE app.customers']).toContain('access method columnar');
    expect(sql['SEQUENCE app.s']).toBe('CREATE SEQUENCE app.s;');
  });

  test('leave out rights, rows, extensions, and what every database has', async () => {
    const left = [
      entry('TABLE customers', 'ACL', 'GRANT SELECT ON TABLE app.customers TO PUBLIC;'),
      entry('DEFAULT PRIVILEGES FOR TABLES', 'DEFAULT ACL', 'ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;'),
      entry('hstore', 'EXTENSION', 'CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA app;', '-'),
      entry('EXTENSION hstore', 'COMMENT', "COMMENT ON EXTENSION hstore IS 'x';", '-'),
      entry('v', 'MATERIALIZED VIEW DATA', 'REFRESH MATERIALIZED VIEW app.v;'),
      entry('public', 'SCHEMA', '-- *not* creating schema, since initdb creates it\n', '-'),
    ];
    expect(Object.keys(await sqlOf(...left, table))).toEqual(['TABLE app.customers']);
  });

  test('hold text that looks like the beginning of another, in whatever quotes', async () => {
    const fake = '--\n-- Name: fake; Type: TABLE; Schema: app; Owner: -\n--\nDROP TABLE x;\n';
    const bodies = [
      `AS $_$${fake}$_$;`,
      `AS '${fake}';`,
      `AS E'\\'${fake}';`,
      `/* ${fake} */ AS 'x';`,
      `AS $$${fake}$$;`,
    ];
    for (const body of bodies) {
      const sql = await sqlOf(entry('f()', 'FUNCTION', `CREATE FUNCTION app.f() RETURNS text\n    ${body}`), table);
      expect(Object.keys(sql)).toEqual(['FUNCTION app.f()', 'TABLE app.customers']);
      expect(sql['FUNCTION app.f()']).toContain('fake');
    }
    const odd = 'a; Type: VIEW; Schema: b; Owner: c';
    expect(Object.keys(await sqlOf(entry(odd, 'TABLE', `CREATE TABLE app."${odd}" (\n);`)))).toEqual([
      `TABLE app.${odd}`,
    ]);
  });

  test('of objects that share a name are all there, in an order of their own', async () => {
    const [one, other] = [
      entry('a b c', 'DEFAULT', 'ALTER TABLE ONLY app."a b" ALTER COLUMN c SET DEFAULT 1;'),
      entry('a b c', 'DEFAULT', 'ALTER TABLE ONLY app.a ALTER COLUMN "b c" SET DEFAULT 2;'),
    ];
    const sql = await sqlOf(one, other);
    expect(sql['DEFAULT app.a b c']?.split('\n')).toHaveLength(2);
    expect(await sqlOf(other, one)).toEqual(sql);
    expect(await sqlOf(one)).not.toEqual(sql);
  });

  test('of an index that REINDEX CONCURRENTLY exchanges meanwhile are those under its lasting name', async () => {
    const index = (toc: string, name: string) =>
      sqlOf(entry(toc, 'INDEX', `CREATE UNIQUE INDEX ${name} ON app.t USING btree (id);`));
    const expected = await index('by_id', 'by_id');
    expect(await index('by_id', 'by_id_ccold')).toEqual(expected);
    expect(await index('by_id_ccnew1', 'by_id_ccnew1')).toEqual(expected);
    expect(await index('by_id', '"by_id_ccold"')).not.toEqual(await index('other', '"other"'));
    expect(await index('by_id', 'by_ids')).not.toEqual(expected);
  });

  test('that are cut off are an error', async () => {
    const text = dump(table);
    await expect(read(text.slice(0, text.indexOf('email')))).rejects.toThrow();
    await expect(read(text.slice(0, text.indexOf('--\n-- PostgreSQL database dump complete')))).rejects.toThrow(
      'last line',
    );
  });

  test('in an encoding other than UTF-8 are compared byte by byte', async () => {
    const text = dump(entry('t', 'TABLE', "CREATE TABLE app.t (\n    a text DEFAULT 'Zürich'\n);"));
    const read1 = async (bytes: Buffer) =>
      (
        await readDefinitions(
          (async function* () {
            yield bytes;
          })(),
        )
      ).figures;
    const [latin1, changed] = [Buffer.from(text, 'latin1'), Buffer.from(text.replace('ü', 'ö'), 'latin1')];
    expect(await read1(latin1)).toEqual(await read1(latin1));
    expect(await read1(changed)).not.toEqual(await read1(latin1));
  });
});

describe('a statement in its normal form', () => {
  const same = (first: string, second: string) => expect(normalised(first)).toBe(normalised(second));

  test('has casts of array constructors at their elements, as a restored database prints them', () => {
    same(
      "CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b,]'::character varying])::text[])))",
      "CHECK (((s)::text = ANY (ARRAY[('a'::character varying)::text, ('b,]'::character varying)::text])))",
    );
    same(
      "ON (r::text = ANY (ARRAY['a'::character varying, 'b'::character varying]::text[]))",
      "ON (r::text = ANY (ARRAY['a'::character varying::text, 'b'::character varying::text]))",
    );
    same(
      "((ARRAY[ARRAY[r, 'x'::character varying], (ARRAY['b'::text])::character varying[]])::text[])",
      "(ARRAY[ARRAY[(r)::text, ('x'::character varying)::text], ARRAY[(('b'::text)::character varying)::text]])",
    );
    same(`((ARRAY['a'::text])::app."Od d"[])`, `(ARRAY[('a'::text)::app."Od d"])`);
  });
  test('keeps what is quoted, and every other value', () => {
    for (const sql of ["AS $$ (ARRAY['a'])::text[] $$;", "DEFAULT '(ARRAY[1])::text[]';", 'SELECT ARRAY[1, 2];'])
      expect(normalised(sql)).toBe(sql);
    expect(normalised("(ARRAY['a'::varchar])::text[]")).not.toBe(normalised("(ARRAY['b'::varchar])::text[]"));
    expect(normalised("(ARRAY['a'::varchar])::text[]")).not.toBe(normalised("(ARRAY['a'::varchar])::name[]"));
  });
  test('has the columns of a table that inherits by name', () => {
    const create = (...columns: string[]) =>
      `CREATE TABLE app.child (\n${columns.join(',\n')}\n)\nINHERITS (app.parent);`;
    const [a, b, check] = ['    a integer', '    b text', '    CONSTRAINT c CHECK ((a > 0))'];
    same(create(b, a, check), create(a, b, check));
    expect(normalised(create(a, b))).not.toBe(normalised(create(a)));
    const plain = (...columns: string[]) => `CREATE TABLE app.plain (\n${columns.join(',\n')}\n);`;
    expect(normalised(plain(a, b))).not.toBe(normalised(plain(b, a)));
  });
  test('stays as it is when it is brought into it again, whatever it holds', () => {
    const part = fc.constantFrom(
      '(ARRAY[',
      'ARRAY[',
      '])::text[]',
      ']::text[]',
      ']',
      ')',
      '(',
      '[',
      ', ',
      "'a'",
      "'",
      '"b"',
      '"',
      '$$',
      '::',
      'x',
      '\n',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const once = normalised(parts.join(''));
        expect(normalised(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });
});
