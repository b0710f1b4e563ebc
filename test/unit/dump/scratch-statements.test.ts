/** The decisions about scratch databases and about servers of our own. */
import { describe, expect, test } from '@jest/globals';
import { catalogueChange } from '../../../src/adapters/databases/postgres/scratch/own-catalogue.ts';
import {
  dropStatements,
  extensionStatements,
  isLocaleError,
  isOurs,
  localeOptions,
  missingRoles,
  roleStatements,
} from '../../../src/adapters/databases/postgres/scratch/scratch-statements.ts';
import { chooseServer } from '../../../src/adapters/databases/postgres/server/binaries.ts';
import { reasonIn } from '../../../src/adapters/databases/postgres/server/own-server.ts';
import { serverParameters } from '../../../src/adapters/databases/postgres/server/settings.ts';

describe('the locale of a scratch database', () => {
  const latin = { encoding: 'LATIN1', collate: 'de_DE', ctype: 'de_DE', provider: 'libc' } as const;

  test("is the source's, then one that is everywhere, always with its encoding", () => {
    expect(localeOptions(latin)).toEqual([
      { sql: "ENCODING 'LATIN1' LC_COLLATE 'de_DE' LC_CTYPE 'de_DE'" },
      { sql: "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'", instead: 'C' },
    ]);
    const icu = { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'icu', locale: "de-u-co-'x" } as const;
    expect(localeOptions(icu).map(({ sql }) => sql)).toEqual([
      "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'de-u-co-''x'",
      "ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
      "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
    ]);
    const builtin = { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'builtin', locale: 'C.UTF-8' } as const;
    expect(localeOptions(builtin)[0]?.sql).toContain("LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'");
  });

  test('is UTF-8 for receipts of earlier versions', () => {
    expect(localeOptions(undefined)).toEqual([{ sql: "ENCODING 'UTF8'" }]);
  });

  test.each([
    ['invalid LC_COLLATE locale name: "de_DE"', true],
    ['invalid locale name: "de_DE"', true],
    ['encoding "LATIN1" does not match locale "en_US.UTF-8"', true],
    ['ICU locale "xx" has unknown language "xx"', true],
    ['permission denied to create database', false],
    ['database "x" already exists', false],
  ])('is in the way when the server says: %s (%s)', (message, expected) => {
    expect(isLocaleError(message)).toBe(expected);
  });
});

describe('roles', () => {
  test('that are missing are made without rights, those of the server never', () => {
    expect(missingRoles(['app', 'night "shift"', 'pg_monitor', 'known', 'public'], new Set(['known']))).toBe(
      'CREATE ROLE "app" NOLOGIN;\nCREATE ROLE "night ""shift""" NOLOGIN;',
    );
  });

  test('that restore are superusers only on a server that holds nothing else', () => {
    const names = { name: 'holdfast_scratch_1', password: 'p', owner: 'o' };
    expect(roleStatements(names, true)).toMatch(/LOGIN SUPERUSER/);
    expect(roleStatements(names, false)).toMatch(/LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION/);
    expect(roleStatements(names, false)).not.toMatch(/[^O]SUPERUSER/);
  });
});

describe('extensions that the administrator makes', () => {
  const made = [
    { name: 'dblink', schema: 'my links' },
    { name: 'uuid-ossp', schema: 'public' },
  ];

  test('are in the schemas of the source, which belong to the restoring role', () => {
    const sql = extensionStatements(made, 'holdfast_scratch_1');
    expect(sql).toContain('CREATE SCHEMA IF NOT EXISTS "my links" AUTHORIZATION holdfast_scratch_1;');
    expect(sql).toContain('CREATE EXTENSION IF NOT EXISTS "dblink" SCHEMA "my links" CASCADE;');
    expect(sql).not.toContain('CREATE SCHEMA IF NOT EXISTS "public"');
  });

  test.each([
    ['schema "my links" already exists', true],
    ['schema "other" already exists', false],
    ['must be owner of extension dblink', true],
    ['must be owner of extension uuid-ossp', true],
    ['must be owner of extension hstore', false],
    ['must be owner of table t', false],
  ])('are the cause of a refusal, or not: %s (%s)', (message, expected) => {
    expect(isOurs({ message }, made)).toBe(expected);
  });
});

