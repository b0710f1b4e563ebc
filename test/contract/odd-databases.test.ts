/** Dumps of a real PostgreSQL with settings, encodings and roles that change what its sessions print. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { command } from '../../lab/hosts/command.ts';
import { freePort } from '../../lab/hosts/free-port.ts';
import { asAccount } from '../../lab/hosts/postgres/cluster.ts';
import { listens, startProcess, sweepPostgres } from '../../lab/hosts/postgres/process.ts';
import type { PostgresServer } from '../../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { dataFolder, logFile } from '../../lab/hosts/server-process.ts';
import { BusyServer, rowsIn } from './support-busy.ts';

const busy = new BusyServer();
const setup = `CREATE SCHEMA app; CREATE TABLE app.files (id int PRIMARY KEY, name text, at timestamptz, bytes bytea);
INSERT INTO app.files VALUES (1, 'back\\slash', '2026-11-25 10:00:00+00', '\\x00ff61'), (2, 'Zoë', NULL, NULL);
CREATE SEQUENCE app.numbers; SELECT nextval('app.numbers');
CREATE VIEW app.names AS SELECT name FROM app.files;`;
const plain = { sql: '', fingerprint: '' };

beforeAll(async () => {
  ensurePrerequisites();
  await busy.start({ wal_level: 'replica', max_wal_senders: '4' });
  await busy.database('plain', setup);
  const { sql, fingerprint } = await busy.dump({ database: 'plain' });
  plain.sql = statements(sql);
  plain.fingerprint = JSON.stringify([fingerprint.tables, fingerprint.sequences]);
}, 120_000);
afterAll(() => busy.stop(), 60_000);

const statements = (sql: string): string => sql.replace(/^--.*\n|^\\(un)?restrict .*\n/gm, '');

describe('settings of the database', () => {
  test.each([
    'bytea_output = escape',
    'quote_all_identifiers = on',
    "datestyle = 'SQL, DMY'",
    "timezone = 'Asia/Tokyo'",
    'statement_timeout = 20',
    'lock_timeout = 1',
    'idle_in_transaction_session_timeout = 50',
    'default_transaction_read_only = on',
    'default_transaction_isolation = serializable',
    'default_transaction_deferrable = on',
    'standard_conforming_strings = off',
    'search_path = app',
    'row_security = off',
    'session_replication_role = replica',
    'client_min_messages = debug5',
    'client_min_messages = error',
    'extra_float_digits = -5',
    'intervalstyle = sql_standard',
    'role = pg_read_all_data',
  ])(
    '%s: the same dump and the same fingerprint',
    async (setting) => {
      const name = `set_${setting.toLowerCase().replace(/\W+/g, '_')}`;
      await busy.database(name, setup);
      await busy.server.sql(`ALTER DATABASE ${name} SET ${setting}`);
      const { sql, fingerprint } = await busy.dump({ database: name });
      expect(fingerprint.unread).toBeUndefined();
      expect(JSON.stringify([fingerprint.tables, fingerprint.sequences])).toBe(plain.fingerprint);
      // Both ways to write a time zone's offset are the same moment.
      const same = (text: string): string => text.replaceAll('19:00:00+09', '10:00:00+00');
      expect(same(statements(sql))).toBe(plain.sql);
    },
    60_000,
  );
});

describe('encodings', () => {
  test.each([
    ['SQL_ASCII', "E'J\\xfcrgen'", 'SQL_ASCII', 'J\u00fcrgen'],
    ['LATIN1', 'chr(252)', 'UTF8', '\u00c3\u00bc'],
    ['WIN1252', "convert_from('\\x81', 'WIN1252')", 'WIN1252', '\u0081'],
    ['EUC_JP', "convert_from('\\xa4a2', 'EUC_JP')", 'EUC_JP', '\u00a4\u00a2'],
  ])(
    '%s is dumped whole',
    async (encoding, value, written, bytes) => {
      const name = `in_${encoding.toLowerCase()}`;
      const rows = `SET client_encoding = '${encoding}'; CREATE TABLE t (v text); INSERT INTO t VALUES (${value});`;
      await busy.database(name, rows, `ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C'`);
      const { sql, fingerprint } = await busy.dump({ database: name });
      expect(sql).toContain(`SET client_encoding = '${written}';`);
      expect(sql).toContain(`\n${bytes}\n`);
      expect(fingerprint.tables.map(({ rows: count }) => count)).toEqual(['1']);
      expect(fingerprint.unread).toBeUndefined();
    },
    60_000,
  );

  test('names in SQL_ASCII may be bytes of any encoding', async () => {
    const rows = `SET client_encoding = 'SQL_ASCII'; DO $$ BEGIN EXECUTE 'CREATE TABLE "' || E'M\\xfcller' || '" AS SELECT 1 AS i'; END $$;`;
    await busy.database('in_bytes', rows, `ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'`);
    const { sql, fingerprint } = await busy.dump({ database: 'in_bytes' });
    expect(rowsIn(sql, 'public."M\u00fcller"')).toBe(1);
    expect(fingerprint.tables).toHaveLength(1);
  }, 60_000);
});

test('a fact that cannot be read costs that fact alone, and the reason is told', async () => {
  // The index was made when sessions found the function that it needs; now they do not.
  await busy.database(
    'unread',
    `CREATE SCHEMA tools; CREATE FUNCTION tools.bare(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
SET search_path = public, tools; CREATE FUNCTION public.plainly(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT bare($1)';
CREATE TABLE people (id int, name text); INSERT INTO people VALUES (1, 'Ada');
CREATE INDEX by_name ON people (plainly(name));`,
  );
  const { fingerprint, sql } = await busy.dump({ database: 'unread' });
  expect(rowsIn(sql, 'public.people')).toBe(1);
  expect(fingerprint.unread).toEqual([
    { what: 'rows of public.people', why: expect.stringContaining('function bare(text) does not exist') },
  ]);
}, 60_000);

test.each(['custom', 'directory'] as const)(
  'what pg_dump leaves out with a warning is told (%s)',
  async (format) => {
    const name = `subscribes_${format}`;
    await busy.database(
      name,
      `${setup} CREATE ROLE reader_${format} LOGIN PASSWORD 'x' IN ROLE pg_read_all_data;
CREATE SUBSCRIPTION ${name} CONNECTION 'dbname=elsewhere' PUBLICATION p WITH (connect = false);
CREATE TABLE app.circle (id int PRIMARY KEY, other int REFERENCES app.circle);`,
    );
    const url = busy.server.url(name).replace(/\/\/.*@/, `//reader_${format}:x@`);
    const { warnings, sql } = await busy.dump({ url, options: { format, jobs: 2 } });
    expect(warnings).toEqual(['pg_dump warns: subscriptions not dumped because current user is not a superuser']);
    expect(sql).not.toContain('SUBSCRIPTION');
    const whole = await busy.dump({ database: name, options: { format } });
    expect(whole.warnings).toEqual([]);
    expect(whole.sql).toContain('CREATE SUBSCRIPTION');
  },
  60_000,
);

test('a standby is dumped as it is; rows of its unlogged tables are no part of the dump', async () => {
  await busy.server.sql('CREATE UNLOGGED TABLE app.passing AS SELECT 1 AS i', 'plain');
  const standby = await startStandby(busy.server, join(busy.folder, 'standby'));
  try {
    const { sql, fingerprint } = await busy.dump({ url: busy.server.url('plain').replace(/:\d+\//, `:${standby}/`) });
    expect(rowsIn(sql, 'app.files')).toBe(2);
    expect(fingerprint.tables.map(({ name }) => name)).toEqual(['app.files']);
    expect(fingerprint.unread).toEqual([
      { what: 'rows of app.passing', why: 'the server is a standby, which has no rows of unlogged tables' },
    ]);
  } finally {
    await sweepPostgres(join(busy.folder, 'standby'));
  }
}, 60_000);

/** Copies the server and lets the copy follow it. @returns its port */
async function startStandby({ binaries, port, user, password }: PostgresServer, directory: string): Promise<number> {
  mkdirSync(directory);
  await command('chown', 'postgres', directory);
  const primary = `host=127.0.0.1 port=${port} user=${user} password=${password}`;
  const copy = [`--dbname=${primary}`, `--pgdata=${dataFolder(directory)}`, '-R', '--checkpoint=fast', '--no-sync'];
  await command('setpriv', ...asAccount, join(binaries, 'pg_basebackup'), ...copy);
  const free = await freePort('127.0.0.1');
  const settings = {
    unix_socket_directories: '..',
    listen_addresses: '127.0.0.1',
    port: String(free),
    max_wal_senders: '4',
    max_connections: '50',
  };
  if (!(await listens(directory, startProcess(directory, binaries, settings))))
    throw new Error(readFileSync(logFile(directory), 'utf8'));
  return free;
}
