/** A sample of the changed copies of MongoDB, of which `npm run mutants -- mongodb` and the long suite try all. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureMongo } from '../../lab/hosts/mongodb/programs.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { isRight } from '../../lab/mutants/changes.ts';
import { mongoChanges } from '../../lab/mutants/mongodb/changes.ts';
import { Trial } from '../../lab/mutants/mongodb/trial.ts';

ensurePrerequisites();
await ensureMongo();

/** Every so many changes are tried here. */
const step = 14;

let trial: Trial;
beforeAll(async () => {
  trial = await Trial.begin();
}, 180_000);
afterAll(() => trial?.stop(), 60_000);

test.each(mongoChanges.filter((_, index) => index % step === 0))(
  '$kind: $what',
  async (change) => {
    const outcome = await trial.outcomeOf(change);
    expect({ ...outcome, right: isRight(outcome) }).toMatchObject({ right: true });
  },
  60_000,
);
