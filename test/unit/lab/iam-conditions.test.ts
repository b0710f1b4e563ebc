/** What an evaluator that is not ours reads otherwise than the lab did; AWS's IAM user guide decides. */
import { expect, test } from '@jest/globals';
import { conditionHolds, type Keys } from '../../../lab/services/aws/auth/iam.ts';

const arn = (resource: string): string => `arn:aws:iam::123456789012:${resource}`;

test.each<readonly [what: string, operator: string, key: string, wanted: string, keys: Keys, holds: boolean]>([
  ['a key in another case', 'StringEquals', 'AWS:PrincipalTag/team', 'ops', { 'aws:PrincipalTag/team': 'ops' }, true],
  // "the condition matches a resource tag key named either TagKey1 or tagkey1" ("Controlling access … using tags")
  ['a tag in another case', 'StringEquals', 'aws:ResourceTag/Type', 'x', { 'aws:ResourceTag/type': 'x' }, true],
  ['a value in another case', 'StringEquals', 'aws:ResourceTag/Type', 'x', { 'aws:ResourceTag/Type': 'X' }, false],
  // "returns false" without the key ("Set operators for multivalued context keys")
  ['no tags at all', 'ForAnyValue:StringNotEquals', 'aws:TagKeys', 'Type', {}, false],
  ['an empty list', 'ForAnyValue:StringNotLike', 'aws:TagKeys', 'T*', { 'aws:TagKeys': [] }, false],
  ['no tags, with IfExists', 'ForAnyValue:StringEqualsIfExists', 'aws:TagKeys', 'Type', {}, false],
  ['no key of one value', 'StringNotEquals', 'aws:PrincipalTag/team', 'ops', {}, true],
  ['no tags, for all', 'ForAllValues:StringEquals', 'aws:TagKeys', 'Type', {}, true],
  // "Each of the six colon-delimited components of the ARN is checked separately" ("ARN condition operators")
  ['a part of an ARN', 'ArnLike', 'aws:SourceArn', 'arn:aws:iam::*:role/*', { 'aws:SourceArn': arn('role/a') }, true],
  [
    'a * that would span parts',
    'ArnLike',
    'aws:SourceArn',
    'arn:aws:*:role/a',
    { 'aws:SourceArn': arn('role/a') },
    false,
  ],
  ['colons in the last part', 'ArnEquals', 'aws:SourceArn', arn('role/a*'), { 'aws:SourceArn': arn('role/a:b') }, true],
])('%s', (_what, operator, key, wanted, keys, holds) => {
  expect(conditionHolds({ [operator]: { [key]: wanted } }, keys)).toBe(holds);
});
