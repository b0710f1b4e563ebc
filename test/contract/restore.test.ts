/** The commands that developers and the person at three in the morning type: fetchdb, populatedb, restore. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { bucket, type DumpUnderTest, startDumpUnderTest } from './support-dump.ts';

let it: DumpUnderTest;
let folder: string;
let users: string;
const count = (database: string) => it.postgres.sql('SELECT count(*) FROM infinite.users', database);

beforeAll(async () => {
  ensurePrerequisites();
  folder = mkdtempSync(join(tmpdir(), 'holdfast-restore-'));
  it = await startDumpUnderTest(5);
  expect((await it.dump(1)).error).toBeUndefined();
  // A newer one that nobody has proven.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  users = await count('shop');
  await it.postgres.sql('DELETE FROM infinite.newsletter', 'shop');
  expect((await it.dump(2, { proven: [] })).error).toBeUndefined();
}, 120_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await it.stop();
});

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

const run = (script: string, ...parameters: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = {
      ...process.env,
      HOLDFAST_SOURCE: 'shop.prod',
      HOLDFAST_REGION: 'us-east-1',
      HOLDFAST_RECEIPT_BUCKET: bucket,
    };
    execFile('scripts/node24', [`scripts/${script}.ts`, ...parameters], { env }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err }),
    );
  });
const file = () => join(folder, 'shop.anon.gz');

describe('fetchdb and populatedb', () => {
  test('fetch the newest proven anonymised dump, and load it, as often as one likes', async () => {
    const first = await run('fetchdb', '--to', file());
    expect(first).toMatchObject({ status: 0 });
    expect(first.err).toMatch(/fetching: 100 % of/);
    const { ino } = statSync(file());
    utimesSync(file(), 1, 1);
    expect((await run('fetchdb', '--to', file())).err).toContain('is this file already');
    // The same file, and the newest again, which is the one that populatedb takes.
    expect(statSync(file()).ino).toBe(ino);
    expect(statSync(file()).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
    for (let times = 0; times < 2; times += 1) {
      const loaded = await run('populatedb', '--from', file(), '--to', it.postgres.url('app'));
      expect(loaded).toMatchObject({ status: 0 });
      expect(await count('app')).toBe(users);
      await it.postgres.sql('DELETE FROM infinite.orders', 'app');
    }
    // The proven one is the older: its newsletter is not empty.
    expect(Number(await it.postgres.sql('SELECT count(*) FROM infinite.newsletter', 'app'))).toBeGreaterThan(0);
    expect(await it.postgres.sql(`SELECT count(*) FROM infinite.users WHERE email !~ '@example\\.com$'`, 'app')).toBe(
      '0',
    );
  }, 60_000);

  test('fetch a damaged file again', async () => {
    writeFileSync(file(), 'nothing');
    expect((await run('fetchdb', '--to', file())).status).toBe(0);
    expect(readFileSync(file()).length).toBeGreaterThan(100_000);
    expect(existsSync(`${file()}.unfinished`)).toBe(false);
  });

  test('leave the old database where the new one cannot be loaded, and one that is not theirs', async () => {
    const half = join(folder, 'half.anon.gz');
    writeFileSync(half, readFileSync(file()).subarray(0, 200_000));
    const before = await count('app');
    const failed = await run('populatedb', '--from', half, '--to', it.postgres.url('app'));
    expect(failed.status).toBe(1);
    expect(await count('app')).toBe(before);
    expect(await it.postgres.sql(`SELECT count(*) FROM pg_database WHERE datname LIKE '%loading'`)).toBe('0');
    const refused = await run('populatedb', '--from', file(), '--to', it.postgres.url('shop'));
    expect(refused).toMatchObject({
      status: 1,
      err: expect.stringContaining('is not empty, and was not made by this command'),
    });
    const remote = await run('populatedb', '--from', file(), '--to', 'postgresql://u:p@db.example.org/app');
    expect(remote.err).toContain('is not on this machine');
  }, 60_000);

  test('say what is missing', async () => {
    const ended = await run('fetchdb', '--source', 'other');
    expect(ended).toMatchObject({
      status: 1,
      err: expect.stringContaining('there is no proven anonymised dump of other'),
    });
  });
});

describe('restore', () => {
  test('lists what there is, newest first', async () => {
    const { out, status } = await run('restore', '--list');
    expect(status).toBe(0);
    expect(out.trim().split('\n')).toEqual([
      expect.stringMatching(/^\d{8}T\d{6}Z {2}unproven {2}archive [\d.]+ [KM]iB, plain/),
      expect.stringMatching(/^\d{8}T\d{6}Z {2}good {6}archive .*; restored in \d/),
    ]);
  });

  test.each(['archive', 'plain', 'anonymised'])(
    'puts the %s file into an empty database',
    async (kind) => {
      const name = `restored_${kind}`;
      await it.postgres.createDatabase(name);
      const ended = await run('restore', '--to', it.postgres.url(name), '--kind', kind);
      expect(ended).toMatchObject({ status: 0 });
      expect(ended.err).toMatch(
        kind === 'archive' ? /pg_restore --clean --if-exists/ : /zcat \S+ \| psql -X -v ON_ERROR_STOP=1/,
      );
      expect(await count(name)).toBe(users);
    },
    60_000,
  );

  test('takes the name of a database for a name, also in what it says for doing it by hand', async () => {
    const name = "it's=odd";
    await it.postgres.createDatabase(name);
    const ended = await run('restore', '--to', it.postgres.url(name));
    expect(ended).toMatchObject({ status: 0 });
    expect(await count(name)).toBe(users);
    expect(ended.err).toContain(`--dbname 'dbname='\\''it\\'\\''s=odd'\\'''`);
  }, 60_000);

  test('refuses a database that is not empty, unless told; and a dump that is not proven', async () => {
    const refused = await run('restore', '--to', it.postgres.url('restored_plain'));
    expect(refused).toMatchObject({ status: 1, err: expect.stringContaining('is not empty; nothing was changed') });
    expect((await run('restore', '--to', it.postgres.url('restored_plain'), '--replace')).status).toBe(0);
    const [newest = ''] = (await run('restore', '--list')).out.split(' ');
    const unproven = await run('restore', '--to', it.postgres.url('restored_plain'), '--at', newest, '--replace');
    expect(unproven.err).toContain('is not proven');
    const told = await run(
      'restore',
      '--to',
      it.postgres.url('restored_plain'),
      '--at',
      newest,
      '--replace',
      '--unproven',
    );
    expect(told.status).toBe(0);
    expect(await it.postgres.sql('SELECT count(*) FROM infinite.newsletter', 'restored_plain')).toBe('0');
  }, 60_000);

  test('keeps, of a database that it replaces, what no dump holds: owner, rights, settings, locale', async () => {
    const { sql } = it.postgres;
    const kept = (): Promise<string> =>
      sql(
        `SELECT d.datdba::regrole, d.datacl, d.datconnlimit, d.datcollate, d.datlocprovider, d.daticulocale, s.setrole::regrole, s.setconfig
         FROM pg_database d JOIN pg_db_role_setting s ON s.setdatabase = d.oid WHERE datname = 'kept "as is"' ORDER BY 7`,
      );
    await sql('CREATE ROLE "the owner"; CREATE ROLE reader LOGIN');
    await sql(
      `CREATE DATABASE "kept ""as is""" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' CONNECTION LIMIT 40 OWNER "the owner"`,
    );
    await sql(
      `ALTER DATABASE "kept ""as is""" SET search_path TO infinite, "$user", public;
       ALTER DATABASE "kept ""as is""" SET default_transaction_isolation TO 'repeatable read';
       ALTER ROLE reader IN DATABASE "kept ""as is""" SET statement_timeout TO '7s';
       REVOKE ALL ON DATABASE "kept ""as is""" FROM PUBLIC;
       GRANT CONNECT ON DATABASE "kept ""as is""" TO reader WITH GRANT OPTION`,
    );
    const before = await kept();
    expect(before.split('\n')).toHaveLength(2);
    expect(before).toContain('reader=c*/');
    const ended = await run('restore', '--to', it.postgres.url('kept "as is"'), '--replace');
    expect(ended).toMatchObject({ status: 0 });
    expect(await kept()).toBe(before);
    expect(await sql('SELECT count(*) FROM users', 'kept "as is"')).toBe(users);
  }, 60_000);

  test('names what is wrong with its options', async () => {
    const wrong = await run('restore', '--kind', 'half', '--source', '', '--to', 'mysql://somewhere/else');
    expect(wrong.status).toBe(2);
    expect(wrong.err).toContain('HOLDFAST_SOURCE: name of the source');
    expect(wrong.err).toContain('--kind: "half" is not allowed; allowed: archive, plain, anonymised');
    expect(wrong.err).toContain('--to: the value given (not shown) is no URL of PostgreSQL');
    expect((await run('populatedb', '--from', 'package.json', '--to', 'mysql://else/where')).status).toBe(2);
    expect((await run('restore', '--what')).status).toBe(2);
    const maintenance = await run(
      'populatedb',
      '--from',
      'package.json',
      '--to',
      it.postgres.url('postgres'),
      '--replace',
    );
    expect(maintenance).toMatchObject({ status: 2, err: expect.stringContaining('--to: the database postgres is') });
  });

  test('does not take a database for empty that holds functions or types only', async () => {
    for (const [name, statement] of [
      ['only_function', 'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$'],
      ['only_type', `CREATE TYPE mood AS ENUM ('good')`],
    ] as const) {
      await it.postgres.createDatabase(name);
      await it.postgres.sql(statement, name);
      expect((await run('restore', '--to', it.postgres.url(name))).err).toContain('is not empty; nothing was changed');
    }
    const both = await run('restore', '--kind', 'half', '--to', 'nowhere');
    expect(both).toMatchObject({ status: 2, err: expect.stringMatching(/--kind: "half"[\s\S]*--to: /) });
    expect((await run('restore', '--replace')).err).toContain('--to: the database to restore into');
  });
});
