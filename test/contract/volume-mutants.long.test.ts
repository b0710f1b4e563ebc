/** All changed copies of volumes. docs/mutants-volumes.md says what is noticed of them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { isRight } from '../../lab/mutants/changes.ts';
import { batches } from '../../lab/mutants/batches.ts';
import { readChanges } from '../../lab/mutants/volumes/changes.ts';
import { Trial } from '../../lab/mutants/volumes/trial.ts';

let trial: Trial;
beforeAll(async () => {
  ensurePrerequisites();
  trial = await Trial.begin();
}, 300_000);
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
