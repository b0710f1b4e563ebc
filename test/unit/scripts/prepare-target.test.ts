/** What a server needs for a dump, by its receipt. */
import { expect, test } from '@jest/globals';
import { localeNote, needsOf } from '../../../scripts/lib/engines/postgres/prepare-target.ts';
import type { RestoreTarget } from '../../../src/dump/engines/postgres/restore/restore-target.ts';

const target: RestoreTarget = {
  version: { major: 15, minor: 20 },
  unknownSettings: new Set(),
  superuser: false,
  mayCreateRoles: true,
  roles: new Set(['postgres']),
  extensions: new Map([
    ['citext', { version: '1.6', installed: false, needsSuperuser: false }],
    ['pg_cron', { version: '1.5', installed: true, needsSuperuser: true }],
  ]),
};
const source = {
  serverVersion: '15.20',
  extensions: { plpgsql: '1.0', citext: '1.6' },
  roles: ['app "x"', 'public', 'pg_monitor'],
};

test('roles are made without login; those that stand for all, and those of PostgreSQL, are not', () => {
  expect(needsOf(source, target, true)).toEqual({
    roles: ['CREATE ROLE "app ""x""" NOLOGIN;'],
    notes: ['made, without login, since definitions name them: the role app "x"'],
  });
  expect(needsOf({ ...source, roles: undefined }, target, true)).toEqual({ roles: [], notes: [] });
  const existing = { ...target, mayCreateRoles: false, roles: new Set(['app "x"']) };
  expect(needsOf(source, existing, true)).toEqual({ roles: [], notes: [] });
});

test('everything that is missing is named at once', () => {
  const extensions = { postgis: '3.3.2', pg_cron: '1.5' };
  const needs = () => needsOf({ ...source, extensions }, { ...target, mayCreateRoles: false }, true);
  expect(needs).toThrow(
    expect.objectContaining({
      what: 'the server lacks the extension postgis; only a superuser may create the extension pg_cron; this role may not create, and the server lacks, the role app "x"; nothing was changed',
      fix: 'install postgresql-15-postgis-3 on the server; restore as a superuser; as a role that may create roles: CREATE ROLE "app ""x""" NOLOGIN;',
    }),
  );
});

test('an extension that is there already needs no superuser, unless the database is new', () => {
  const cron = { ...source, extensions: { pg_cron: '1.5' } };
  expect(needsOf(cron, target, false).roles).toHaveLength(1);
  expect(() => needsOf(cron, target, true)).toThrow('only a superuser may create the extension pg_cron');
  expect(() => needsOf(cron, { ...target, superuser: true }, true)).not.toThrow();
});

test('what is older there is noted, and does not keep anybody from restoring', () => {
  const { notes } = needsOf({ serverVersion: '17.9', extensions: { citext: '1.10' }, roles: [] }, target, true);
  expect(notes).toEqual([
    expect.stringContaining('the server has the extension citext 1.6, and the source 1.10'),
    expect.stringContaining('the server is PostgreSQL 15.20, and the source 17.9'),
  ]);
});

test('another encoding or order is noted', () => {
  const latin = { encoding: 'LATIN1', collate: 'de_DE', ctype: 'de_DE', provider: 'libc' } as const;
  expect(localeNote(latin, { encoding: 'UTF8', collate: 'de_DE' })).toContain('is in UTF8, and the source in LATIN1');
  expect(localeNote(latin, { encoding: 'LATIN1', collate: 'C' })).toContain('sorts by C, and the source by de_DE');
  expect(localeNote(latin, latin)).toBeUndefined();
  expect(localeNote(undefined, latin)).toBeUndefined();
});
