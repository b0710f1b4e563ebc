/** Whatever tables and columns are called, a changed value is noticed, and an unchanged copy stays equal. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { command } from '../../lab/hosts/command.ts';
import { quoteName } from '../../lab/hosts/postgres/psql.ts';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { compareCopy, dumpDatabase } from '../../lab/mutants/dumps/trial.ts';
import { anyText } from '../generators/any-text.ts';

/** Names that SQL, psql, or the fingerprint itself might take for something else. */
const odd = [
  't',
  'c',
  'n',
  'x',
  'public',
  'oid',
  'ctid',
  'xmin',
  'tableoid',
  'row',
  'rows',
  'count',
  'sum',
  'id',
  'select',
  'table',
  'user',
  'pg_catalog',
  'a"b',
  "it's",
  '%I',
  '%1$s',
  '%',
  'a\\b',
  '\\',
  'line\nend',
  'tab\tulator',
  ' ',
  ' blank ',
  'a.b',
  '"',
  "''",
  '$$',
  '$1',
  ':x',
  ":'x'",
  ';',
  '--',
  '/*',
  '*/',
  '{',
  '}',
  '[]',
  'Größe',
  '表',
  '🙂',
  'A',
  'a',
  'NULL',
  'true',
  'x'.repeat(63),
  'ß'.repeat(31),
  '\\gexec',
];
/** No column may have the name of a system column (PostgreSQL manual, 5.5). */
const system = new Set(['ctid', 'xmin', 'cmin', 'xmax', 'cmax', 'tableoid']);
/** What fits into 63 bytes, without NUL, which no name holds. */
const name = fc
  .oneof(
    { weight: 3, arbitrary: fc.constantFrom(...odd) },
    { weight: 1, arbitrary: anyText({ minLength: 1, maxLength: 12 }) },
  )
  .filter((one) => !one.includes('\0') && Buffer.byteLength(one) <= 63);
const columns = fc.uniqueArray(
  name.filter((one) => !system.has(one)),
  { minLength: 1, maxLength: 4 },
);
const tables = fc.uniqueArray(fc.record({ name, columns }), {
  minLength: 60,
  maxLength: 60,
  selector: (one) => one.name,
  size: 'max',
});

let folder = '';
let server: PostgresServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-names-'));
  chmodSync(folder, 0o755);
  server = await startPostgres({ directory: join(folder, 'postgres') });
}, 120_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test('a changed value is noticed, an unchanged copy is equal', async () => {
  await fc.assert(
    fc.asyncProperty(tables, fc.constantFrom('public', 't', 'a "b" %s'), async (all, schema) => {
      const path = (one: { name: string }): string => `${quoteName(schema)}.${quoteName(one.name)}`;
      await server.createDatabase('names');
      await server.createDatabase('copy');
      try {
        const create = all.map(({ name, columns }) => {
          const list = columns.map((column) => `${quoteName(column)} text`).join(', ');
          const row = `(${columns.map((_, index) => `'v${index}'`).join(', ')})`;
          return `CREATE TABLE ${path({ name })} (${list}); INSERT INTO ${path({ name })} VALUES ${row}, ${row};`;
        });
        await server.sql([`CREATE SCHEMA IF NOT EXISTS ${quoteName(schema)};`, ...create].join('\n'), 'names');
        const { source, archive } = await dumpDatabase(server, 'names', mkdtempSync(join(folder, 'dump-')));
        expect(source.unread).toBeUndefined();
        expect(source.tables).toHaveLength(all.length);
        await command(join(server.binaries, 'pg_restore'), '--no-owner', '-d', server.url('copy'), archive);
        expect((await compareCopy(server, 'copy', source)).differences).toEqual([]);
        // One column of each table at a time.
        for (const index of [0, 1, 2, 3]) {
          const changed = all.filter((one) => one.columns.length > index);
          const set = (one: (typeof all)[number]): string =>
            `UPDATE ${path(one)} SET ${quoteName(one.columns[index] as string)}`;
          const first = (one: (typeof all)[number]): string => `WHERE ctid = (SELECT min(ctid) FROM ${path(one)});`;
          const change = (value: string): Promise<string> =>
            server.sql(changed.map((one) => `${set(one)} = '${value}' ${first(one)}`).join('\n'), 'copy');
          await change('LOST');
          const { differences } = await compareCopy(server, 'copy', source);
          expect(differences).toHaveLength(changed.length);
          for (const { what } of differences) expect(what).toMatch(/^checksum of /);
          await server.sql(changed.map((one) => `${set(one)} = 'v${index}';`).join('\n'), 'copy');
        }
      } finally {
        for (const one of ['names', 'copy']) await server.sql(`DROP DATABASE ${one} WITH (FORCE)`);
      }
    }),
    { numRuns: 3 },
  );
}, 300_000);

test.each([
  ['EUC_JP', '日本'],
  ['LATIN1', 'Zürich'],
  ['WIN1252', 'Zürich'],
  ['KOI8R', 'Имя'],
  ['SQL_ASCII', 'Zürich'],
])(
  'names, comments and values of a database in %s are those of its copy',
  async (encoding, word) => {
    const folderOfDump = mkdtempSync(join(folder, 'dump-'));
    try {
      for (const one of ['names', 'copy'])
        await server.sql(
          `CREATE DATABASE ${one} TEMPLATE template0 ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C'`,
        );
      await server.sql(
        `CREATE TABLE "${word}" ("${word}" text DEFAULT '${word}'); INSERT INTO "${word}" DEFAULT VALUES;
COMMENT ON TABLE "${word}" IS '${word}'; CREATE MATERIALIZED VIEW "at ${word}" AS SELECT now() AS n;`,
        'names',
      );
      const { source, archive } = await dumpDatabase(server, 'names', folderOfDump);
      await command(join(server.binaries, 'pg_restore'), '--no-owner', '-d', server.url('copy'), archive);
      const { differences, unread, notes } = await compareCopy(server, 'copy', source);
      expect({ differences, unread }).toEqual({ differences: [], unread: [] });
      // The view shows when it was refreshed.
      expect(notes).toEqual([expect.stringContaining(`at ${word}`)]);
    } finally {
      for (const one of ['names', 'copy']) await server.sql(`DROP DATABASE IF EXISTS ${one} WITH (FORCE)`);
    }
  },
  60_000,
);
