/** The lab's PostgreSQL server and its sample database: what dumps and restores of it hold. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { pause } from '../../../lab/hosts/command.ts';
import { tooOld, versionIn } from '../../../lab/hosts/postgres/binaries.ts';
import { sweepPostgres } from '../../../lab/hosts/postgres/process.ts';
import { type PostgresServer, startPostgres } from '../../../lab/hosts/postgres/server.ts';
import { bulkAddress, canaries, decoys } from '../../../lab/rehearsals/postgres/sample/canaries.ts';
import { fillDatabase, type RowCounts } from '../../../lab/rehearsals/postgres/sample/fill.ts';

jest.setTimeout(120_000);
const megabytes = 5;
let root: string;
let server: PostgresServer;
let rows: RowCounts;
let plain: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'));
  // The server's user must be able to enter it.
  execFileSync('chmod', ['755', root]);
  server = await startPostgres({ directory: join(root, 'main'), settings: { max_connections: '20' } });
  await server.createDatabase('sample');
  rows = await fillDatabase(server, 'sample', { megabytes });
  plain = dump('sample');
});
afterAll(async () => {
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});

const client = (program: string, ...parameters: string[]): Buffer =>
  execFileSync(join(server.binaries, program), parameters, { maxBuffer: 256 * 1024 ** 2 });
/** A plain dump without its restrict key, which is random. */
const dump = (database: string): string =>
  client('pg_dump', `--dbname=${server.url(database)}`)
    .toString('utf8')
    .replaceAll(/^\\(un)?restrict .*\n/gm, '');
const count = async (table: string): Promise<number> =>
  Number(await server.sql(`SELECT count(*) FROM ${table}`, 'sample'));
const lines = async (query: string): Promise<string[]> => (await server.sql(query, 'sample')).split('\n');

