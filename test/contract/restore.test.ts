/** The commands fetchdb, populatedb and restore. */
import { execFile, execFileSync } from 'node:child_process';
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
  // A newer one, which is not proven.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  users = await count('shop');
  await it.postgres.sql('DELETE FROM infinite.newsletter', 'shop');
  expect((await it.dump(2, { prove: 'none' })).error).toBeUndefined();
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
  test('fetch the newest proven anonymised dump, and load it as often as they are run', async () => {
    const first = await run('fetchdb', '--to', file());
    expect(first).toMatchObject({ status: 0 });
    expect(first.err).toMatch(/fetching: 100 % of/);
    const { ino } = statSync(file());
    utimesSync(file(), 1, 1);
    expect((await run('fetchdb', '--to', file())).err).toContain('is already this file');
    // The same file, now the newest, which populatedb loads.
    expect(statSync(file()).ino).toBe(ino);
    expect(statSync(file()).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
    for (let times = 0; times < 2; times += 1) {
      const loaded = await run('populatedb', '--from', file(), '--to', it.postgres.url('app'));
      expect(loaded).toMatchObject({ status: 0 });
      expect(await count('app')).toBe(users);
      await it.postgres.sql('DELETE FROM infinite.orders', 'app');
    }
    // The proven dump is the older one, whose newsletter is not empty.
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

  test('keep the old database when the new one cannot be loaded, and one that they did not make', async () => {
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
      err: expect.stringContaining('is not empty, and this command did not make it'),
    });
    const remote = await run('populatedb', '--from', file(), '--to', 'postgresql://u:p@db.example.org/app');
    expect(remote.err).toContain('is not on this computer');
  }, 60_000);

  test('load dumps as people have them: what belongs to the other server is left out or made, and told', async () => {
    const foreign = join(folder, 'foreign.sql');
    writeFileSync(
      foreign,
      `Defaulted container "db" out of: db, sidecar
--
-- PostgreSQL database dump
--

-- Dumped from database version 17.9
-- Dumped by pg_dump version 17.9

SET statement_timeout = 0;
SET transaction_timeout = 0;
DROP TABLE public.orders;
DROP DATABASE "wild shop";
CREATE DATABASE "wild shop" WITH TEMPLATE = template0 ENCODING = 'UTF8' TABLESPACE = fast;
ALTER DATABASE "wild shop" OWNER TO ann;
\\connect -reuse-previous=on "dbname='wild shop'"
CREATE SCHEMA public;
CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;
COMMENT ON EXTENSION plpgsql IS 'changed';
SET default_tablespace = fast;
CREATE TABLE public.orders (id integer, owner text);
ALTER TABLE public.orders OWNER TO ann;
ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY;
COPY public.orders (id, owner) FROM stdin;
1\tann
\\.
CREATE POLICY own ON public.orders TO "Wild User", wild_reader USING (owner = CURRENT_USER);
GRANT SELECT ON TABLE public.orders TO wild_reader;
--
-- PostgreSQL database dump complete
--

RESET ALL;
`,
    );
    const loaded = await run('populatedb', '--from', foreign, '--to', it.postgres.url('wild'));
    expect(loaded).toMatchObject({ status: 0 });
    for (const note of [
      'note: a line before the dump, of kubectl, left out',
      'note: a statement behind the last line of the dump',
      '1 statement with settings that this server does not have (transaction_timeout)',
      '1 statement dropping what a new database does not have',
      '3 statements about the database itself',
      '1 statement about tablespaces',
      '2 statements about owners',
      '1 statement about rights',
      'made, without login, since policies or user mappings name them: the roles Wild User, wild_reader',
    ])
      expect(loaded.err).toContain(note);
    expect(await it.postgres.sql('SELECT id, owner FROM orders', 'wild')).toBe('1|ann');
    expect(await it.postgres.sql(`SELECT count(*) FROM pg_database WHERE datname = 'wild shop'`)).toBe('0');
    expect(await it.postgres.sql(`SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname ~* '^wild' ORDER BY 1`)).toBe(
      'Wild User|f\nwild_reader|f',
    );
  }, 60_000);

  test('name what the server lacks before anything is replaced', async () => {
    await it.postgres.sql(`CREATE ROLE loader LOGIN CREATEDB PASSWORD 'secret'`);
    const poor = join(folder, 'poor.sql');
    const statements = ['CREATE EXTENSION pg_stat_statements;', 'CREATE POLICY a ON t TO one, two;', 'SELECT 1;'];
    writeFileSync(poor, `${statements.join('\n')}\n-- PostgreSQL database dump complete\n`);
    const url = it.postgres.url('poor').replace(/\/\/.*@/, '//loader:secret@');
    const ended = await run('populatedb', '--from', poor, '--to', url);
    expect(ended.status).toBe(1);
    expect(ended.err).toContain('the server lacks the roles one, two, which the dump needs');
    expect(ended.err).toContain('only a superuser may create the extension pg_stat_statements');
    expect(ended.err).toContain('CREATE ROLE "one" NOLOGIN; CREATE ROLE "two" NOLOGIN;');
    expect(await it.postgres.sql(`SELECT count(*) FROM pg_database WHERE datname = 'poor'`)).toBe('0');
  }, 60_000);

  test('say that the server may be too old for what a newer pg_dump wrote', async () => {
    const newer = join(folder, 'newer.sql');
    const header = '-- Dumped from database version 99.1\n-- Dumped by pg_dump version 99.1\n';
    writeFileSync(newer, `${header}\nCREATE NOVELTY x;\n-- PostgreSQL database dump complete\n`);
    const ended = await run('populatedb', '--from', newer, '--to', it.postgres.url('newer'));
    expect(ended.err).toMatch(/syntax error[\s\S]*pg_dump 99.1 wrote the dump, and the server is PostgreSQL \d+\.\d+/);
  }, 60_000);

  test('say once what the server refused', async () => {
    const twice = join(folder, 'twice.sql');
    writeFileSync(twice, 'CREATE TABLE x ();\nCREATE TABLE x ();\n-- PostgreSQL database dump complete\n');
    const ended = await run('populatedb', '--from', twice, '--to', it.postgres.url('twice'));
    expect(ended.status).toBe(1);
    expect(ended.err.match(/relation "x" already exists/g)).toHaveLength(1);
  }, 60_000);

  test('say that a dump of a part needs the rest', async () => {
    const part = join(folder, 'part.sql');
    writeFileSync(part, 'CREATE TABLE elsewhere.t (a int);\n-- PostgreSQL database dump complete\n');
    const ended = await run('populatedb', '--from', part, '--to', it.postgres.url('part'));
    expect(ended.status).toBe(1);
    expect(ended.err).toMatch(/schema "elsewhere" does not exist\nLikely cause: the dump holds a part of the database/);
  }, 60_000);

  test('tell what a file is that is no plain dump', async () => {
    const archive = join(folder, 'shop.dump');
    writeFileSync(archive, 'PGDMP\x01\x0e\0');
    const ended = await run('populatedb', '--from', archive, '--to', it.postgres.url('archive'));
    expect(ended.err).toContain('this is an archive of pg_dump');
    const folderGiven = await run('populatedb', '--from', folder, '--to', it.postgres.url('archive'));
    expect(folderGiven.err).toContain('is a folder, such as pg_dump -Fd writes');
  }, 60_000);

  test('report that there is no dump', async () => {
    const ended = await run('fetchdb', '--source', 'other');
    expect(ended).toMatchObject({
      status: 1,
      err: expect.stringContaining('there is no proven anonymised dump of other'),
    });
  });
});