describe('a server of our own', () => {
  const server = (major: number, minor: number) => ({ folder: `/${major}.${minor}`, version: { major, minor } });

  test('is of the smallest series that can hold the dump, in its newest release', () => {
    const servers = [server(18, 7), server(16, 2), server(15, 20), server(16, 16)];
    expect(chooseServer(servers, 16)?.folder).toBe('/16.16');
    expect(chooseServer(servers, 17)?.folder).toBe('/18.7');
    expect(chooseServer(servers, 19)).toBeUndefined();
  });

  test('takes a share of the memory, within bounds', () => {
    const buffers = (gib: number): string | undefined =>
      serverParameters({ memory: gib * 1024 ** 3, jobs: 4, preload: [], database: 'd' }).find((one) =>
        one.startsWith('shared_buffers='),
      );
    expect([buffers(0.5), buffers(7), buffers(64)]).toEqual([
      'shared_buffers=128MB',
      'shared_buffers=896MB',
      'shared_buffers=2048MB',
    ]);
  });

  test('runs no jobs of pg_cron, which the database may hold', () => {
    const parameters = serverParameters({ memory: 1e9, jobs: 1, preload: ['pg_cron'], database: 'copy' });
    expect(parameters).toEqual(
      expect.arrayContaining([
        'shared_preload_libraries=pg_cron',
        'cron.database_name=copy',
        'cron.launch_active_jobs=off',
      ]),
    );
  });

  test('that cannot be shut in is told so', () => {
    expect(reasonIn('unshare: unshare failed: Operation not permitted\n')).toContain('does not allow namespaces');
    expect(reasonIn('a\nb\n\nFATAL: c\n')).toBe('a; b; FATAL: c');
    expect(reasonIn('')).toBe('it ended without a word');
  });
});

describe("the server's own catalogue", () => {
  const before = 'pg_proc\n31\ttextout\t11\tx\n200\tsum\t11\tx\npg_cast\n10\t20\t23\tx\n';

  test.each([
    ['new things of users', `${before}16400\t16399\t25\ty\n`],
    ['a function in another schema', before.replace('pg_cast', '16400\tsum\t2200\ty\npg_cast')],
    ['a function of another name, as of an extension', before.replace('pg_cast', '16400\tfile_read\t11\ty\npg_cast')],
  ])('is as it was, with %s', (_, after) => {
    expect(catalogueChange(before, after)).toBeUndefined();
  });

  test.each([
    ['changed', before.replace('200\tsum\t11\tx', '200\tsum\t11\tz')],
    ['gone', before.replace('200\tsum\t11\tx\n', '')],
    ['shadowed', before.replace('pg_cast', '16400\tsum\t11\ty\npg_cast')],
    ['added to', before.replace('pg_cast', '9999\tnew\t11\ty\npg_cast')],
  ])('is %s', (_, after) => {
    expect(catalogueChange(before, after)?.message).toMatch(/^the dump replaces something of the server itself/);
  });
});

test('a server of series 12 is not asked to drop a database WITH (FORCE), which it does not know', () => {
  const [newer = '', older = ''] = dropStatements('holdfast_scratch_1').split('\\else');
  expect(newer).toMatch(/>= 130000[\s\S]*DROP DATABASE IF EXISTS holdfast_scratch_1 WITH \(FORCE\);/);
  expect(older).toMatch(/pg_terminate_backend[\s\S]*DROP DATABASE IF EXISTS holdfast_scratch_1;/);
  expect(older).toContain('DROP ROLE IF EXISTS holdfast_scratch_1;');
});
