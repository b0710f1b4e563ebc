/** A database replaced with a new one, on a real server: whatever happens, its name leads to the old one or the new one. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import type { Ask } from '../../scripts/lib/engines/postgres/database-properties.ts';
import {
  notes,
  type Replacement,
  replaceDatabase,
  replacementWith,
} from '../../scripts/lib/engines/postgres/replace.ts';
import { openServer } from '../../scripts/lib/engines/postgres/server.ts';
import { identifier, literal } from '../../src/adapters/databases/postgres/psql.ts';
import { elsewhere, parseConnection } from '../../src/dump/engines/postgres/connection.ts';
import { databaseNames } from '../generators/database-names.ts';

let directory: string;
let server: PostgresServer;
let usual: Pick<Replacement, 'ask' | 'maintenance'>;
let told: string[] = [];

beforeAll(async () => {
  ensurePrerequisites();
  directory = mkdtempSync(join(tmpdir(), 'holdfast-replace-'));
  chmodSync(directory, 0o755);
  server = await startPostgres({ directory: join(directory, 'postgres') });
  const { tools, maintenance } = await openServer(parseConnection(server.url('any'), '--to'));
  usual = { ...replacementWith(tools), maintenance };
}, 60_000);
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

const target = (name: string) => elsewhere(parseConnection(server.url('any'), '--to'), name);
const put = (ask: Ask, name: string, what: string) =>
  ask(target(name), `CREATE TABLE content AS SELECT '${what}' AS it`);
const contentOf = (name: string) => usual.ask(target(name), 'SELECT it FROM content');
const databases = async () =>
  (await server.sql(`SELECT datname FROM pg_database WHERE datname !~ '^(postgres|template[01])$' ORDER BY 1`))
    .split('\n')
    .filter((name) => name !== '');
const helpers = async () => (await databases()).filter((name) => name.startsWith('holdfast_'));
const create = async (name: string, what: string) => {
  await usual.ask(usual.maintenance, `CREATE DATABASE ${identifier(name)}`);
  await put(usual.ask, name, what);
};
const dropAll = async (...names: string[]) => {
  for (const name of names)
    await usual.ask(usual.maintenance, `DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
};
const replace = (name: string, more: Partial<Replacement> = {}) => {
  const ask = more.ask ?? usual.ask;
  told = [];
  return replaceDatabase({
    ...usual,
    target: target(name),
    comment: 'new',
    load: async (fresh) => void (await put(ask, fresh.database, 'new')),
    tell: (text) => void told.push(text),
    ...more,
  });
};

test('a database of any name is replaced, and no other is touched', async () => {
  await fc.assert(
    fc.asyncProperty(databaseNames, async (name) => {
      const bytes = Buffer.from(name);
      // What the server makes of longer names, and what cutting by characters would give.
      const near = new Set([
        `${name.slice(0, 40)}_holdfast_loading`,
        name.slice(0, -1),
        `${name}_`,
        name.toUpperCase(),
      ]);
      const neighbours = [...near].filter(
        (one) => one !== name && one !== '' && one.isWellFormed() && Buffer.byteLength(one) <= 63,
      );
      for (const one of neighbours) await create(one, 'neighbour');
      if (bytes.length <= 63) {
        await create(name, 'old');
        await replace(name);
        expect(await contentOf(name)).toBe('new');
      } else await expect(replace(name)).rejects.toThrow(/keeps the first 63/);
      for (const one of neighbours) expect(await contentOf(one)).toBe('neighbour');
      expect(await databases()).toHaveLength(neighbours.length + (bytes.length <= 63 ? 1 : 0));
      await dropAll(name.slice(0, 63), ...neighbours, ...(bytes.length <= 63 ? [name] : []));
    }),
    { numRuns: 15, endOnFailure: true },
  );
}, 300_000);

test('a name of 63 bytes, whose longer forms the server takes for the same one', async () => {
  const name = `${'名'.repeat(20)}abc`;
  await create(name, 'old');
  await expect(replace(name, { load: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
  expect(await contentOf(name)).toBe('old');
  await expect(replace(`${name}d`)).rejects.toThrow('has 64 bytes');
  await replace(name);
  expect(await contentOf(name)).toBe('new');
  await dropAll(name);
}, 60_000);

test('bytes are counted as the server stores them', async () => {
  // 63 letters are 126 bytes here, and 63 there.
  const name = 'é'.repeat(63);
  await server.sql(`CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`);
  const maintenance = target('latin');
  await usual.ask(maintenance, `CREATE DATABASE ${identifier(name)}`);
  await replace(name, {
    maintenance,
    load: async () => {},
    ask: (connection, statements) =>
      // A connection from outside sends UTF-8, which the server takes for another name.
      connection.database === name ? Promise.resolve('') : usual.ask(connection, statements),
  });
  expect(
    await usual.ask(
      maintenance,
      `SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = ${literal(name)}`,
    ),
  ).toBe('new');
  expect(await helpers()).toEqual([]);
  await usual.ask(maintenance, `DROP DATABASE ${identifier(name)}`);
  await dropAll('latin');
}, 60_000);

class Died extends Error {}

/** Lets a number of calls through; then the process is dead. @param heard whether the last call still reached the server */
function dying(calls: number, heard: boolean): { ask: Ask; readonly count: number } {
  let count = 0;
  const ask: Ask = async (connection, statements) => {
    count += 1;
    if (count > calls) throw new Died();
    const answer = await usual.ask(connection, statements);
    if (count === calls && heard) {
      count += 1;
      throw new Died();
    }
    return answer;
  };
  return {
    ask,
    get count() {
      return count;
    },
  };
}

