/** Each form of an address in each kind of text, the corpus of earlier finds, and databases of fixed seeds. */
import { describe, expect, test } from '@jest/globals';
import { problemsOf } from '../../fuzz/check-case.ts';
import { corpus } from '../../fuzz/corpus.ts';
import { everyForm } from '../../fuzz/generate/forms.ts';
import { formTrials, seededTrials } from '../../fuzz/trials.ts';

test('all forms of addresses together, and all texts without one', async () => {
  for (const one of formTrials()) expect(await problemsOf(one)).toEqual([]);
});

test('there are forms of every kind', () => {
  expect([...everyForm()].length).toBeGreaterThan(900);
});

describe('earlier finds', () => {
  test.each(corpus().map(({ name, one }) => [name, one.found, one] as const))('%s: %s', async (_name, _found, one) => {
    expect(await problemsOf(one)).toEqual([]);
  });
});

test('databases of fixed seeds', async () => {
  for (const one of seededTrials()) expect(await problemsOf(one)).toEqual([]);
});
