/** Dumps that attack the server of our own on which they are restored: it ends, leaves nothing, and proves nothing. */
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { plainDump } from './support-attacks.ts';
import { Databases, processesOf } from './support-engine.ts';
import { HostileRestores } from './support-hostile.ts';

const databases = new Databases();
const hostile = new HostileRestores(databases);
beforeAll(() => {
  ensurePrerequisites();
  return databases.start();
}, 120_000);
afterAll(() => databases.stop());

/** Runs while rows are loaded, and catches no error. @param body statements of PL/pgSQL */
const whileLoading = (body: string): string =>
  plainDump(`CREATE EXTENSION IF NOT EXISTS dblink WITH SCHEMA public;

CREATE FUNCTION public.attack() RETURNS integer
    LANGUAGE plpgsql
    AS $attack$
DECLARE
again text := 'host=/socket user=postgres dbname=postgres';
BEGIN
${body}
RETURN 1;
END $attack$;

CREATE TABLE public.bait (
    n integer,
    CONSTRAINT bait_check CHECK ((public.attack() = 1))
);

COPY public.bait (n) FROM stdin;
1
\\.
`);

const uidOfServer = (): number => statSync(join(hostile.ownFolder(), 'data')).uid;

test('what these dumps do while rows are loaded is done', async () => {
  await hostile.restore(whileLoading(`CREATE TABLE public.proof (n int);`), {}, async (restored) => {
    expect(restored).toMatchObject({ error: undefined, refusals: [] });
    expect(await hostile.copy(restored)).toBe('public.bait 1,public.proof 0');
  });
}, 60_000);

describe('a dump that', () => {
  test.each([
    ['ends all sessions', 'PERFORM pg_terminate_backend(pid) FROM pg_stat_activity;'],
    [
      'drops its database',
      `PERFORM public.dblink_exec(again, 'DROP DATABASE ' || current_database() || ' WITH (FORCE)');`,
    ],
    ['renames its role', `EXECUTE 'ALTER ROLE ' || current_user || ' RENAME TO somebody';`],
    ['locks its role out', `EXECUTE 'ALTER ROLE ' || current_user || ' NOLOGIN';`],
    [
      'breaks all new sessions',
      `PERFORM public.dblink_exec(again, 'ALTER SYSTEM SET session_preload_libraries = ''nowhere''');
PERFORM pg_reload_conf();
LOOP
  BEGIN
    PERFORM public.dblink_connect('another', again);
    PERFORM public.dblink_disconnect('another');
    PERFORM pg_sleep(0.1);
  EXCEPTION WHEN OTHERS THEN EXIT;
  END;
END LOOP;`,
    ],
    ['fills its tables with what is too large', `PERFORM repeat('x', 1000000000) || repeat('x', 1000000000);`],
  ])(
    '%s leaves nothing, and is not proven',
    async (_, body) => {
      await hostile.restore(whileLoading(body), {}, async (restored) => {
        const whole = restored.error === undefined && restored.refusals.length === 0;
        expect(whole && (await hostile.copy(restored)) === 'public.bait 1').toBe(false);
      });
    },
    60_000,
  );

  test('goes on in a session of its own ends with the server', async () => {
    let uid = 0;
    const body = `PERFORM public.dblink_connect('later', again);
PERFORM public.dblink_send_query('later', 'SELECT pg_sleep(10000)');`;
    await hostile.restore(whileLoading(body), {}, async ({ refusals }) => {
      expect(refusals).toEqual([]);
      uid = uidOfServer();
      expect(processesOf(uid)).not.toEqual([]);
    });
    expect(processesOf(uid)).toEqual([]);
  }, 60_000);

  test('never ends is stopped with the run', async () => {
    const cancelled = new AbortController();
    let uid = 0;
    const socket = () => join(hostile.ownFolder(), 'socket', '.s.PGSQL.5432');
    const watch = setInterval(async () => {
      if (uid > 0 || !existsSync(socket())) return;
      const busy = await hostile
        .ask('own', "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY public.bait%'")
        .catch(() => '');
      if (busy !== '1' || uid > 0) return;
      uid = uidOfServer();
      cancelled.abort(new Error('cancelled'));
    }, 200);
    try {
      const { signal } = cancelled;
      await hostile.restore(whileLoading('LOOP PERFORM 1; END LOOP;'), { signal }, async ({ error }) => {
        expect(error).toMatchObject({ message: 'cancelled' });
      });
    } finally {
      clearInterval(watch);
    }
    expect(uid).toBeGreaterThan(0);
    expect(processesOf(uid)).toEqual([]);
  }, 60_000);

  test('leaves links among its files does not get removed what they lead to', async () => {
    const kept = join(databases.folder, 'kept');
    mkdirSync(kept);
    writeFileSync(join(kept, 'file'), '');
    await hostile.restore(whileLoading('NULL;'), {}, async () => {
      symlinkSync(kept, join(hostile.ownFolder(), 'data', 'pg_tblspc', '99999'));
      symlinkSync('/', join(hostile.ownFolder(), 'data', 'root'));
    });
    expect(readdirSync(kept)).toEqual(['file']);
  }, 60_000);

  test.each([
    [
      'a function',
      `CREATE OR REPLACE FUNCTION pg_catalog.json_build_object() RETURNS json LANGUAGE sql STABLE AS 'SELECT ''{}''::json'`,
    ],
    ['a sum', `CREATE FUNCTION pg_catalog.sum(bigint, int) RETURNS numeric LANGUAGE sql AS 'SELECT 7::numeric'`],
    ['the name of a function', 'ALTER FUNCTION pg_catalog.hashtextextended(text, bigint) RENAME TO hidden'],
    [
      'an operator',
      `CREATE FUNCTION public.same(text, varchar) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR pg_catalog.= (FUNCTION = public.same, LEFTARG = text, RIGHTARG = varchar)`,
    ],
    ['a cast', `UPDATE pg_catalog.pg_cast SET castcontext = 'i' WHERE castsource = 20 AND casttarget = 23`],
  ])(
    'puts %s in the place of the server’s own proves nothing',
    async (_, statement) => {
      const body = `SET allow_system_table_mods = on;\n${statement};`;
      await hostile.restore(whileLoading(body), {}, async ({ refusals }) => {
        expect(refusals).toEqual([
          expect.objectContaining({
            message: expect.stringMatching(/^the dump replaces something of the server itself/),
          }),
        ]);
      });
    },
    60_000,
  );
});
