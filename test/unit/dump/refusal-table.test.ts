/** What a refusal says, message by message; the messages are those of PostgreSQL 12 to 18. */
import { expect, test } from '@jest/globals';
import { adviceOnRefusal, whereAlone } from '../../../src/dump/engines/postgres/refusals/refusal-table.ts';

test.each([
  ['permission denied to create extension "pg_stat_statements"', '42501', 'rights'],
  ['must be owner of extension dblink', '42501', 'rights'],
  ['permission denied for schema cron', '42501', 'rights'],
  ['must be superuser to create FOR ALL TABLES publication', '42501', 'rights'],
  ['only superuser can define a leakproof function', '42501', 'rights'],
  ['permission denied to set parameter "session_replication_role"', '42501', 'rights'],
  ['permission denied for language c', '42501', 'rights'],
  ['role "app_reader" does not exist', '42704', 'role'],
  ['tablespace "fast" does not exist', '42704', 'tablespace'],
  ['extension "postgis" is not available', '0A000', 'extension'],
  [
    'could not open extension control file "/usr/share/postgresql/15/extension/x.control": No such file or directory',
    '58P01',
    'extension',
  ],
  ['extension "x" has no installation script nor update path for version "2"', '22023', 'extension'],
  ['could not access file "$libdir/mine": No such file or directory', '58P01', 'library'],
  ['could not find function "f" in file "/usr/lib/mine.so"', '42883', 'library'],
  ['language "plpython3u" does not exist', '42704', 'language'],
  ['unrecognized configuration parameter "transaction_timeout"', '42704', 'version'],
  ['unrecognized parameter "pg_attver"', undefined, 'version'],
  ['function array_append(anyarray, anyelement) does not exist', '42883', 'version'],
  ['function array_append(text[], text) does not exist', '42883', 'definition'],
  ['syntax error at or near "NULLS"', '42601', 'version'],
  ['collation "pg_catalog.de-x-icu" for encoding "UTF8" does not exist', '42704', 'version'],
  ['access method "hnsw" does not exist', '42704', 'version'],
  ['ICU is not supported in this build', '0A000', 'version'],
  ['could not connect to server "far"', '08001', 'foreign'],
  ['could not establish connection', '08001', 'foreign'],
  ['terminating connection due to administrator command', '57P01', 'connection'],
  ['server closed the connection unexpectedly', undefined, 'connection'],
  ['could not extend file "base/1/2": No space left on device', '53100', 'resources'],
  ['out of memory', '53200', 'resources'],
  ['sorry, too many clients already', '53300', 'resources'],
  ['canceling statement due to statement timeout', '57014', 'time'],
  ['canceling statement due to lock timeout', '55P03', 'locked'],
  ['deadlock detected', '40P01', 'locked'],
  ['new row for relation "a" violates check constraint "c"', '23514', 'rows'],
  ['insert or update on table "chi" violates foreign key constraint "f"', '23503', 'rows'],
  ['could not create unique index "a_pkey"', '23505', 'rows'],
  ['invalid byte sequence for encoding "UTF8": 0xff', '22021', 'rows'],
  ['no partition of relation "p" found for row', '23514', 'rows'],
  ['function unaccent(text) does not exist', '42883', 'definition'],
  ['relation "public.v" does not exist', '42P01', 'definition'],
  ['type "hstore" does not exist', '42704', 'definition'],
] as const)('%s', (message, code, reason) => {
  expect(adviceOnRefusal({ message, code }).reason).toBe(reason);
  // pg_restore does not show the code.
  expect(adviceOnRefusal({ message, code: undefined }).reason).toBe(reason);
});

test.each([
  ['Rolle »app« existiert nicht', undefined],
  ['el objeto no es válido', undefined],
  ['something new', 'ZZ001'],
  ['', undefined],
])('what nobody knows is unknown, with a fix all the same: %s', (message, code) => {
  expect(adviceOnRefusal({ message, code })).toMatchObject({ reason: 'unknown', fix: expect.stringMatching(/\w/) });
});

test('a message in another language is known by its code', () => {
  const advice = adviceOnRefusal({ message: 'keine Berechtigung für Schema public', code: '42501' });
  expect(advice.reason).toBe('rights');
  expect(adviceOnRefusal({ message: 'doppelter Schlüsselwert', code: '23505' }).reason).toBe('rows');
});

test('a lost connection to the server that restores is not one to a foreign server', () => {
  const message = 'connection to server at "localhost", port 5432 failed: Connection refused';
  expect(adviceOnRefusal({ message, code: undefined }).reason).toBe('connection');
  expect(adviceOnRefusal({ message: 'could not connect to server: Connection refused', code: undefined }).reason).toBe(
    'connection',
  );
  expect(adviceOnRefusal({ message: 'x', code: '08006' }).reason).toBe('connection');
});

test.each([
  'role "boss" does not exist',
  'tablespace "fast" does not exist',
  'extension "x" must be installed',
  'No such file or directory',
  'out of memory',
])("a function's own message is not taken for the server's: %s", (message) => {
  expect(adviceOnRefusal({ message, code: 'P0001' })).toMatchObject({
    reason: 'definition',
    likelyCause: expect.stringContaining('function of the database'),
  });
});

test.each([
  ['permission denied for schema cron', '42501'],
  ['role "app_reader" does not exist', '42704'],
  ['tablespace "fast" does not exist', '42704'],
])('nobody is sent to a server of its own where the restore was: %s', (message, code) => {
  const refusal = { message, code, ...adviceOnRefusal({ message, code }) };
  expect(refusal.fix).toContain('leave out scratch-url');
  const { fix, ...same } = whereAlone(refusal);
  expect(fix).not.toContain('scratch-url');
  expect(fix).toContain('archive is kept');
  expect(refusal).toMatchObject(same);
});

test('other advice is the same on every server', () => {
  const refusal = { message: 'x', ...adviceOnRefusal({ message: 'language "r" does not exist', code: '42704' }) };
  expect(whereAlone(refusal)).toBe(refusal);
});
