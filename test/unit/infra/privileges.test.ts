/** The policies of the stack, piece by piece: each grant is used, each limit holds something back, and two judges agree. */
import { describe, expect, test } from '@jest/globals';
import { evidence, unneeded } from '../../../lab/privileges/evidence.ts';
import { disagreements } from '../../../lab/privileges/independent.ts';
import { pieces, policiesOf, principals } from '../../../lab/privileges/installation.ts';
import { refused } from '../../../lab/privileges/refused.ts';
import { decide } from '../../../lab/services/aws/auth/iam.ts';
import { neededBy } from '../../../lab/services/aws/auth/pieces.ts';

const asked = Object.values(evidence()).flat();

test('every statement, action, resource and value that a policy grants is used by a scenario', () => {
  expect(unneeded(pieces, policiesOf, asked)).toEqual([]);
});

test('what the scenarios asked is allowed', () => {
  expect(asked.filter((one) => !decide(policiesOf(one.by), one).allowed)).toEqual([]);
});

describe('what must be refused', () => {
  test.each(refused.map((one) => [one.by, one.why, one] as const))('%s: %s', (by, _why, question) => {
    expect(decide(policiesOf(by), question).allowed).toBe(false);
  });
});

test('every condition, and that a statement names resources at all, holds back something that must be refused', () => {
  const held = new Set(
    principals.flatMap((name) => [
      ...neededBy(
        policiesOf(name),
        refused.filter(({ by }) => by === name),
      ),
    ]),
  );
  const limits = pieces.filter(({ kind }) => kind === 'limit').map(({ name }) => name);
  expect(limits.length).toBeGreaterThan(80);
  expect(limits.filter((name) => !held.has(name))).toEqual([]);
});

test('an independent evaluator, which knows AWS’s actions, resources and condition keys, decides the same', async () => {
  expect(await disagreements(policiesOf, [...asked, ...refused])).toEqual([]);
});
