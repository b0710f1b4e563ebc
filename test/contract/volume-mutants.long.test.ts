/** All changed copies of volumes. docs/mutants-volumes.md says what is noticed of them. */
import { readChanges } from '../../lab/mutants/volumes/changes.ts';
import { Trial } from '../../lab/mutants/volumes/trial.ts';
import { testAll, trialOf } from './support-mutants.ts';

testAll(
  readChanges(),
  trialOf(() => Trial.begin()),
);
