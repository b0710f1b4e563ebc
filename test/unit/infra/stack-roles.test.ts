/** The roles and users of the stack: whom they trust, and what all of them have. */
import { describe, expect, test } from '@jest/globals';
import { Template } from '../../../lab/services/aws/cloudformation/template.ts';
import { load, template } from './support-stack.ts';

describe('roles', () => {
  test('every statement has a Sid of its own, and none allows every action', () => {
    for (const role of load().roles) {
      const statements = role.policies.flatMap((policy) => policy.statements);
      const sids = statements.map((one) => one.Sid);
      expect(new Set(sids).size).toBe(statements.length);
      expect(sids).not.toContain(undefined);
      for (const one of statements)
        expect([one.Action ?? '*'].flat().every((action) => /^[a-z0-9]+:[A-Za-z]+$/.test(action))).toBe(true);
    }
  });

  test('trust exactly the audience and the subjects they are given', () => {
    for (const { trust } of load().roles) {
      expect(trust[0]?.Condition?.StringEquals).toEqual({
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': ['repo:a/b:ref:refs/heads/main', 'repo:a@1/b@2:ref:refs/heads/main'],
      });
    }
  });

  test('no user but holdfast-dumps-rw is trusted, and only by holdfast-dump of a stack with users', () => {
    const dumps = { DumpBucketName: 'dumps', PlanSubjects: 'repo:a/b:pull_request' };
    const usersOf = (more: Record<string, string>) =>
      load(more).roles.flatMap(({ name, trust }) =>
        trust.slice(1).map(({ Sid: _, ...others }) => ({ name, ...others })),
      );
    expect(usersOf(dumps)).toEqual([]);
    const Principal = { AWS: 'arn:aws:iam::123456789012:user/holdfast-dumps-rw' };
    expect(usersOf({ ...dumps, Users: 'yes' })).toEqual([
      { name: 'holdfast-dump', Effect: 'Allow', Principal, Action: 'sts:AssumeRole' },
    ]);
  });

  test('the user is there before the role that trusts it', () => {
    const asText = template.replace(
      /!Select \[0, \[!GetAtt DumpWriter.*/,
      '!Sub arn:aws:iam::${AWS::AccountId}:user/holdfast-dumps-rw',
    );
    expect(() => load({ DumpBucketName: 'dumps', Users: 'yes' }, asText)).toThrow(
      'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/holdfast-dumps-rw"',
    );
  });

  test('an existing OIDC provider is used as it is', () => {
    const arn = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
    expect(load({ OidcProviderArn: arn }).roles[0]?.trust[0]?.Principal).toEqual({ Federated: arn });
  });

  test('another issuer is in the provider and in the keys of the condition, also one with a path', () => {
    const [role] = load({ OidcIssuer: 'token.actions.acme.ghe.com' }).roles;
    expect(role?.trust[0]?.Principal).toEqual({
      Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.acme.ghe.com',
    });
    expect(Object.keys(role?.trust[0]?.Condition?.StringEquals ?? {})).toEqual([
      'token.actions.acme.ghe.com:aud',
      'token.actions.acme.ghe.com:sub',
    ]);
    const arn = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com/acme';
    const [other] = load({ OidcProviderArn: arn }).roles;
    expect(Object.keys(other?.trust[0]?.Condition?.StringEquals ?? {})[1]).toBe(
      'token.actions.githubusercontent.com/acme:sub',
    );
  });

  test('18 subjects of 87 characters fit into a trust policy, 19 do not', () => {
    const subject = `repo:${'x'.repeat(62)}:ref:refs/heads/main`;
    expect(subject).toHaveLength(87);
    const subjects = (count: number): string => Array(count).fill(subject).join(',');
    expect(() => load({ AllowedSubjects: subjects(18) })).not.toThrow();
    expect(() => load({ AllowedSubjects: subjects(19) })).toThrow('Cannot exceed quota for ACLSizePerRole: 2048');
  });
});

test('each role and user has the permissions boundary that is given', () => {
  const boundaries = (more: Record<string, string>) => {
    const parameters = {
      ...{ AllowedSubjects: 'repo:a/b:ref:refs/heads/main', PlanSubjects: 'repo:a/b:pull_request', Users: 'yes' },
      ...{ ReceiptBucketName: 'receipts', DumpBucketName: 'dumps', ...more },
    };
    return new Template(template, { region: 'us-east-1', accountId: '123456789012', parameters })
      .resources()
      .filter(({ type }) => /^AWS::IAM::(Role|User)$/.test(type))
      .map(({ properties }) => properties.PermissionsBoundary);
  };
  const PermissionsBoundaryArn = 'arn:aws:iam::123456789012:policy/teams/boundary';
  expect(boundaries({ PermissionsBoundaryArn })).toEqual(Array(8).fill(PermissionsBoundaryArn));
  expect(boundaries({})).toEqual(Array(8).fill(undefined));
});

test('the roles may lock the snapshots that they make only where the parameter says so', () => {
  const locks = (more: Record<string, string>) =>
    load(more)
      .roles.filter(({ policies }) => JSON.stringify(policies).includes('ec2:LockSnapshot'))
      .map(({ name }) => name);
  expect(locks({})).toEqual([]);
  expect(locks({ SnapshotLock: 'yes' }).sort()).toEqual(['holdfast-backup', 'holdfast-rotate']);
});
