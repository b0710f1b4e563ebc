/** What PostgreSQL's sources hold: every type with its extremes, odd names, views on views. */

const odd = [
  'a "b"',
  "it's",
  'Zoë 数据 🐘',
  'SELECT',
  'a;b',
  'a.b',
  'tab\there',
  'two\nlines',
  'back\\slash',
  '100 %s',
  '-- comment',
  '/* c */',
  ' leading',
  '$$',
  '\\.',
  'x'.repeat(63),
];
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const namesContent = {
  sql: odd
    .map((name, at) => {
      const [id, text] = [quoted(name), `'${name.replaceAll("'", "''")}'`];
      return `CREATE SCHEMA ${id}; CREATE TABLE ${id}.${id} (${id} text PRIMARY KEY, n int DEFAULT ${at});
INSERT INTO ${id}.${id} VALUES (${text}), (${text} || ' again');
CREATE INDEX ON ${id}.${id} (n); CREATE VIEW ${id}.${quoted(`v${name}`.slice(0, 60))} AS SELECT * FROM ${id}.${id};
CREATE SEQUENCE ${id}.${quoted(`s${name}`.slice(0, 60))}; COMMENT ON TABLE ${id}.${id} IS ${text};`;
    })
    .join('\n'),
  tables: odd.length,
  rows: odd.length * 2,
};

/** Every type that a user may give a column (PostgreSQL manual, chapter 8), with its extremes. */
const columns: readonly (readonly [string, readonly string[]])[] = [
  ['smallint', ["'-32768'", "'32767'"]],
  ['integer', ["'-2147483648'", "'2147483647'"]],
  ['bigint', ["'-9223372036854775808'", "'9223372036854775807'"]],
  ['numeric', ["'NaN'", "'Infinity'", "'-0.00000000000000000001'", "repeat('9', 400)::numeric"]],
  ['real', ["'NaN'", "'-Infinity'", "'-0'", "'1.17549435e-38'"]],
  ['double precision', ["'NaN'", "'Infinity'", "'-0'", "'1.7976931348623157e308'", "'0.1'"]],
  ['money', ["'-92233720368547758.08'"]],
  ['character(5)', ["'a'", "''"]],
  ['varchar(9)', ["'ends '"]],
  ['text', ["''", "E'\\x01\\t\\n\\r\\\\\\x7f'", "'\\N'", "'\\.'", "chr(1114111) || 'é 数 🐘'"]],
  ['"char"', ["'a'"]],
  ['name', ["'a name'"]],
  ['bytea', ["''", "'\\x00ff0a5c27'"]],
  ['timestamp', ["'infinity'", "'4713-01-01 00:00:00 BC'", "'294276-12-31 23:59:59.999999'"]],
  ['timestamptz', ["'-infinity'", "'2026-03-29 02:30:00 Europe/Berlin'"]],
  ['date', ["'infinity'", "'4713-01-01 BC'"]],
  ['time', ["'24:00:00'", "'00:00:00.000001'"]],
  ['timetz', ["'23:59:59.999999+15:59:59'"]],
  ['interval', ["'-178000000 years'", "'1 mon -1 day 00:00:00.000001'"]],
  ['boolean', ["'t'", "'f'"]],
  ['mood', ["'it''s \"fine\"'"]],
  ['point', ["'(1e-300,-1e300)'"]],
  ['line', ["'{1,-1,0}'"]],
  ['lseg', ["'[(0,0),(1,1)]'"]],
  ['box', ["'((0,0),(1,1))'"]],
  ['path', ["'[(0,0),(1,1)]'", "'((0,0),(1,1))'"]],
  ['polygon', ["'((0,0),(1,1),(1,0))'"]],
  ['circle', ["'<(0,0),1>'"]],
  ['inet', ["'::1/64'", "'10.0.0.1'"]],
  ['cidr', ["'10.0.0.0/8'"]],
  ['macaddr', ["'08:00:2b:01:02:03'"]],
  ['macaddr8', ["'08:00:2b:01:02:03:04:05'"]],
  ['bit(5)', ["B'10101'"]],
  ['bit varying', ["B''", "B'1'"]],
  ['tsvector', ["'a:1A fat:2B,4C cat:5D'"]],
  ['tsquery', ["'fat & !rat:*'"]],
  ['uuid', ["'ffffffff-ffff-ffff-ffff-ffffffffffff'"]],
  ['xml', ['\'<a b="c">&lt;</a>\'']],
  ['json', ['\'{"a":  1, "a": "\\u00e9"}\'']],
  ['jsonb', ['\'{"z": [null, 1.10, "\\u00e9"]}\'']],
  ['jsonpath', ["'$.a[*] ? (@ > 1)'"]],
  ['integer[]', ["'[-1:0][2:3]={{1,NULL},{3,4}}'", "'{}'"]],
  ['text[]', ["ARRAY['a,b', 'c\"d', 'NULL', NULL, '']"]],
  ['pair', ["ROW(1, 'a,\"b')", 'ROW(NULL, NULL)']],
  ['positive', ["'1'"]],
  ['int4range', ["'empty'", "'[1,)'"]],
  ['int8range', ["'(,9223372036854775807)'"]],
  ['tsrange', ["'[-infinity,2026-01-01 00:00:00.000001)'"]],
  ['daterange', ["'[2026-01-01,2026-02-01)'"]],
  ['int4multirange', ["'{}'", "'{[1,2),[3,)}'"]],
  ['int8multirange', ["'{[1,2)}'"]],
  ['nummultirange', ["'{[1.50,2.5]}'"]],
  ['tsmultirange', ["'{[2026-01-01,)}'"]],
  ['tstzmultirange', ["'{(,2026-01-01 00:00:00+14)}'"]],
  ['xid8', ["'18446744073709551615'"]],
  ['tid', ["'(1,2)'"]],
  ['numrange', ["'(1.5,2.5]'"]],
  ['tstzrange', ["'[2026-01-01,infinity)'"]],
  ['datemultirange', ["'{[2026-01-01,2026-01-02),[2026-02-01,)}'"]],
  ['oid', ["'4294967295'"]],
  ['regclass', ["'pg_class'"]],
  ['regtype', ["'integer'"]],
  ['pg_lsn', ["'16/B374D848'"]],
  ['pg_snapshot', ["'10:20:10,14,15'"]],
];

