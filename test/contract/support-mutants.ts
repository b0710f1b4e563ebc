/** What suites of changed copies share. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { batches } from '../../lab/mutants/batches.ts';
import { isRight, type Outcome, type SharingChange } from '../../lab/mutants/changes.ts';

interface Trial<C extends SharingChange> {
  outcomesOf(changes: readonly C[]): Promise<readonly Outcome<C>[]>;
  stop(): Promise<void>;
}

/** A trial for the tests of a file. @returns what gives it to them */
export function trialOf<C extends SharingChange>(begin: () => Promise<Trial<C>>): () => Trial<C> {
  let trial: Trial<C> | undefined;
  beforeAll(async () => {
    ensurePrerequisites();
    trial = await begin();
  }, 300_000);
  afterAll(() => trial?.stop(), 60_000);
  return () => {
    if (trial === undefined) throw new Error('the trial has not begun');
    return trial;
  };
}

/** A test for each copy. */
export function testAll<C extends SharingChange>(changes: readonly C[], trial: () => Trial<C>): void {
  test.each(batches(changes).map((batch) => ({ batch, first: batch[0]?.what, more: batch.length - 1 })))(
    '$first, and $more more of one copy',
    async ({ batch }) => {
      const outcomes = await trial().outcomesOf(batch);
      expect(outcomes).toHaveLength(batch.length);
      expectRight(outcomes);
    },
    300_000,
  );
}

export function expectRight(outcomes: readonly Outcome<SharingChange>[]): void {
  const wrong = outcomes.filter((one) => !isRight(one));
  expect(wrong.map(({ change: { kind, what }, noticed }) => ({ kind, what, noticed }))).toEqual([]);
}
