/** All changed copies of MongoDB. docs/mutants-mongodb.md says what is noticed of them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureMongo } from '../../lab/hosts/mongodb/programs.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { batches } from '../../lab/mutants/batches.ts';
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

test.each(batches(mongoChanges).map((batch) => ({ batch, first: batch[0]?.what, more: batch.length - 1 })))(
  '$first, and $more more of one copy',
  async ({ batch }) => {
    const outcomes = await trial.outcomesOf(batch);
    expect(outcomes).toHaveLength(batch.length);
    const wrong = outcomes.filter((one) => !isRight(one));
    expect(wrong.map(({ change: { kind, what }, noticed }) => ({ kind, what, noticed }))).toEqual([]);
  },
  300_000,
);