function lives(pid: number): boolean {
  try {
    // A process that has ended and was not yet waited for has no command line.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}
const pidOf = (directory: string): number => Number(readFileSync(join(directory, 'server.pid'), 'utf8'));

describe('the server', () => {
  test('has the settings asked for, and refuses a wrong password', async () => {
    const settings = [
      'data_checksums',
      'server_encoding',
      'lc_collate',
      'listen_addresses',
      'max_connections',
      'fsync',
    ];
    const shown = await server.sql(settings.map((name) => `SHOW ${name};`).join('\n'));
    expect(shown.split('\n')).toEqual(['on', 'UTF8', 'C.UTF-8', '127.0.0.1', '20', 'off']);
    expect(await server.sql('SELECT current_user, usesuper FROM pg_user WHERE usename = current_user')).toBe('lab|t');
    expect(server.url('a b')).toBe(`postgresql://lab:${server.password}@127.0.0.1:${server.port}/a%20b`);
    expect(server.version).toBe(versionIn(client('postgres', '--version').toString()));
    const other = server.url().replace(server.password, 'guess');
    expect(() => execFileSync(join(server.binaries, 'psql'), ['-X', '-w', other, '-c', ''], { stdio: 'pipe' })).toThrow(
      /password authentication failed/,
    );
  });

  test("reports psql's message when a script fails, and stops there", async () => {
    await expect(server.sql('SELECT 1;\nSELECT nothing;\nCREATE TABLE never ();')).rejects.toThrow(
      /ERROR: {2}column "nothing" does not exist/,
    );
    expect(await server.sql("SELECT to_regclass('never') IS NULL")).toBe('t');
  });

  test('copies a database', async () => {
    await server.createDatabase('the "copy"', 'sample');
    expect(await server.sql('SELECT count(*) FROM infinite.escapes', 'the "copy"')).toBe('16');
  });
});

describe('the sample', () => {
  test('has as many rows as fillDatabase() reports', async () => {
    const own = { users: 8, newsletter: 3, subscribers: 2, events: 2, orders: 4, messages: 1, inbox: 6 };
    for (const [table, more] of Object.entries(own))
      expect([table, await count(`infinite.${table}`)]).toEqual([table, rows[table as keyof RowCounts] + more]);
    for (const table of [
      'orders_2026_01',
      'orders_2026_06',
      'orders_other',
      'inbox_0',
      'inbox_1',
      'inbox_2',
      'inbox_3',
    ])
      expect(await count(`infinite.${table}`)).toBeGreaterThan(0);
    expect([await count('infinite.nothing'), await count('infinite.empty'), await count('infinite.blanks')]).toEqual([
      2, 0, 3,
    ]);
    expect(await lines(`SELECT max(length(value)) >= 2 * 1024 ^ 2 FROM infinite.long_texts`)).toEqual(['t']);
    const [half] = await lines(`SELECT avg((m::text LIKE '%@%')::int) FROM infinite.messages m`);
    expect(Number(half)).toBeCloseTo(0.5, 1);
  });

  test('is about as large as asked for, and the same every time', async () => {
    const bytes = Buffer.byteLength(plain);
    expect(Math.abs(bytes - megabytes * 1e6)).toBeLessThan(megabytes * 1e5);
    await server.createDatabase('again');
    await fillDatabase(server, 'again', { megabytes });
    expect(dump('again') === plain).toBe(true);
  });

  test('has every listed address in a plain dump', () => {
    expect(canaries.filter(({ written }) => !written.every((form) => plain.includes(form)))).toEqual([]);
    expect(new Set(canaries.map(({ address }) => address)).size).toBe(canaries.length);
  });

  test('has no address that is not listed', () => {
    const known = [...canaries.flatMap(({ written }) => written), ...decoys].sort(
      (one, other) => other.length - one.length,
    );
    const bulk = new RegExp(bulkAddress.source.replace('@', '(@|%40)'), 'g');
    let rest = plain.replaceAll(bulk, '');
    for (const form of known) rest = rest.replaceAll(form, '');
    expect(rest.match(/[\p{L}\d"](@|%40|%2540|&#64;|\\u0040)[\p{L}\d].{0,30}/gu)).toEqual(null);
  });

  test('has card numbers and IBANs with right check digits, and serialized strings with right lengths', async () => {
    const cards = await lines(
      "SELECT regexp_replace(card, '\\D', '', 'g') FROM infinite.payments WHERE card IS NOT NULL",
    );
    expect(cards.map((card) => [card, luhn(card)])).toEqual(cards.map((card) => [card, true]));
    const ibans = await lines("SELECT replace(iban, ' ', '') FROM infinite.payments WHERE iban IS NOT NULL");
    expect(ibans.map((iban) => [iban, remainder97(iban)])).toEqual(ibans.map((iban) => [iban, 1]));
    for (const text of await lines("SELECT content FROM infinite.pages WHERE kind = 'php'")) {
      const bytes = Buffer.from(text);
      for (const found of bytes.toString('latin1').matchAll(/s:(\d+):"/g)) {
        const end = found.index + found[0].length + Number(found[1]);
        expect([text, bytes.toString('latin1', end, end + 2)]).toEqual([text, '";']);
      }
    }
  });
});

function luhn(card: string): boolean {
  const digits = [...card].reverse().map(Number);
  const sum = digits.reduce(
    (all, digit, at) => all + (at % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2),
    0,
  );
  return sum % 10 === 0;
}

function remainder97(iban: string): number {
  const moved = `${iban.slice(4)}${iban.slice(0, 4)}`.replaceAll(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  return Number(BigInt(moved) % 97n);
}

describe('a restore', () => {
  test('of a plain dump succeeds and dumps the same', async () => {
    await server.createDatabase('from plain');
    await server.sql(plain, 'from plain');
    expect(dump('from plain') === plain).toBe(true);
  });

  test('of an archive succeeds and dumps the same', async () => {
    const file = join(root, 'sample.dump');
    client('pg_dump', '--format=custom', `--file=${file}`, `--dbname=${server.url('sample')}`);
    await server.createDatabase('from archive');
    client('pg_restore', '--exit-on-error', `--dbname=${server.url('from archive')}`, file);
    expect(dump('from archive') === plain).toBe(true);
    expect(await server.sql('SELECT (infinite.greeting(NULL)).known', 'from archive')).toBe('f');
    expect(await server.sql('SELECT count(*) > 0 FROM infinite.mail_domains', 'from archive')).toBe('t');
  });
});

describe('a server that a lab has left behind', () => {
  test('is found by its folder and stopped', async () => {
    const directory = join(root, 'left');
    await startPostgres({ directory });
    const pid = pidOf(directory);
    expect(lives(pid)).toBe(true);
    await sweepPostgres(directory);
    expect(lives(pid)).toBe(false);
    expect(existsSync(join(directory, 'server.pid'))).toBe(false);
    await sweepPostgres(directory);
  });

  test('is left alone when its process number belongs to another program', async () => {
    const directory = mkdtempSync(join(root, 'other-'));
    const bystander = spawn('sleep', ['1000'], { stdio: 'ignore' });
    try {
      for (const text of [`${bystander.pid}\n`, `${pidOf(join(root, 'main'))}\n`, '', '-1', '0', '1']) {
        writeFileSync(join(directory, 'server.pid'), text);
        await sweepPostgres(directory);
      }
      expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
      expect(await server.sql('SELECT 1')).toBe('1');
    } finally {
      bystander.kill();
    }
  });

  test('ends with the process that started it, even killed', async () => {
    const directory = join(root, 'orphan');
    const module = fileURLToPath(new URL('../../../lab/hosts/postgres/server.ts', import.meta.url));
    const starter = `const { startPostgres } = await import(${JSON.stringify(module)});
      await startPostgres({ directory: ${JSON.stringify(directory)} });
      process.kill(process.pid, 'SIGKILL');`;
    try {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', starter], { stdio: 'ignore' });
      await new Promise((resolve) => child.on('exit', resolve));
      expect(child.signalCode).toBe('SIGKILL');
      const pid = pidOf(directory);
      for (let tries = 0; lives(pid) && tries < 1000; tries += 1) await pause(50);
      expect(lives(pid)).toBe(false);
    } finally {
      await sweepPostgres(directory);
    }
  });

  test('does not exist after a stop, which is safe to call twice', async () => {
    const directory = join(root, 'stopped');
    const other = await startPostgres({ directory });
    const pid = pidOf(directory);
    await Promise.all([other.stop(), other.stop()]);
    await other.stop();
    expect(lives(pid)).toBe(false);
    await expect(other.sql('SELECT 1')).rejects.toThrow(/Connection refused/);
    await expect(startPostgres({ directory })).rejects.toThrow(/holds a PostgreSQL cluster already/);
  });

  test('does not exist where the server cannot enter the folder', async () => {
    const closed = mkdtempSync(join(root, 'closed-'));
    await expect(startPostgres({ directory: join(closed, 'deep', 'er') })).rejects.toThrow(`cannot enter ${closed}:`);
  });
});

test('releases with known holes are recognised', () => {
  expect(
    ['15.18', '15.18-0+deb12u1', '16.15', '17.11', '18.6', '14.99', '9.6.24'].filter((one) => !tooOld(one)),
  ).toEqual([]);
  expect(['15.20', '15.20-0+deb12u1', '15.21', '16.16', '17.12', '18.7', '19.0'].filter(tooOld)).toEqual([]);
  expect(versionIn('pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)')).toBe('15.20');
  expect(() => versionIn('mariadb 10')).toThrow(/no version/);
});
