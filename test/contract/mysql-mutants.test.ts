/** A sample of the changed copies, of which `npm run mutants -- mysql` and the long suite try all. */
import { test } from '@jest/globals';
import { type Change, mustBeNoticed } from '../../lab/mutants/changes.ts';
import { readChanges } from '../../lab/mutants/mysql/changes.ts';
import { Trial } from '../../lab/mutants/mysql/trial.ts';
import { expectRight, trialOf } from './support-mutants.ts';

const trial = trialOf(() => Trial.begin());

/** The first change of each thing, so many: they share one copy. */
function sample(of: (change: Change) => boolean): readonly Change[] {
  const all = readChanges().filter((change) => change.at !== undefined && of(change));
  return all.filter(({ at }, index) => all.findIndex((one) => one.at === at) === index).slice(0, 40);
}

test('what a user could miss is noticed', async () => {
  expectRight(await trial().outcomesOf(sample(mustBeNoticed)));
}, 180_000);

test('faithful copies are good', async () => {
  expectRight(await trial().outcomesOf(sample((change) => !mustBeNoticed(change))));
}, 180_000);
