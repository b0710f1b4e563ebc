/** Dumps of a real PostgreSQL on which others empty, alter, create and drop tables: archive and fingerprint agree, always. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { BusyServer, type Dumped, rowsIn } from './support-busy.ts';

const busy = new BusyServer();
const { dump, beside } = {
  dump: busy.dump.bind(busy),
  beside: busy.beside.bind(busy),
};

beforeAll(async () => {
  ensurePrerequisites();
  await busy.start();
  await busy.database(
    'shop',
    `CREATE TABLE rates (id int PRIMARY KEY, rate numeric);
INSERT INTO rates SELECT i, i / 7.0 FROM generate_series(1, 1000) AS i;
CREATE TABLE customers (id int PRIMARY KEY, name text);
INSERT INTO customers SELECT i, 'name ' || i FROM generate_series(1, 20000) AS i;
CREATE SEQUENCE invoices;`,
  );
}, 120_000);
afterAll(() => busy.stop(), 60_000);
afterEach(async () => {
  expect(await busy.sessions()).toBe('0');
});

/** The fingerprint has the rows of the archive. */
function expectRows({ fingerprint, sql }: Dumped, table: string, rows: number): void {
  expect(rowsIn(sql, table)).toBe(rows);
  expect(fingerprint.tables.find(({ name }) => name === table)?.rows).toBe(String(rows));
  expect(fingerprint.unread).toBeUndefined();
}

const refill = `BEGIN; TRUNCATE rates; INSERT INTO rates SELECT i, random() FROM generate_series(1, 1000) AS i; COMMIT;`;

describe('a table that others empty and fill again', () => {
  test('is never dumped while it is empty, and never differs from its fingerprint', async () => {
    await beside(refill, 150, async () => {
      for (let times = 0; times < 8; times += 1) expectRows(await dump(), 'public.rates', 1000);
    });
  }, 120_000);

  test('is dumped once those who ask for its lock pause', async () => {
    const rush = beside(refill, 0, () => systemClock.sleep(2500));
    const dumped = await dump();
    await rush;
    expectRows(dumped, 'public.rates', 1000);
  }, 60_000);

  test('may be waited for while the dump runs: it and its fingerprint go on', async () => {
    let waiting: Promise<string> | undefined;
    const dumped = await dump({
      begun: async () => {
        waiting = busy.server.sql('TRUNCATE customers; INSERT INTO customers VALUES (1)', 'shop');
        await systemClock.sleep(500);
      },
    });
    expectRows(dumped, 'public.customers', 20_000);
    await waiting;
    await busy.server.sql("INSERT INTO customers SELECT i, 'name ' || i FROM generate_series(2, 20000) AS i", 'shop');
  }, 60_000);
});
