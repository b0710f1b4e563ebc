/** Where dumps are restored for the proof: what a server of our own can restore, and when it is used. */
import { spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { Databases, type Proven, processesOf } from './support-engine.ts';

const databases = new Databases();
beforeAll(async () => {
  ensurePrerequisites();
  await databases.start();
  await databases.source.sql('CREATE ROLE "Night shift"; CREATE ROLE auditors');
  const fast = join(databases.folder, 'source', 'fast');
  mkdirSync(fast);
  const { uid, gid } = statSync(join(databases.folder, 'source', 'data'));
  chownSync(fast, uid, gid);
  await databases.source.sql(`CREATE TABLESPACE fast LOCATION '${fast}'`);
}, 120_000);
afterAll(() => databases.stop());

const verdicts = ({ rows }: Proven) => rows.map(({ kind, verdict, findings }) => [kind, verdict, findings]);
const good = [
  ['archive', 'good', []],
  ['plain', 'good', []],
];
const ownServer = expect.stringMatching(/^restored on a PostgreSQL [\d.]+ server of its own$/);

/** Databases that only a superuser can restore. */
const kinds: readonly (readonly [what: string, setup: string])[] = [
  [
    'extensions of all kinds, with comments, in schemas of their own beside things of the user',
    `CREATE EXTENSION pg_stat_statements;
CREATE MATERIALIZED VIEW total AS SELECT count(*) >= 0 AS known FROM pg_stat_statements;
CREATE SCHEMA links; COMMENT ON SCHEMA links IS 'to other databases'; CREATE EXTENSION dblink SCHEMA links;
CREATE TABLE links.targets (name text); INSERT INTO links.targets VALUES ('billing');
CREATE SCHEMA geo; CREATE EXTENSION earthdistance SCHEMA geo CASCADE;
CREATE EXTENSION hstore; COMMENT ON EXTENSION hstore IS 'attributes of articles'`,
  ],
  [
    'publications, a subscription, a foreign server with user mappings, an event trigger',
    `CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1);
CREATE PUBLICATION everything FOR ALL TABLES; CREATE PUBLICATION one_schema FOR TABLES IN SCHEMA public;
CREATE SUBSCRIPTION feed CONNECTION 'host=192.0.2.1' PUBLICATION p WITH (connect = false);
CREATE EXTENSION postgres_fdw;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '192.0.2.1', dbname 'x');
CREATE USER MAPPING FOR auditors SERVER elsewhere OPTIONS (user 'reader', password 'not a secret');
CREATE FOREIGN TABLE remote (id int) SERVER elsewhere;
CREATE FUNCTION stamp() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; END $$;
CREATE EVENT TRIGGER on_change ON ddl_command_end EXECUTE FUNCTION stamp()`,
  ],
  [
    'functions in C, internal and leakproof ones, settings, operator classes, casts between built-in types',
    `CREATE FUNCTION folded(text) RETURNS text LANGUAGE internal IMMUTABLE STRICT LEAKPROOF AS 'lower';
CREATE FUNCTION digested(text, text) RETURNS bytea LANGUAGE c IMMUTABLE STRICT AS '$libdir/pgcrypto', 'pg_digest';
CREATE TABLE names (n text, f text GENERATED ALWAYS AS (folded(n)) STORED); INSERT INTO names (n) VALUES ('ADA');
CREATE FUNCTION quiet() RETURNS int LANGUAGE sql SET log_statement = 'none' AS 'SELECT 1';
CREATE FUNCTION by_length(text, text) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT pg_catalog.length($1) - pg_catalog.length($2)';
CREATE FUNCTION shorter(text, text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT pg_catalog.length($1) < pg_catalog.length($2)';
CREATE FUNCTION same(text, text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT pg_catalog.length($1) = pg_catalog.length($2)';
CREATE OPERATOR <# (FUNCTION = shorter, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR =# (FUNCTION = same, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR CLASS length_ops FOR TYPE text USING btree AS OPERATOR 1 <#, OPERATOR 3 =#, FUNCTION 1 by_length(text, text);
CREATE TABLE words (w text); INSERT INTO words VALUES ('a'), ('bb'); CREATE INDEX by_word ON words (w length_ops);
CREATE CAST (macaddr AS inet) WITH INOUT AS ASSIGNMENT`,
  ],
  [
    'policies to roles, row-level security that holds for the owner too, and tablespaces, of which other servers know nothing',
    `CREATE TABLE shifts (id int, worker text) TABLESPACE fast; INSERT INTO shifts VALUES (1, 'ada');
ALTER TABLE shifts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shifts FOR SELECT TO "Night shift", auditors USING (worker = current_user);
CREATE TABLE secrets (id int); INSERT INTO secrets SELECT generate_series(1, 20);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY; ALTER TABLE secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY none ON secrets USING (false)`,
  ],
];

/** What even a role without rights can restore, with some help from the administrator. */
const harmless = `CREATE SCHEMA links; CREATE EXTENSION dblink SCHEMA links; CREATE EXTENSION pg_stat_statements;
CREATE TABLE links.targets (name text); INSERT INTO links.targets VALUES ('billing');
CREATE TABLE secrets (id int); INSERT INTO secrets SELECT generate_series(1, 20);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY; ALTER TABLE secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY none ON secrets USING (false)`;
const forSuperusers = 'CREATE TABLE t (id int); INSERT INTO t VALUES (7); CREATE PUBLICATION everything FOR ALL TABLES';

/** What is left of restores on the server in scratch-url, and in the work directory. */
const leftovers = async () => [
  await databases.scratch.sql("SELECT datname FROM pg_database WHERE datname LIKE 'holdfast%'"),
  await databases.scratch.sql("SELECT rolname FROM pg_roles WHERE rolname LIKE 'holdfast%'"),
  ...readdirSync(databases.workDirectory),
];

describe('a server of our own', () => {
  test('is used where none is given, and leaves nothing', async () => {
    const proven = await databases.prove('CREATE TABLE t (id int); INSERT INTO t VALUES (1)');
    expect(verdicts(proven)).toEqual(good);
    expect(proven.notes).toEqual([ownServer, ownServer]);
    expect(await leftovers()).toEqual(['', '']);
  }, 60_000);

  test.each(kinds)(
    'proves %s',
    async (_, setup) => {
      expect(verdicts(await databases.prove(setup))).toEqual(good);
    },
    60_000,
  );

  test('proves casts of numbers to text, which do not hide what tables hold', async () => {
    const hide = ['bigint', 'numeric']
      .map(
        (type) => `CREATE FUNCTION hidden(${type}) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'hidden'::text $$;
CREATE CAST (${type} AS text) WITH FUNCTION hidden(${type})`,
      )
      .join(';\n');
    const proven = await databases.prove(`${hide};
CREATE TABLE one AS SELECT 1 AS n; CREATE TABLE two AS SELECT 2 AS n; CREATE SEQUENCE s; SELECT nextval('s')`);
    expect(verdicts(proven)).toEqual(good);
    const { tables = [], sequences = {} } = databases.fingerprint ?? {};
    expect(tables.map(({ rows }) => rows)).toEqual(['1', '1']);
    expect(new Set(tables.map(({ checksum }) => checksum)).size).toBe(2);
    expect(sequences).toEqual({ 'public.s': '1' });
  }, 60_000);

  test('is used where the server in scratch-url refuses something', async () => {
    const proven = await databases.prove(forSuperusers, 'given');
    expect(verdicts(proven)).toEqual(good);
    expect(proven.notes.slice(0, 2)).toEqual([
      expect.stringMatching(/^not on the server in scratch-url, which refused: must be superuser/),
      ownServer,
    ]);
    expect(await leftovers()).toEqual(['', '']);
  }, 60_000);

  test('has no network, so that a view of a foreign server stays empty, and the advice is not to use what was used', async () => {
    const { port, user, password } = databases.source;
    const { rows, notes } = await databases.prove(`CREATE TABLE here AS SELECT 1 AS id; CREATE EXTENSION postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '${port}', dbname 'postgres');
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user '${user}', password '${password}');
CREATE FOREIGN TABLE roles (rolname name) SERVER far OPTIONS (schema_name 'pg_catalog', table_name 'pg_roles');
CREATE MATERIALIZED VIEW copied AS SELECT * FROM roles`);
    expect(notes).toEqual([ownServer, ownServer]);
    for (const row of rows)
      expect(row).toMatchObject({
        verdict: 'unproven',
        findings: expect.arrayContaining([expect.stringContaining('could not connect to server "far"')]),
        likelyCause: expect.stringContaining('foreign server'),
        fix: expect.not.stringContaining('scratch-url'),
      });
  }, 60_000);

  test('may refuse something all the same: then nobody is sent to a server of its own', async () => {
    const { rows } = await databases.prove(`CREATE FUNCTION peek() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF pg_catalog.current_database() LIKE 'holdfast%' THEN
    RAISE insufficient_privilege USING MESSAGE = 'permission denied for table secret'; END IF;
  RETURN 1; END $$;
CREATE MATERIALIZED VIEW seen AS SELECT public.peek() AS id`);
    expect(rows[0]).toMatchObject({ verdict: 'unproven', fix: expect.stringContaining('archive is kept') });
    expect(rows[0]?.fix).not.toContain('leave out scratch-url');
  }, 60_000);

  test('that cannot be had leaves such a dump unproven, and says why', async () => {
    const folder = join(databases.workDirectory, 'x'.repeat(90));
    mkdirSync(folder);
    try {
      const given = await databases.prove(forSuperusers, 'given', folder);
      expect(given.rows[0]?.verdict).toBe('unproven');
      expect(given.notes[0]).toMatch(/^restored as a role without rights only: .*too long for a socket/);
      const own = await databases.prove('CREATE TABLE t ()', 'own', folder);
      expect(own.rows[0]).toMatchObject({
        verdict: 'unproven',
        findings: [expect.stringContaining('too long for a socket')],
        fix: expect.stringContaining('work-directory'),
      });
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      rmdirSync(folder);
    }
  }, 60_000);

  test('ends with its run, also when that is killed', async () => {
    const server = join(import.meta.dirname, '../../src/adapters/databases/postgres/server');
    const script = `
const { findServers, chooseServer } = await import('${server}/binaries.ts');
const { startOwnServer } = await import('${server}/own-server.ts');
const programs = chooseServer(await findServers(), 12);
const workDirectory = '${databases.workDirectory}';
const more = { owner: 'o/r/actions/runs/1:db', database: 'd', preload: [], jobs: 1, signal: new AbortController().signal };
await startOwnServer({ programs, workDirectory, ...more });
console.log('started');
setInterval(() => {}, 1000);`;
    const run = spawn(process.execPath, ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script]);
    await new Promise<void>((started, failed) => {
      run.stdout.once('data', () => started());
      run.once('exit', () => failed(new Error('the server did not start')));
    });
    const name = readdirSync(databases.workDirectory).find((one) => one.startsWith('holdfast-server-')) ?? '';
    const { uid } = statSync(join(databases.workDirectory, name, 'data'));
    expect(processesOf(uid).length).toBeGreaterThan(3);
    run.kill('SIGKILL');
    while (processesOf(uid).length > 0) await new Promise((later) => setTimeout(later, 50));
    expect(await databases.engine('postgres', 'own').sweep(async () => true)).toEqual([name]);
    expect(readdirSync(databases.workDirectory)).toEqual([]);
  }, 60_000);

  test('is swept when its run is over, and only then', async () => {
    const stranded = join(databases.workDirectory, 'holdfast-server-abc');
    mkdirSync(join(stranded, 'data'), { recursive: true });
    chownSync(join(stranded, 'data'), 1_999_999_999, 1_999_999_999);
    const kept = join(databases.folder, 'kept');
    writeFileSync(kept, 'not part of the server');
    symlinkSync(kept, join(stranded, 'data', 'link'));
    writeFileSync(join(stranded, 'owner'), 'o/r/actions/runs/7:db');
    const engine = databases.engine('postgres', 'own');
    expect(await engine.sweep(async () => false)).toEqual([]);
    expect(await engine.sweep(async (owner) => owner === 'o/r/actions/runs/7:db')).toEqual(['holdfast-server-abc']);
    expect([existsSync(stranded), existsSync(kept)]).toEqual([false, true]);
  });
});

describe('the server in scratch-url', () => {
  test('is enough for what a role without rights can restore', async () => {
    const proven = await databases.prove(harmless, 'given');
    expect(verdicts(proven)).toEqual(good);
    expect(proven.notes).toEqual([]);
  }, 60_000);

  test('proves everything when it holds nothing else', async () => {
    const proven = await databases.prove(forSuperusers, 'disposable');
    expect(verdicts(proven)).toEqual(good);
    expect(proven.notes).toEqual([]);
    expect(await leftovers()).toEqual(['', '']);
  }, 60_000);
});
