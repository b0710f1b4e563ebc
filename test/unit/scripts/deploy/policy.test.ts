import { expect, test } from '@jest/globals';
import { samePolicy } from '../../../../scripts/deploy/policy.ts';

const statement = (Action: unknown, more: object = {}) => ({ Statement: [{ Effect: 'Allow', Action, ...more }] });

test.each([
  ['one element as a list', statement(['s3:GetObject']), statement('s3:GetObject'), true],
  ['another order', statement(['a:B', 'a:C']), statement(['a:C', 'a:B']), true],
  ['one statement without a list', statement('a:B'), { Statement: { Action: 'a:B', Effect: 'Allow' } }, true],
  [
    'truth as a text',
    statement('a:B', { Condition: { Bool: { x: 'true' } } }),
    statement('a:B', { Condition: { Bool: { x: true } } }),
    true,
  ],
  ['one action more', statement(['a:B', 'a:C']), statement('a:B'), false],
  ['no condition', statement('a:B', { Condition: { Bool: { x: 'true' } } }), statement('a:B'), false],
  ['Deny', statement('a:B'), statement('a:B', { Effect: 'Deny' }), false],
])('%s', (_what, a, b, same) => {
  expect(samePolicy(a, b)).toBe(same);
  expect(samePolicy(a, JSON.stringify(b))).toBe(same);
});