describe('killed at each step', () => {
  test.each([true, false])(
    'where there was a database: %s',
    async (existed) => {
      const name = 'killed "here"';
      const whole = dying(Number.POSITIVE_INFINITY, false);
      if (existed) await create(name, 'old');
      await replace(name, { ask: whole.ask });
      await dropAll(name);
      expect(whole.count).toBeGreaterThan(6);
      for (let calls = 0; calls <= whole.count; calls += 1)
        for (const heard of [true, false]) {
          if (existed) await create(name, 'old');
          const error = await replace(name, { ask: dying(calls, heard).ask }).then(
            () => undefined,
            (one: unknown) => one,
          );
          const names = await databases();
          if (names.includes(name)) expect(['old', 'new']).toContain(await contentOf(name));
          else expect(existed).toBe(false);
          // Only between two calls has a new database no comment yet; it is left to people.
          const unmarked = (
            await server.sql(
              `SELECT datname FROM pg_database WHERE datname LIKE 'holdfast%' AND shobj_description(oid, 'pg_database') IS NULL`,
            )
          )
            .split('\n')
            .filter(Boolean);
          // The next run: needed also when only the old database could not be dropped any more, which is no error.
          if (error !== undefined || (await helpers()).length > unmarked.length) await replace(name);
          expect(await contentOf(name)).toBe('new');
          expect(await helpers()).toEqual(unmarked);
          await dropAll(name, ...unmarked);
        }
    },
    300_000,
  );
});

test('the old database gets its name, its comment and its content back when the new one does not serve', async () => {
  await create('back', 'old');
  await server.sql(`COMMENT ON DATABASE back IS 'precious'`);
  const ask: Ask = (connection, statements) =>
    connection.database === 'back'
      ? Promise.reject(new Error('too many connections'))
      : usual.ask(connection, statements);
  await expect(replace('back', { ask })).rejects.toThrow('back is the old one again: too many connections');
  expect(await contentOf('back')).toBe('old');
  expect(await server.sql(`SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'back'`)).toBe(
    'precious',
  );
  expect(await helpers()).toEqual([]);
  await dropAll('back');
}, 60_000);

