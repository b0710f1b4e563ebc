/** All changed copies of MongoDB. docs/mutants-mongodb.md says what is noticed of them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureMongo } from '../../lab/hosts/mongodb/programs.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { isRight } from '../../lab/mutants/changes.ts';
import { mongoChanges } from '../../lab/mutants/mongodb/changes.ts';
import { Trial } from '../../lab/mutants/mongodb/trial.ts';

ensurePrerequisites();
await ensureMongo();

let trial: Trial;
beforeAll(async () => {
  trial = await Trial.begin();
}, 180_000);
afterAll(() => trial?.stop(), 60_000);

test.each(mongoChanges)(
  '$kind: $what',
  async (change) => {
    const outcome = await trial.outcomeOf(change);
    expect({ ...outcome, right: isRight(outcome) }).toMatchObject({ right: true });
  },
  60_000,
);
