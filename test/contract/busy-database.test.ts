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
  // The server takes a moment to end a session whose client has gone.
  while ((await busy.sessions()) !== '0') await systemClock.sleep(50);
});

/** Waits until there is such a session, and then asks this of it. */
async function seen(session: string, what: string): Promise<void> {
  while ((await busy.server.sql(`SELECT ${what} FROM pg_stat_activity WHERE ${session}`)) === '')
    await systemClock.sleep(20);
}
const holding = "query ~ 'pg_sleep' AND wait_event = 'PgSleep'";

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
        await seen("query ~ '^TRUNCATE customers' AND wait_event_type = 'Lock'", 'pid');
      },
    });
    expectRows(dumped, 'public.customers', 20_000);
    await waiting;
    await busy.server.sql("INSERT INTO customers SELECT i, 'name ' || i FROM generate_series(2, 20000) AS i", 'shop');
  }, 60_000);
});

describe('others at work beside the dump', () => {
  test.each([
    ['create and drop tables', 'CREATE TABLE passing (i int); INSERT INTO passing VALUES (1); DROP TABLE passing'],
    [
      'drop and create a sequence, and set it back',
      "DROP SEQUENCE invoices; CREATE SEQUENCE invoices; SELECT setval('invoices', 7)",
    ],
    [
      'build indexes concurrently',
      'CREATE INDEX CONCURRENTLY passing ON rates (rate); REINDEX INDEX CONCURRENTLY passing; DROP INDEX CONCURRENTLY passing',
    ],
    [
      'have temporary tables with triggers',
      `CREATE TEMP TABLE own (i int); CREATE TEMP SEQUENCE s;
CREATE FUNCTION pg_temp.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER t AFTER INSERT ON own FOR EACH ROW EXECUTE FUNCTION pg_temp.f(); SELECT pg_sleep(0.1)`,
    ],
  ])(
    'who %s are no trouble',
    async (_who, statement) => {
      await beside(statement, 20, async () => {
        for (let times = 0; times < 3; times += 1) expectRows(await dump(), 'public.customers', 20_000);
      });
    },
    60_000,
  );

  test('who refresh a materialised view for longer than the first wait for a lock cost no fact', async () => {
    await busy.server.sql('CREATE MATERIALIZED VIEW slow AS SELECT 1 AS i', 'shop');
    const holder = busy.server.sql('BEGIN; REFRESH MATERIALIZED VIEW slow; SELECT pg_sleep(2); COMMIT', 'shop');
    await seen(holding, 'pid');
    expectRows(await dump(), 'public.customers', 20_000);
    await holder;
    await busy.server.sql('DROP MATERIALIZED VIEW slow', 'shop');
  }, 60_000);

  test('who ask for an exclusive lock while parallel jobs run cost the parallel jobs, not the dump', async () => {
    const options = { format: 'directory', jobs: 2 } as const;
    await beside(refill, 100, async () => {
      const { fingerprint } = await dump({ options });
      expect(fingerprint.tables.find(({ name }) => name === 'public.rates')?.rows).toBe('1000');
    });
  }, 60_000);

  test('who hold a lock for longer than lock-timeout fail the dump, which leaves no session', async () => {
    const holder = busy.server.sql('BEGIN; LOCK TABLE rates; SELECT pg_sleep(3600)', 'shop');
    holder.catch(() => {});
    await seen(holding, 'pid');
    await expect(dump({ options: { lockTimeoutSeconds: 1 } })).rejects.toMatchObject({
      code: 'locked',
      what: expect.stringContaining('ERROR:  canceling statement due to lock timeout'),
    });
    await busy.server.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ 'pg_sleep' AND pid <> pg_backend_pid()",
    );
    await expect(holder).rejects.toThrow(/terminat/);
  }, 60_000);
});

describe('a session that the server ends', () => {
  const end = (): Promise<string> =>
    busy.server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast'");

  test('while the dump runs costs the fingerprint, with the reason, and not the archive', async () => {
    const { fingerprint, sql } = await dump({ begun: async () => void (await end()) });
    expect(rowsIn(sql, 'public.customers')).toBe(20_000);
    expect(fingerprint.unread?.[0]).toEqual({
      what: 'the rest of the fingerprint',
      // psql prints the server's last words only when it reads them before its next statement cannot be sent.
      why: expect.stringMatching(/terminating connection due to administrator command|connection to server was lost/),
    });
    expect(fingerprint.sequences).toEqual({});
  }, 60_000);

  test('while it waits for locks makes a new attempt, without a word of snapshots', async () => {
    const holder = busy.server.sql('BEGIN; LOCK TABLE rates; SELECT pg_sleep(3600)', 'shop');
    holder.catch(() => {});
    await seen(holding, 'pid');
    const dumped = dump();
    await seen("application_name = 'holdfast' AND wait_event_type = 'Lock'", 'pg_terminate_backend(pid)');
    await seen("query ~ 'pg_sleep' AND pid <> pg_backend_pid()", 'pg_terminate_backend(pid)');
    expectRows(await dumped, 'public.rates', 1000);
    await expect(holder).rejects.toThrow(/terminat/);
    expect(busy.logger.lines).toContainEqual(
      expect.stringMatching(
        /begins again with a new snapshot: .*FATAL: {2}terminating connection due to administrator command/,
      ),
    );
    expect(busy.logger.lines.join('\n')).not.toMatch(/invalid snapshot/);
  }, 60_000);
});
