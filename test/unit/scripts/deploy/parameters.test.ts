import type { Stack } from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from '@jest/globals';
import type { Account } from '../../../../scripts/deploy/account.ts';
import type { Repository } from '../../../../scripts/deploy/github.ts';
import { readOptions } from '../../../../scripts/deploy/options.ts';
import { chooseValues, needsRepository, type Values } from '../../../../scripts/deploy/parameters.ts';

const arnOf = (issuer: string) => `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
const github = arnOf('token.actions.githubusercontent.com');
const enterprise = arnOf('token.actions.acme.ghe.com');
const known = ['AllowedSubjects', 'PlanSubjects', 'OidcProviderArn', 'OidcIssuer'];

function stackWith(parameters: Readonly<Record<string, string>>): Stack {
  const Parameters = Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
  return { StackName: 'holdfast', CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE', Parameters };
}

/** An account with these providers; those of `made` belong to the stack. */
function accountWith(providers: readonly string[], made: readonly string[] = []): Account {
  return {
    id: '123456789012',
    region: 'eu-west-1',
    iam: { send: async () => ({ OpenIDConnectProviderList: providers.map((Arn) => ({ Arn })) }) },
    cloudformation: {
      send: async () => ({ StackResources: made.map((PhysicalResourceId) => ({ PhysicalResourceId })) }),
    },
  } as unknown as Account;
}

const second: Repository = { owner: 'acme', name: 'second', ownerId: 42, id: 7, defaultBranch: 'main', writable: true };

function choose(args: readonly string[], stack: Stack | undefined, account = accountWith([github])): Promise<Values> {
  const { options, mistakes } = readOptions(args, known);
  expect(mistakes).toEqual([]);
  const repository = needsRepository(options, stack) ? second : undefined;
  return chooseValues({ account, options, stack, repository, defaults: {} });
}

describe('the OIDC provider', () => {
  const both = accountWith([github, enterprise]);

  test('of an update stays the one that the stack was given, whatever OidcIssuer and its default say', async () => {
    const stack = stackWith({ OidcProviderArn: enterprise, OidcIssuer: 'token.actions.githubusercontent.com' });
    expect((await choose([], stack, both)).OidcProviderArn).toBe(enterprise);
    expect((await choose([], stackWith({ OidcProviderArn: enterprise }), both)).OidcProviderArn).toBe(enterprise);
    // Also when the account does not show it, or it is that of another account.
    expect((await choose([], stack, accountWith([github]))).OidcProviderArn).toBe(enterprise);
  });

  test('changes with an issuer that is named now, and with its own parameter', async () => {
    const stack = stackWith({ OidcProviderArn: enterprise, OidcIssuer: 'token.actions.githubusercontent.com' });
    const named = ['--parameter', 'OidcIssuer=token.actions.githubusercontent.com'];
    expect((await choose(named, stack, both)).OidcProviderArn).toBe(github);
    const same = ['--parameter', 'OidcIssuer=token.actions.acme.ghe.com'];
    expect((await choose(same, stack, both)).OidcProviderArn).toBe(enterprise);
    expect((await choose(['--parameter', `OidcProviderArn=${github}`], stack, both)).OidcProviderArn).toBe(github);
  });

  test('that the stack has made stays the stack’s; another one is found', async () => {
    const stack = stackWith({ OidcProviderArn: '' });
    expect((await choose([], stack, accountWith([github], [github]))).OidcProviderArn).toBe('');
    expect((await choose([], stack, accountWith([github]))).OidcProviderArn).toBe(github);
    expect((await choose([], stack, accountWith([]))).OidcProviderArn).toBe('');
  });
});

describe('whose workflows the roles trust', () => {
  const first = 'repo:acme/first:ref:refs/heads/main';
  const stack = stackWith({ AllowedSubjects: first, PlanSubjects: 'repo:acme/first:pull_request' });
  const added = ['repo:acme/second:ref:refs/heads/main', 'repo:acme@42/second@7:ref:refs/heads/main'];

  test('stays as it is while nobody is named', async () => {
    expect((await choose([], stack)).AllowedSubjects).toBeUndefined();
    expect((await choose([], stack)).PlanSubjects).toBeUndefined();
    // The read-only role alone: the others trust nobody new.
    const { AllowedSubjects, PlanSubjects } = await choose(['--plan-role'], stack);
    expect(AllowedSubjects).toBeUndefined();
    expect(PlanSubjects).toBe(
      'repo:acme/first:pull_request,repo:acme/second:pull_request,repo:acme@42/second@7:pull_request',
    );
  });

  test.each([
    ['a repository', ['--repository', 'acme/second'], [first, ...added]],
    [
      'a branch',
      ['--branch', 'old'],
      [first, 'repo:acme/second:ref:refs/heads/old', 'repo:acme@42/second@7:ref:refs/heads/old'],
    ],
    [
      'an environment',
      ['--environment', 'prod'],
      [first, 'repo:acme/second:environment:prod', 'repo:acme@42/second@7:environment:prod'],
    ],
    ['a repository, told to replace', ['--repository', 'acme/second', '--replace-subjects'], added],
    ['subjects themselves', ['--subjects', added.join(',')], added],
  ])('%s', async (_what, args, expected) => {
    expect((await choose(args, stack)).AllowedSubjects?.split(',')).toEqual(expected);
  });

  test('a subject that is there is not there twice', async () => {
    const before = [added[1], first].join(', ');
    expect(
      (await choose(['--repository', 'acme/second'], stackWith({ AllowedSubjects: before }))).AllowedSubjects,
    ).toBe([added[1], first, added[0]].join(','));
  });
});
