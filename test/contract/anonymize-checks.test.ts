/**
 * Addresses under CHECKs, with a real PostgreSQL: its dumps are anonymised with the definitions known beforehand, and from a pipe, and
 * restored; and expressions are computed as the server computes them.
 */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { evaluate } from '../../src/anonymize/schema/expressions/evaluate.ts';
import { parseExpression } from '../../src/anonymize/schema/expressions/parse.ts';
import { unknown } from '../../src/anonymize/schema/expressions/values.ts';
import { ConfigurationError } from '../../src/runtime/errors.ts';
import { run } from '../unit/anonymize/run.ts';
import { type CheckCase, checkCases, refusedCases } from './support-checks.ts';
import { expressions, rows } from './support-expressions.ts';

let directory: string;
let server: PostgresServer;
beforeAll(async () => {
  ensurePrerequisites();
  directory = mkdtempSync(join(tmpdir(), 'holdfast-checks-'));
  chmodSync(directory, 0o755);
  server = await startPostgres({ directory: join(directory, 'postgres') });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function dump(database: string): Promise<Buffer> {
  const where = ['-h', server.host, '-p', String(server.port), '-U', server.user];
  const { stdout } = await promisify(execFile)(join(server.binaries, 'pg_dump'), [...where, database], {
    env: { ...process.env, PGPASSWORD: server.password },
    encoding: 'buffer',
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** A schema for each case, so that one dump and one restore try all of them. */
async function prepare(database: string, cases: readonly CheckCase[]): Promise<Buffer> {
  await server.createDatabase(database);
  const statements = cases.map(
    ({ setup }, index) => `CREATE SCHEMA s${index};\nSET search_path = s${index}, public;\n${setup}`,
  );
  await server.sql(`CREATE EXTENSION citext;\n${statements.join('\n')}`, database);
  return dump(database);
}

/** The rows of the table t of each case, as psql prints them. */
async function rowsOf(cases: readonly CheckCase[], database: string): Promise<readonly string[]> {
  const queries = cases.map(
    (_, index) => `SET search_path = s${index}, public; SELECT * FROM t ORDER BY 1; SELECT '--';`,
  );
  const printed = await server.sql(queries.join('\n'), database);
  return printed
    .split(/^--$\n?/m)
    .map((values) => values.trimEnd())
    .slice(0, cases.length);
}

async function restore(sql: Buffer, database: string): Promise<void> {
  const path = join(directory, `${database}.sql`);
  writeFileSync(path, sql);
  await server.createDatabase(database);
  await server.sql(`\\set ON_ERROR_STOP on\n\\i ${path}`, database);
}

test.each([
  ['with the definitions', false],
  ['from a pipe', true],
])(
  'what is written under CHECKs is restored, %s',
  async (_name, pipe) => {
    const database = pipe ? 'piped' : 'known';
    // Through a pipe, what must be unique is not known in time.
    const cases = checkCases.filter(({ setup }) => !pipe || !setup.includes('UNIQUE'));
    const source = await prepare(database, cases);
    const { bytes } = await run(source, { footer: true, pipe });
    await restore(bytes, `${database}_restored`);
    const [before, after] = [await rowsOf(cases, database), await rowsOf(cases, `${database}_restored`)];
    const countOf = (values: string): number => values.split('\n').length;
    expect(after.map(countOf)).toEqual(before.map(countOf));
    for (const [index, { shown }] of cases.entries()) if (shown !== undefined) expect(after[index]).toMatch(shown);
  },
  120_000,
);

test('what no address satisfies is named at once, before anything is written', async () => {
  const source = await prepare('refused', refusedCases);
  const error = await run(source, { footer: true }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const problems = error instanceof ConfigurationError ? error.problems : [String(error)];
  expect(problems.map((problem) => Number(problem.replace(/^s(\d+)\..*$/s, '$1'))).toSorted((a, b) => a - b)).toEqual(
    refusedCases.map((_, index) => index),
  );
}, 60_000);

const literal = (value: string | null): string => (value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`);

test('expressions are computed as the server computes them', async () => {
  const database = 'expressions';
  await server.createDatabase(database);
  await server.sql(
    `CREATE FUNCTION computed(expression text, a text, b text) RETURNS text LANGUAGE plpgsql AS $$
     DECLARE result text; BEGIN
       EXECUTE 'SELECT (' || expression || ')::text FROM (SELECT $1 AS a, $2 AS b, ARRAY[$1, $2] AS l) AS v' INTO result USING a, b;
       RETURN coalesce(result, '(null)'); EXCEPTION WHEN others THEN RETURN '(error)'; END $$;`,
    database,
  );
  const sample = fc.sample(expressions, {
    numRuns: Number(process.env.HOLDFAST_FUZZ ?? 500),
    seed: Number(process.env.HOLDFAST_SEED ?? 7),
  });
  const values = rows.map(([a, b], index) => `(${index}, ${literal(a)}, ${literal(b)})`).join(', ');
  const list = sample.map((expression, index) => `(${index}, ${literal(expression)})`).join(', ');
  const answers = await server.sql(
    `SELECT json_agg(computed(e.text, v.a, v.b) ORDER BY e.number, v.number) FROM (VALUES ${list}) AS e(number, text), (VALUES ${values}) AS v(number, a, b)`,
    database,
  );
  const theirs = JSON.parse(answers) as readonly string[];
  let known = 0;
  const wrong = sample.flatMap((sql, index) => {
    const expression = parseExpression(sql);
    return rows.flatMap(([a, b], row) => {
      const value = evaluate(expression, { valueOf: (name) => (name === 'a' ? a : name === 'b' ? b : [a, b]) });
      const expected = theirs[index * rows.length + row];
      if (value === unknown || expected === '(error)') return [];
      known += 1;
      const ours = value === null ? '(null)' : String(value);
      return ours === expected ? [] : [`${sql} for ${literal(a)}, ${literal(b)}: ${ours}, not ${expected}`];
    });
  });
  expect(wrong).toEqual([]);
  // What is not known is no mistake, but must stay rare.
  expect(known / theirs.length).toBeGreaterThan(0.8);
}, 120_000);
