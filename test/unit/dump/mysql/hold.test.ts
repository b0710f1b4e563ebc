/** What keeps writers waiting, and what comes of it where a server refuses that. */
import { expect, test } from '@jest/globals';
import { hold } from '../../../../src/adapters/databases/mysql/dump/hold.ts';
import type { Session } from '../../../../src/adapters/databases/mysql/session.ts';
import { parseTables } from '../../../../src/dump/engines/mysql/catalogue.ts';
import { identify } from '../../../../src/dump/engines/mysql/server.ts';
import { FakeClock } from '../../../fakes/clock.ts';

const tables = parseTables(
  [
    ['s', 'plain', 'BASE TABLE', 'InnoDB', '', '0'],
    ['s', 'merged', 'BASE TABLE', 'MRG_MYISAM', '', '0'],
    ['s', 'far', 'BASE TABLE', 'FEDERATED', '', '0'],
  ],
  [],
);

/** @param errors by the beginning of statements */
async function held(errors: Readonly<Record<string, readonly [errno: number, message: string]>>) {
  const asked: string[] = [];
  const ask = async (statement: string) => {
    asked.push(statement);
    const [, error] = Object.entries(errors).find(([start]) => statement.startsWith(start)) ?? [];
    if (error) throw Object.assign(new Error(error[1]), { errno: error[0] });
    return [];
  };
  const session = { id: 1, ask, mustAsk: ask, value: async () => undefined, end: async () => {} };
  const options = { server: identify('8.0.36', '', '/usr/'), tables, lockTimeoutSeconds: 1, keep: false };
  const open = async (): Promise<Session> => session as unknown as Session;
  const context = { clock: new FakeClock(), signal: new AbortController().signal };
  const { locked, why } = await hold({ ...options, open }, context);
  return { locked, why, asked: asked.filter((statement) => /LOCK TABLES|READ LOCK/.test(statement)) };
}

const noReload = { 'FLUSH TABLES': [1227, 'you need RELOAD'] } as const;
const strict = 'Percona-XtraDB-Cluster prohibits use of LOCK TABLE/FLUSH TABLE <table> WITH READ LOCK';

test('tables that show rows of elsewhere are not locked: one of them that is broken would keep all from it', async () => {
  const { locked, asked } = await held(noReload);
  expect(locked).toBe(true);
  expect(asked.at(-1)).toBe('LOCK TABLES `s`.`plain` READ');
});

test('where the server refuses the lock, everything is read before and after, and the reason is told', async () => {
  expect(await held({ ...noReload, 'LOCK TABLES': [1105, strict] })).toMatchObject({
    locked: false,
    why: `LOCK TABLES was refused: ${strict}`,
    // What was granted before is let go.
    asked: expect.arrayContaining(['UNLOCK TABLES']),
  });
  expect(await held({ ...noReload, 'LOCK TABLES': [1044, 'denied'] })).toMatchObject({
    locked: false,
    why: 'the account has neither RELOAD nor LOCK TABLES',
  });
  // Where the global lock is refused, that of the tables is asked for.
  expect(await held({ 'FLUSH TABLES': [1105, 'no such lock here'] })).toMatchObject({ locked: true });
});

test('a connection that is lost is no refusal', async () => {
  const lost = [2013, 'Lost connection'] as const;
  await expect(held({ 'FLUSH TABLES': lost, 'UNLOCK TABLES': lost })).rejects.toThrow('Lost connection');
});
