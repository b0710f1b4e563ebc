/** All changed copies of MongoDB. docs/mutants-mongodb.md says what is noticed of them. */
import { ensureMongo } from '../../lab/hosts/mongodb/programs.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { mongoChanges } from '../../lab/mutants/mongodb/changes.ts';
import { Trial } from '../../lab/mutants/mongodb/trial.ts';
import { testAll, trialOf } from './support-mutants.ts';

ensurePrerequisites();
await ensureMongo();

testAll(
  mongoChanges,
  trialOf(() => Trial.begin()),
);