describe('restore', () => {
  test('lists the dumps, newest first', async () => {
    const { out, status } = await run('restore', '--list');
    expect(status).toBe(0);
    expect(out.trim().split('\n')).toEqual([
      expect.stringMatching(/^\d{8}T\d{6}Z {2}unproven {2}archive [\d.]+ [KM]iB, plain/),
      expect.stringMatching(/^\d{8}T\d{6}Z {2}good {6}archive .*; restored in \d/),
    ]);
  });

  test.each(['archive', 'plain', 'anonymised'])(
    'restores the %s file into an empty database',
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

  test('reads the name of a database as a name, also in the commands for doing it by hand', async () => {
    const name = "it's=odd";
    await it.postgres.createDatabase(name);
    const ended = await run('restore', '--to', it.postgres.url(name));
    expect(ended).toMatchObject({ status: 0 });
    expect(await count(name)).toBe(users);
    expect(ended.err).toContain(`--dbname 'dbname='\\''it\\'\\''s=odd'\\'''`);
  }, 60_000);

  test('refuses a database that is not empty, and a dump that is not proven, unless an option allows it', async () => {
    const refused = await run('restore', '--to', it.postgres.url('restored_plain'));
    expect(refused).toMatchObject({ status: 1, err: expect.stringContaining('is not empty; nothing was changed') });
    expect((await run('restore', '--to', it.postgres.url('restored_plain'), '--replace')).status).toBe(0);
    const [newest = ''] = (await run('restore', '--list')).out.split(' ');
    const unproven = await run('restore', '--to', it.postgres.url('restored_plain'), '--at', newest, '--replace');
    expect(unproven.err).toContain('is not proven');
    const allowed = await run(
      'restore',
      '--to',
      it.postgres.url('restored_plain'),
      '--at',
      newest,
      '--replace',
      '--unproven',
    );
    expect(allowed.status).toBe(0);
    expect(await it.postgres.sql('SELECT count(*) FROM infinite.newsletter', 'restored_plain')).toBe('0');
  }, 60_000);

  test('keeps what no dump holds of a database that it replaces: owner, rights, settings, locale', async () => {
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

  test('reports every mistake in its options', async () => {
    const wrong = await run('restore', '--kind', 'half', '--source', '', '--to', 'ftp://somewhere/else');
    expect(wrong.status).toBe(2);
    expect(wrong.err).toContain('HOLDFAST_SOURCE: name of the source');
    expect(wrong.err).toContain('--kind: "half" is not allowed; allowed: archive, plain, anonymised');
    expect(wrong.err).toContain('--to: the value given (not shown) is not a URL of a database; allowed: postgresql://');
    expect((await run('populatedb', '--from', 'package.json', '--to', 'ftp://else/where')).status).toBe(2);
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

  test('a database that holds only functions or types is not empty', async () => {
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

test('a dump with Zstandard is proven, fetched, loaded and restored as one with gzip', async () => {
  const given = { compression: 'zstd', files: 'plain anonymised', prove: 'plain anonymised' };
  const { findings, error } = await it.dump(3, given);
  expect(error).toBeUndefined();
  expect(findings.verdict).toBe('good');
  const at = join(folder, 'shop.anon.zst');
  expect(await run('fetchdb', '--to', at)).toMatchObject({ status: 0 });
  expect(readFileSync(at).readUInt32LE(0)).toBe(0xfd2fb528);
  execFileSync('zstd', ['-q', '-t', at]);
  expect(await run('populatedb', '--from', at, '--to', it.postgres.url('app'))).toMatchObject({ status: 0 });
  expect(await count('app')).toBe(users);
  // The newest one is without these rows.
  expect(await it.postgres.sql('SELECT count(*) FROM infinite.newsletter', 'app')).toBe('0');

  await it.postgres.createDatabase('from_zstd');
  const restored = await run('restore', '--kind', 'plain', '--to', it.postgres.url('from_zstd'));
  expect(restored).toMatchObject({ status: 0, err: expect.stringContaining('zstd -dc shop-prod.zst | psql -X') });
  expect(await count('from_zstd')).toBe(users);

  const before = join(folder, 'before');
  expect(await run('fetchdb', '--compression', 'gzip', '--to', before)).toMatchObject({ status: 0 });
  expect(readFileSync(before).readUInt16BE(0)).toBe(0x1f8b);
  const wrong = await run('fetchdb', '--compression', 'xz');
  expect(wrong).toMatchObject({ status: 2, err: expect.stringContaining('--compression: "xz" is not allowed') });
}, 120_000);

test.each(['fetchdb', 'populatedb', 'restore', 'anonymize', 'dump', 'action', 'generate', 'build', 'ops-context'])(
  '%s prints its usage, and names what it allows',
  async (script) => {
    for (const option of ['--help', '-h']) {
      const help = await run(script, option);
      expect(help).toMatchObject({ status: 0, err: '' });
      expect(help.out).toContain(`npm run ${script === 'anonymize' ? '-s ' : ''}${script}`);
    }
    const wrong = await run(script, '--whatever');
    expect(wrong).toMatchObject({ status: 2, out: '' });
    expect(wrong.err).toMatch(/Unknown option '--whatever'; allowed: (--\w.*, )?--help\n$/);
    // What has options of its own names them.
    expect(wrong.err.includes('allowed: --help')).toBe(script === 'ops-context');
  },
  60_000,
);
