import { expect, test } from '@jest/globals';
import { dropMarked } from '../../../../src/adapters/databases/mysql/scratch/marker.ts';
import type { Session } from '../../../../src/adapters/databases/mysql/session.ts';

test('databases of a copy are dropped although foreign keys lead from one to another', async () => {
  const asked: string[] = [];
  const session = {
    ask: async () => [['customs'], ['market'], ['marker']],
    mustAsk: async (statement: string) => {
      asked.push(statement);
      return [];
    },
  } as unknown as Session;
  expect(await dropMarked(session, 'marker')).toEqual(['customs', 'market', 'marker']);
  expect(asked).toEqual([
    'SET SESSION foreign_key_checks = 0',
    'DROP DATABASE IF EXISTS `customs`',
    'DROP DATABASE IF EXISTS `market`',
    'DROP DATABASE IF EXISTS `marker`',
  ]);
});
