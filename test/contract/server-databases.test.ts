/** All databases of a real PostgreSQL server: listed, and each dumped as what the list says. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { Bucket, runDump } from './engines/runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-databases-'));
const odd = 'Zoë\'s "db" = x';
let server: PostgresServer;
beforeAll(async () => {
  ensurePrerequisites();
  chmodSync(folder, 0o755);
  server = await startPostgres({ directory: join(folder, 'postgres') });
  for (const name of ['shop', odd, 'closed', 'test_1', 'rdsadmin']) await server.createDatabase(name);
  for (const name of ['shop', odd]) await server.sql('CREATE TABLE t AS SELECT 1 AS n', name);
  await server.sql('ALTER DATABASE closed ALLOW_CONNECTIONS false');
}, 120_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const usual = () => ({
  source: 'main',
  'database-url': server.url('postgres'),
  'scratch-url': server.url('postgres'),
  'work-directory': folder,
  prove: 'archive',
  files: 'none',
});
const list = (exclude = 'test_*') =>
  runDump(1, { ...usual(), 'list-databases': 'true', 'exclude-databases': exclude }, new Bucket());

test('the list names each database once, and says why the others are not in it', async () => {
  const { findings, error } = await list();
  expect(error).toBeUndefined();
  expect(findings.databases?.map(({ database }) => database)).toEqual([odd, 'shop']);
  expect(findings.notes).toEqual([
    'the database test_1 is excluded (exclude-databases)',
    'the database closed is left out: the server lets nobody connect to it (datallowconn)',
    'the database postgres is left out: it holds nothing',
    'the database rdsadmin is left out: it belongs to the provider of the server',
  ]);
}, 60_000);

test('what the list says dumps each of them, whatever its name', async () => {
  const { findings } = await list();
  const objects = new Bucket();
  for (const [at, { database, source, name, prefix }] of (findings.databases ?? []).entries()) {
    const own = await runDump(10 + at, { ...usual(), database, source, name, prefix }, objects);
    expect([own.error, own.findings.verdict]).toEqual([undefined, 'good']);
    expect(own.findings.dump?.receipt).toMatchObject({ database, source });
  }
  expect([...objects.versionsOf.keys()].filter((key) => key.startsWith('db/')).sort()).toEqual([
    expect.stringMatching(/^db\/main\/Zo-.*-[0-9a-f]{8}\.dump$/),
    'db/main/shop.dump',
  ]);
}, 120_000);

test('a new database is on the next list, and so is the one called postgres once it holds something', async () => {
  await server.createDatabase('wiki');
  await server.sql('CREATE TABLE notes (n int)');
  const { findings } = await list('test_* Zo*');
  expect(findings.databases?.map(({ database }) => database)).toEqual(['postgres', 'shop', 'wiki']);
}, 60_000);
