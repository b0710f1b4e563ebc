/** All changed copies of dumps of MariaDB. docs/mutants-mysql.md says what is noticed of them. */
import { expect, test } from '@jest/globals';
import { readChanges } from '../../lab/mutants/mysql/changes.ts';
import { cleanRuns } from '../../lab/mutants/mysql/clean.ts';
import { Trial } from '../../lab/mutants/mysql/trial.ts';
import { testAll, trialOf } from './support-mutants.ts';

testAll(
  readChanges(),
  trialOf(() => Trial.begin()),
);

test('no dump of databases that are written to and altered meanwhile is called bad', async () => {
  const bad: string[] = [];
  await cleanRuns(3, ({ verdict, found }) => {
    if (verdict === 'bad') bad.push(...found);
  });
  expect(bad).toEqual([]);
}, 180_000);
