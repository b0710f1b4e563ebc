/** A sample of the changed copies, of which `npm run mutants -- volumes` and the long suite try all. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { isRight, mustBeNoticed } from '../../lab/mutants/changes.ts';
import { allManners } from '../../lab/mutants/volumes/actions.ts';
import type { VolumeChange } from '../../lab/mutants/volumes/change.ts';
import { readChanges } from '../../lab/mutants/volumes/changes.ts';
import { Trial } from '../../lab/mutants/volumes/trial.ts';

/** One change of statements and one of bytes for each thing: each sort shares one copy. */
function sample(): readonly VolumeChange[] {
  const things = new Set<string>();
  return readChanges().filter((change) => {
    const thing = `${'sql' in change} ${change.at}`;
    if (change.at === undefined || !mustBeNoticed(change) || things.has(thing)) return false;
    things.add(thing);
    return true;
  });
}

/** The two that differ most: the long suite tries all. */
const manners = [allManners[0], allManners[3]].filter((one) => one !== undefined);

let trial: Trial;
beforeAll(async () => {
  ensurePrerequisites();
  trial = await Trial.begin(manners);
}, 180_000);
afterAll(() => trial?.stop(), 60_000);

test('what a user could miss is noticed', async () => {
  const outcomes = await trial.outcomesOf(sample());
  expect(outcomes.filter((one) => !isRight(one))).toEqual([]);
}, 180_000);

test('faithful copies are good', async () => {
  const unchanged = readChanges().filter(({ kind, what }) => kind === 'equal' && what.startsWith('the copy of'));
  const outcomes = await trial.outcomesOf(unchanged);
  expect(outcomes.filter((one) => !isRight(one))).toEqual([]);
}, 180_000);
