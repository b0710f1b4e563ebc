/**
 * What types, partitions, unique expressions and collations ask of values: a database with one schema for each is dumped, anonymised and
 * restored by PostgreSQL itself, which stops at the first value that does not fit.
 */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { run } from '../unit/anonymize/run.ts';

let directory: string;
let server: PostgresServer;
beforeAll(async () => {
  ensurePrerequisites();
  directory = mkdtempSync(join(tmpdir(), 'holdfast-bounds-'));
  chmodSync(directory, 0o755);
  server = await startPostgres({ directory: join(directory, 'postgres') });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A schema, what is in it, and the rules for its table t. */
const cases: readonly (readonly [schema: string, sql: string, rules?: string])[] = [
  [
    'rooms',
    "CREATE TYPE p AS (l varchar(9), m varchar(13)); CREATE DOMAIN d AS varchar(14)[]; CREATE TABLE t (a p, b p[], c d, e char(15)[]); INSERT INTO t VALUES (ROW('k@l.co','m@n.example'), ARRAY[ROW('\"q,','m@n.example')::p], ARRAY['o@p.example'], ARRAY['r@s.example'])",
  ],
  [
    'ranges',
    "CREATE TYPE r AS RANGE (subtype = text); CREATE TABLE t (a r, b r[]); INSERT INTO t VALUES (r('b@c.example','d'), ARRAY[r('e','f@g.example'), r('h@i.example','k@l.example')])",
  ],
  [
    'integers',
    'CREATE TABLE t (a int PRIMARY KEY, b smallint, c bigint, d int CHECK (d BETWEEN 1 AND 500)); INSERT INTO t VALUES (-2147483648, -32768, -9223372036854775808, 1), (2147483647, 32767, 9223372036854775807, 2), (0, 0, 0, 3)',
    '{ a: pseudonym, b: pseudonym, c: pseudonym, d: pseudonym }',
  ],
  [
    'noise',
    'CREATE TABLE t (a int, b numeric(4,2), c real, d money, e int CHECK (e <= 50)); INSERT INTO t SELECT 2147483647 - g, 99.99 - g, 3.4e38, 92233720368547758.07, 50 - g FROM generate_series(0, 9) g',
    '{ a: { noise: 60% }, b: { noise: 60% }, c: { noise: 60% }, d: { noise: 60% }, e: { noise: 60% } }',
  ],
  [
    'stays',
    "CREATE TABLE t (id int PRIMARY KEY, a date, b date, CHECK (b > a), r daterange GENERATED ALWAYS AS (daterange(a, b)) STORED); INSERT INTO t SELECT g, date '2022-01-01' + g, date '2022-01-03' + g FROM generate_series(1, 30) g",
    '{ a: { shift-days: 40, by: id }, b: { shift-days: 40, by: id } }',
  ],
  [
    'months',
    "CREATE TABLE t (d timestamptz) PARTITION BY RANGE (d); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2022-01-01 00:00+01') TO ('2022-02-01 00:00+01'); CREATE TABLE t3 PARTITION OF t FOR VALUES FROM ('2022-03-01 00:00+01') TO ('2022-04-01 00:00+01'); INSERT INTO t SELECT timestamptz '2022-01-01 00:00+01' + g * interval '7 hours' FROM generate_series(0, 100) g",
    '{ d: { shift-days: 60 } }',
  ],
  [
    'truncated',
    "CREATE TABLE t (d timestamp) PARTITION BY LIST (date_trunc('month', d)); CREATE TABLE t1 PARTITION OF t FOR VALUES IN ('2022-01-01'); INSERT INTO t SELECT timestamp '2022-01-01' + g * interval '1 day' FROM generate_series(0, 30) g",
    '{ d: { shift-days: 20 } }',
  ],
  [
    'letters',
    "CREATE TABLE t (email text) PARTITION BY RANGE (email); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('a') TO ('g'); CREATE TABLE t2 PARTITION OF t FOR VALUES FROM ('s') TO ('u'); INSERT INTO t VALUES ('bea@a.example'), ('sue@b.example')",
  ],
  [
    'addresses',
    "CREATE TABLE t (email text) PARTITION BY RANGE (email); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (MINVALUE) TO ('ida@a.example'); CREATE TABLE t2 PARTITION OF t FOR VALUES FROM ('ida@a.example') TO ('uwe@a.example'); INSERT INTO t VALUES ('bea@a.example'), ('sue@b.example')",
  ],
  [
    'domains',
    "CREATE TABLE t (email text) PARTITION BY LIST (split_part(email, '@', 2)); CREATE TABLE t1 PARTITION OF t FOR VALUES IN ('one.example'); INSERT INTO t VALUES ('bea@one.example')",
  ],
  [
    'deeper',
    "CREATE TABLE t (k int, email text) PARTITION BY LIST (k); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1) PARTITION BY RANGE (lower(email)); CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM ('a') TO ('d'); CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2); INSERT INTO t VALUES (1, 'Bea@a.example'), (2, 'sue@b.example')",
  ],
  [
    'hosts',
    "CREATE TABLE t (email text); CREATE UNIQUE INDEX ON t (lower(split_part(email, '@', 2))); INSERT INTO t VALUES ('bea@a.example'), ('sue@b.example')",
  ],
  [
    'beginnings',
    "CREATE TABLE t (email text); CREATE UNIQUE INDEX ON t (left(email, 6)); INSERT INTO t VALUES ('bea@a.example'), ('sue@b.example')",
  ],
  [
    'ci',
    "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level1', deterministic = false); CREATE TABLE t (email text COLLATE ci PRIMARY KEY); CREATE TABLE o (email text COLLATE ci REFERENCES t); INSERT INTO t VALUES ('Zoë@a.example'); INSERT INTO o VALUES ('zoe@A.example')",
  ],
];

test('what is anonymised fits what the definitions say, with all of its rows', async () => {
  await server.createDatabase('one');
  await server.createDatabase('two');
  for (const [schema, sql] of cases)
    await server.sql(`CREATE SCHEMA ${schema}; SET search_path = ${schema}; ${sql};`, 'one');
  const where = ['-h', server.host, '-p', String(server.port), '-U', server.user];
  const { stdout } = await promisify(execFile)(join(server.binaries, 'pg_dump'), [...where, 'one'], {
    env: { ...process.env, PGPASSWORD: server.password },
    encoding: 'buffer',
  });
  const rules = cases.flatMap(([schema, , columns]) => (columns ? `  ${schema}.t: { columns: ${columns} }\n` : []));
  const leaks = 'leak-check: { phones: off, ibans: off, cards: off, replaced-values: off }';
  const { bytes } = await run(stdout, { rules: `version: 1\n${leaks}\ntables:\n${rules.join('')}`, footer: true });
  const path = join(directory, 'anonymised.sql');
  writeFileSync(path, bytes);
  await server.sql(`\\set ON_ERROR_STOP on\n\\i ${path}`, 'two');
  for (const [schema] of cases) {
    const count = `SELECT count(*) FROM ${schema}.t`;
    expect([schema, await server.sql(count, 'two')]).toEqual([schema, await server.sql(count, 'one')]);
  }
}, 120_000);
