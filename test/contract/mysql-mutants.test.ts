/** A sample of the changed copies, of which `npm run mutants -- mysql` and the long suite try all. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { type Change, isRight, mustBeNoticed } from '../../lab/mutants/changes.ts';
import { readChanges } from '../../lab/mutants/mysql/changes.ts';
import { Trial } from '../../lab/mutants/mysql/trial.ts';

let trial: Trial;
beforeAll(async () => {
  ensurePrerequisites();
  trial = await Trial.begin();
}, 180_000);
afterAll(() => trial?.stop(), 60_000);

/** The first change of each thing, so many: they share one copy. */
function sample(of: (change: Change) => boolean): readonly Change[] {
  const all = readChanges().filter(of);
  return all.filter(({ at }, index) => all.findIndex((one) => one.at === at) === index).slice(0, 40);
}

test('what a user could miss is noticed', async () => {
  const outcomes = await trial.outcomesOf(sample(mustBeNoticed));
  expect(outcomes.filter((one) => !isRight(one))).toEqual([]);
}, 180_000);

test('faithful copies are good', async () => {
  const outcomes = await trial.outcomesOf(sample((change) => !mustBeNoticed(change)));
  expect(outcomes.filter((one) => !isRight(one))).toEqual([]);
}, 180_000);
