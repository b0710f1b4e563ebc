/** All changed copies of dumps of MariaDB. docs/mutants-mysql.md says what is noticed of them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { batches } from '../../lab/mutants/batches.ts';
import { isRight } from '../../lab/mutants/changes.ts';
import { readChanges } from '../../lab/mutants/mysql/changes.ts';
import { cleanRuns } from '../../lab/mutants/mysql/clean.ts';
import { Trial } from '../../lab/mutants/mysql/trial.ts';

let trial: Trial;
beforeAll(async () => {
  ensurePrerequisites();
  trial = await Trial.begin();
}, 180_000);
afterAll(() => trial?.stop(), 60_000);

test.each(batches(readChanges()).map((batch) => ({ batch, first: batch[0]?.what, more: batch.length - 1 })))(
  '$first, and $more more of one copy',
  async ({ batch }) => {
    const outcomes = await trial.outcomesOf(batch);
    expect(outcomes).toHaveLength(batch.length);
    const wrong = outcomes.filter((one) => !isRight(one));
    expect(wrong.map(({ change: { kind, what }, noticed }) => ({ kind, what, noticed }))).toEqual([]);
  },
  300_000,
);

test('no dump of databases that are written to meanwhile is called bad', async () => {
  const bad: string[] = [];
  await cleanRuns(3, ({ verdict, found }) => {
    if (verdict === 'bad') bad.push(...found);
  });
  expect(bad).toEqual([]);
}, 180_000);
