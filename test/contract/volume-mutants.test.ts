/** A sample of the changed copies, of which `npm run mutants -- volumes` and the long suite try all. */
import { test } from '@jest/globals';
import { mustBeNoticed } from '../../lab/mutants/changes.ts';
import { allManners } from '../../lab/mutants/volumes/actions.ts';
import type { VolumeChange } from '../../lab/mutants/volumes/change.ts';
import { readChanges } from '../../lab/mutants/volumes/changes.ts';
import { Trial } from '../../lab/mutants/volumes/trial.ts';
import { expectRight, trialOf } from './support-mutants.ts';

/** Of the changes to different things, by statements and by bytes, so many: each sort shares one copy. */
const most = { sql: 40, bytes: 12 };

function sample(): readonly VolumeChange[] {
  const noticed = readChanges().filter((change) => change.at !== undefined && mustBeNoticed(change));
  const sqlChanges = differing(noticed.filter((change) => 'sql' in change)).slice(0, most.sql);
  const byteChanges = differing(noticed.filter((change) => 'edit' in change));
  // From every kind of file: they are listed by kind.
  const step = Math.ceil(byteChanges.length / most.bytes);
  return [...sqlChanges, ...byteChanges.filter((_, index) => index % step === 0)];
}

/** The first change of each thing. */
function differing(changes: readonly VolumeChange[]): readonly VolumeChange[] {
  return changes.filter(({ at }, index) => changes.findIndex((one) => one.at === at) === index);
}

/** The two that differ most: the long suite tries all. */
const manners = [allManners[0], allManners[3]].filter((one) => one !== undefined);

const trial = trialOf(() => Trial.begin(manners));

test('what a user could miss is noticed', async () => {
  expectRight(await trial().outcomesOf(sample()));
}, 180_000);

test('faithful copies are good', async () => {
  const unchanged = readChanges().filter(({ kind, what }) => kind === 'equal' && what.startsWith('the copy of'));
  expectRight(await trial().outcomesOf(unchanged));
}, 180_000);