test('what others left alone stays: helper names without our comment, databases that are being loaded, databases set aside', async () => {
  const [foreign, busy, dead, aside] = [
    'new_00000000000000aa',
    'new_00000000000000bb',
    'new_00000000000000cc',
    'old_00000000000000dd',
  ].map((name) => `holdfast_${name}`) as [string, string, string, string];
  for (const one of [foreign, busy, dead, aside]) await create(one, 'helper');
  await server.sql(
    `COMMENT ON DATABASE ${busy} IS ${literal(notes.fresh('shop'))}; COMMENT ON DATABASE ${dead} IS ${literal(notes.fresh('shop'))}; COMMENT ON DATABASE ${aside} IS ${literal(notes.aside('shop'))}`,
  );
  // Without the database itself, what was set aside is all that is left of it.
  await expect(replace('shop')).rejects.toThrow(`there is no database shop, but ${aside} holds what it held`);
  expect(await helpers()).toEqual([foreign, busy, dead, aside]);
  await create('shop', 'old');
  const loading = usual.ask(target(busy), 'SELECT pg_sleep(600)').catch(() => {});
  while (
    (await server.sql(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = '${busy}' AND query LIKE '%pg_sleep%'`,
    )) === '0'
  );
  await expect(replace('shop', { load: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
  expect(await helpers()).toEqual([foreign, busy, aside]);
  expect(told.join('\n')).toContain(`${aside}, which an earlier run set aside`);
  await replace('shop');
  expect(await helpers()).toEqual([foreign, busy]);
  expect(await contentOf(foreign)).toBe('helper');
  await dropAll('shop', foreign, busy);
  await loading;
}, 60_000);

test('a database whose clients come back at once is replaced all the same', async () => {
  await create('busy', 'old');
  let stop = false;
  const client = async (): Promise<void> => {
    while (!stop) await usual.ask(target('busy'), 'SELECT pg_sleep(60)').catch(() => {});
  };
  const clients = [client(), client(), client()];
  try {
    await replace('busy');
    expect(await contentOf('busy')).toBe('new');
    expect(await helpers()).toEqual([]);
  } finally {
    stop = true;
    await dropAll('busy');
    await Promise.all(clients);
  }
}, 120_000);

test('a database that is in use after all is tried again, whatever language the server speaks', async () => {
  await create('used', 'old');
  const session = usual.ask(target('used'), 'SELECT pg_sleep(600)').catch(() => {});
  while (
    (await server.sql(
      `SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND datname = 'used'`,
    )) === '0'
  );
  let swaps = 0;
  const ask: Ask = (connection, statements) => {
    if (!statements.includes('RENAME')) return usual.ask(connection, statements);
    swaps += 1;
    // As if the client had come back between the end of its session and the rename.
    const first = statements.replaceAll(/^SELECT count\(pg_terminate_backend.*$/gm, 'SELECT 1;');
    return usual.ask(connection, swaps === 1 ? first : statements);
  };
  await replace('used', { ask });
  expect(swaps).toBe(2);
  expect(told).toEqual(['used is in use; its sessions are ended once more']);
  expect(await contentOf('used')).toBe('new');
  await dropAll('used');
  await session;
}, 60_000);

test.each([
  ['postgres', 'is needed to replace others'],
  ['template1', 'is a template of others'],
  ['template0', 'is a template of others'],
])('%s is refused, and nothing is changed', async (name, why) => {
  await expect(replace(name)).rejects.toThrow(why);
  expect(await databases()).toEqual([]);
});

test('a server without the database postgres has template1', async () => {
  await server.sql('ALTER DATABASE postgres RENAME TO elsewhere', 'template1');
  try {
    const { maintenance } = await openServer(target('any'));
    expect(maintenance.database).toBe('template1');
    await replace('any', { maintenance });
    expect(await contentOf('any')).toBe('new');
    await usual.ask(maintenance, 'DROP DATABASE "any"');
  } finally {
    await server.sql('ALTER DATABASE elsewhere RENAME TO postgres', 'template1');
  }
}, 60_000);