export const typesContent = {
  sql: `CREATE TYPE mood AS ENUM ('sad', 'it''s "fine"'); CREATE TYPE pair AS (n int, word text);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
${columns
  .map(
    ([type, values], at) =>
      `CREATE TABLE type_${at} (value ${type}); INSERT INTO type_${at} VALUES (NULL), ${values.map((value) => `(${value})`).join(', ')};`,
  )
  .join('\n')}
SELECT lo_from_bytea(0, '\\x00ff'); CREATE TABLE generated (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c int GENERATED ALWAYS AS IDENTITY);
INSERT INTO generated (a) VALUES (1); CREATE TABLE parts (n int) PARTITION BY LIST (n);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1); INSERT INTO parts VALUES (1); CREATE TABLE heir (m int) INHERITS (generated);`,
  tables: columns.length + 3,
  rows: columns.reduce((sum, [, values]) => sum + values.length + 1, 0) + 2,
};

export const viewsContent = {
  sql: `CREATE TABLE person (id int PRIMARY KEY, boss int REFERENCES person, name text);
INSERT INTO person VALUES (1, 1, 'Ada'), (2, 1, 'Grace');
CREATE VIEW a AS SELECT id, name FROM person; CREATE VIEW b AS SELECT id, upper(name) AS name FROM a;
CREATE FUNCTION first_name() RETURNS text LANGUAGE sql STABLE AS 'SELECT name FROM b ORDER BY id LIMIT 1';
CREATE VIEW c AS SELECT *, first_name() AS first FROM b;
CREATE MATERIALIZED VIEW d AS SELECT count(*) FROM c; CREATE MATERIALIZED VIEW e AS SELECT * FROM d;
CREATE RECURSIVE VIEW f (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM f WHERE n < 3;
CREATE VIEW g AS SELECT 1 AS n; CREATE VIEW h AS SELECT n FROM g; CREATE OR REPLACE VIEW g AS SELECT count(*)::int AS n FROM f;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER kept INSTEAD OF UPDATE ON a FOR EACH ROW EXECUTE FUNCTION keep();`,
  tables: 1,
  rows: 2,
  definitions: ['VIEW public.c', 'VIEW public.h', 'MATERIALIZED VIEW public.e', 'TRIGGER public.a kept'],
};
