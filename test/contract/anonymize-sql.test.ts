/**
 * The anonymiser against SQL: for generated tables and values, what is restored of the anonymised dump must be the original
 * with the rules applied to it by the server itself. In each form that pg_dump writes.
 */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quoteName } from '../../lab/hosts/postgres/psql.ts';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { run } from '../unit/anonymize/run.ts';

let directory: string;
let server: PostgresServer;
beforeAll(async () => {
  ensurePrerequisites();
  directory = mkdtempSync(join(tmpdir(), 'holdfast-sql-'));
  chmodSync(directory, 0o755);
  server = await startPostgres({ directory: join(directory, 'postgres') });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A rule, what the server makes of a value instead, and the types that it is for. */
const rules: readonly (readonly [rule: string, sql: (column: string) => string])[] = [
  ['keep', (column) => column],
  // Addresses of the generator end at what can be no part of them, so that a plain expression finds all of them.
  ['emails', (column) => `regexp_replace(${column}, '[a-z0-9.]+@canary\\.example', 'nobody@example.com', 'g')`],
  ['"null"', () => 'NULL'],
  ['{ fixed: "it\'s\\t\\\\N" }', (column) => `CASE WHEN ${column} IS NULL THEN NULL ELSE E'it''s\\t\\\\N' END`],
  ['mask', (column) => `regexp_replace(regexp_replace(${column}, '[A-Za-zäß漢]', 'x', 'g'), '[0-9]', '0', 'g')`],
];

const piece = fc.oneof(
  fc.integer({ min: 0, max: 99_999 }).map((number) => ` user${number}.x@canary.example `),
  fc.integer({ min: 0, max: 9 }).map((number) => `\nn${number}@canary.example\t`),
  fc.constantFrom(
    '\\',
    '\\N',
    '\\.',
    "'",
    "''",
    '"',
    '\t',
    '\n',
    '\r',
    '\b',
    '$$',
    ';',
    '--',
    '/*',
    '%40',
    '@',
    ' ',
    'äß',
    '漢',
    '\u00a0',
    '{"a":"b"}',
    'abc',
    '0123',
    '\\x',
    '\u2028',
  ),
);
const value = fc.option(
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
  { nil: null, freq: 6 },
);
const column = fc.record({
  name: fc.constantFrom('a', 'B c', 'd"e', 'order', 'f,g', 'h\\i', 'ü'),
  rule: fc.nat({ max: rules.length - 1 }),
});
const table = fc
  .uniqueArray(column, { selector: (one) => one.name, minLength: 1, maxLength: 5 })
  .chain((columns) =>
    fc.tuple(fc.constant(columns), fc.array(fc.tuple(...columns.map(() => value)), { maxLength: 12 })),
  );

const literal = (text: string | null | undefined): string =>
  text === null || text === undefined ? 'NULL' : `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

const forms = [[], ['--inserts'], ['--column-inserts'], ['--rows-per-insert=3']];

async function dump(database: string, form: readonly string[]): Promise<Buffer> {
  const env = { ...process.env, PGPASSWORD: server.password };
  const where = ['-h', server.host, '-p', String(server.port), '-U', server.user];
  const { stdout } = await promisify(execFile)(join(server.binaries, 'pg_dump'), [...where, ...form, database], {
    env,
    encoding: 'buffer',
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

test('what is restored is the original with the rules applied to it in SQL', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom(...forms),
      fc.integer({ min: 1, max: 4000 }),
      async ([columns, rows], form, chunk) => {
        number += 1;
        const [one, two] = [`one_${number}`, `two_${number}`];
        const names = columns.map(({ name }) => quoteName(name));
        await server.createDatabase(one);
        await server.createDatabase(two);
        const inserts = rows.map(
          (row) => `INSERT INTO t (number, ${names.join(', ')}) VALUES (DEFAULT, ${row.map(literal).join(', ')});`,
        );
        await server.sql(
          `CREATE TABLE t (number serial, ${names.map((name) => `${name} text`).join(', ')});\n${inserts.join('\n')}`,
          one,
        );
        const file = `version: 1\nleak-check: { emails: off, phones: off, ibans: off, cards: off, replaced-values: off }\ntables:\n  public.t:\n    columns:\n${columns
          .map(({ name, rule }) => `      ${JSON.stringify(name)}: ${rules[rule]?.[0]}\n`)
          .join('')}`;
        const { bytes } = await run(await dump(one, form), { rules: file, chunk, footer: true });
        const path = join(directory, 'anonymised.sql');
        writeFileSync(path, bytes);
        await server.sql(`\\i ${path}`, two);
        const expected = columns.map(({ rule }, index) => rules[rule]?.[1](names[index] ?? '') ?? '');
        const shown = (expressions: readonly string[]): string =>
          `SELECT coalesce(json_agg(json_build_array(${expressions.join(', ')}) ORDER BY number), '[]') FROM public.t`;
        expect(await server.sql(shown(names), two)).toBe(await server.sql(shown(expected), one));
        await server.sql(`DROP DATABASE ${one}; `);
        await server.sql(`DROP DATABASE ${two}; `);
      },
    ),
    { numRuns: Number(process.env.HOLDFAST_FUZZ ?? 40) },
  );
}, 3_600_000);
