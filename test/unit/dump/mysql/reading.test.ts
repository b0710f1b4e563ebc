import { expect, test } from '@jest/globals';
import { Reading, type ReadingParts } from '../../../../src/adapters/databases/mysql/dump/fingerprint.ts';
import type { Source } from '../../../../src/adapters/databases/mysql/dump/source.ts';
import type { Session } from '../../../../src/adapters/databases/mysql/session.ts';
import { parseTables } from '../../../../src/dump/engines/mysql/catalogue.ts';
import type { WorkContext } from '../../../../src/runtime/context.ts';

/** Answers every question with one row, and keeps what it was asked. */
function recording(asked: string[]): Session {
  const ask = async (statement: string) => {
    asked.push(
      statement.split(' FROM ')[0]?.startsWith('SELECT') ? `SELECT ${statement.split(' FROM ')[1]}` : statement,
    );
    return [['1', '1']];
  };
  return {
    ask,
    mustAsk: ask,
    value: async (statement: string) => (await ask(statement))[0]?.[0],
  } as unknown as Session;
}

test('who alters a table waits for the reading of that table, and not for the dump', async () => {
  const asked: string[] = [];
  const tables = parseTables(
    ['one', 'two'].map((name) => ['s', name, 'BASE TABLE', 'InnoDB', '', '0']),
    ['one', 'two'].map((name) => ['s', name, 'id', 'int', '0', 'NO', 'PRI', '', '1']),
  );
  const parts: ReadingParts = {
    catalogue: { databases: [], tables, objects: [] },
    definitions: { definitions: new Map(), made: new Map(), definers: [], counters: {}, hidden: [], unread: [] },
    leftOut: [],
    control: recording([]),
    open: async () => recording(asked),
  };
  const source = { server: { product: 'MySQL', version: [8, 4, 0], text: '' }, databases: ['s'], leftOut: [] };
  const context = { clock: { now: () => new Date(0) }, signal: new AbortController().signal };
  const reading = new Reading(source as unknown as Source, parts, context as unknown as WorkContext);
  await reading.prepare(1);
  await reading.begin();
  const { promise: archive, resolve } = Promise.withResolvers<void>();
  const held = { keepsLocks: true, end: async () => true };
  const finished = reading.finish({ archive, takenAt: '', exact: true, held, locked: false });
  await new Promise((go) => setImmediate(go));
  expect(asked).toEqual([
    'START TRANSACTION WITH CONSISTENT SNAPSHOT',
    'SAVEPOINT holdfast',
    'SELECT `s`.`one`',
    'ROLLBACK TO SAVEPOINT holdfast',
    'SELECT `s`.`two`',
    'ROLLBACK TO SAVEPOINT holdfast',
    'ROLLBACK',
  ]);
  resolve();
  await finished;
});
