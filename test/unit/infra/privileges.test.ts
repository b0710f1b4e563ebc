/** The policies of the stack, piece by piece: each grant is used, each limit holds something back, and two judges agree. */
import { describe, expect, test } from '@jest/globals';
import { unlistedKeys } from '../../../lab/privileges/condition-keys.ts';
import { evidence, unneeded } from '../../../lab/privileges/evidence.ts';
import { disagreements } from '../../../lab/privileges/independent.ts';
import { accountId, pieces, policiesOf, principals } from '../../../lab/privileges/installation.ts';
import { refused } from '../../../lab/privileges/refused/refused.ts';
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

/**
 * The tags of a snapshot that is copied. AWS announced in April 2025 that CopySnapshot also asks about its source, with keys of
 * EC2 and the global ones (AWS Storage Blog, "Enhancing resource-level permissions for copying Amazon EBS snapshots"); the
 * reference lists no tags. So the statement holds where EC2 gives them, and does not refuse where it does not.
 */
const keysOfNoReference = ['holdfast-rotate/CopyAutomated ec2:CopySnapshot aws:ResourceTag/Type optional'];

test('every condition key is one that AWS’s reference lists for that very action, or a named exception', async () => {
  const unlisted = await Promise.all(
    principals.map((name) => unlistedKeys(policiesOf(name).filter((one) => !one.name.startsWith('trust of ')))),
  );
  const words = unlisted
    .flat()
    .map((one) => `${one.statement} ${one.action} ${one.key}${one.optional ? ' optional' : ''}`);
  expect(words).toEqual(keysOfNoReference);
});

test('a key that the reference lists for another action only is found', async () => {
  const Condition = {
    StringEquals: { 'aws:ResourceTag/Type': 'Automated', 'ec2:owner': accountId, 'aws:TagKeys': 'x' },
  };
  const statement = { Sid: 'S', Effect: 'Allow', Resource: 'arn:aws:ec2:*::snapshot/*', Condition } as const;
  const policies = [{ name: 'p', statements: [{ ...statement, Action: ['ec2:CopySnapshot', 'ec2:DeleteSnapshot'] }] }];
  expect((await unlistedKeys(policies)).map(({ action, key }) => `${action} ${key}`)).toEqual([
    'ec2:CopySnapshot aws:ResourceTag/Type',
    'ec2:DeleteSnapshot aws:TagKeys',
  ]);
});

test('a snapshot is copied whether or not EC2 says its tags and its owner; the copy needs its tags all the same', () => {
  const ask = (id: string, keys: Readonly<Record<string, string>>): boolean =>
    decide(policiesOf('holdfast-rotate'), {
      action: 'ec2:CopySnapshot',
      resource: `arn:aws:ec2:us-east-1::snapshot/${id}`,
      keys,
    }).allowed;
  const tags = { 'aws:ResourceTag/Type': 'Automated' };
  const owner = { 'ec2:Owner': accountId };
  for (const keys of [{}, tags, owner, { ...tags, ...owner }]) expect(ask('snap-1', keys)).toBe(true);
  expect(ask('snap-1', { ...owner, 'aws:ResourceTag/Type': 'Manual' })).toBe(false);
  for (const keys of [{}, owner, tags]) expect(ask('*', keys)).toBe(false);
});
