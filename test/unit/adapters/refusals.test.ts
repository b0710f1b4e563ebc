/** What a refused token and a refused call mean, in words that a stranger can act on. */
import { describe, expect, test } from '@jest/globals';
import { toAwsError } from '../../../src/adapters/aws/errors.ts';
import { adviceForToken, claimsOf } from '../../../src/adapters/aws/role-refusal.ts';
import { BackupError } from '../../../src/runtime/errors.ts';

const arn = (role: string): string => `arn:aws:iam::123456789012:role/${role}`;
const notAuthorized = 'Not authorized to perform sts:AssumeRoleWithWebIdentity';
const iss = 'https://token.actions.githubusercontent.com';

describe('a refused token', () => {
  const advice = (sub: string, role = 'holdfast-backup', message = notAuthorized) =>
    adviceForToken(message, arn(role), { sub, aud: 'sts.amazonaws.com', iss });

  test('the reader gets what the token says, what the role expects, and the commands that show both', () => {
    const { likelyCause, fix } = advice('repo:acme/backups:ref:refs/heads/feature');
    expect(likelyCause).toContain('the job runs on the branch feature of acme/backups');
    expect(likelyCause).toContain('sub "repo:acme/backups:ref:refs/heads/feature", aud "sts.amazonaws.com"');
    expect(likelyCause).toContain('AllowedSubjects, compared character by character');
    expect(fix).toContain(
      'run the workflow on the branch that the role trusts, or add "repo:acme/backups:ref:refs/heads/feature"',
    );
    expect(fix).toContain('npm run doctor');
    expect(fix).toContain('aws iam get-role --role-name holdfast-backup --query Role.AssumeRolePolicyDocument');
  });

  test.each([
    ['repo:acme/backups:environment:production', /has the environment production/, /^remove the environment/],
    ['repo:acme/backups:ref:refs/tags/v1', /runs on the tag v1 of acme\/backups/, /^add "repo/],
    ['repo:acme@1/backups@2:ref:refs/heads/main', /branch main of acme@1\/backups@2/, /in this form with ids/],
    ['repository_owner_id:1:repository_id:2', /customised subject/, /^add "repository_owner_id/],
    // Nobody is told to let pull requests change backups.
    ['repo:acme/backups:pull_request', /for a pull request of acme\/backups/, /^use the read-only role holdfast-plan/],
  ])('%s', (sub, cause, fix) => {
    expect(advice(sub).likelyCause).toMatch(cause);
    expect(advice(sub).fix).toMatch(fix);
  });

  test.each(['repo:acme/backups:pull_request', 'repo:acme/backups:ref:refs/heads/main'])(
    'the read-only role has a parameter of its own: %s',
    (sub) => {
      expect(advice(sub, 'holdfast-plan').fix).toMatch(/parameter PlanSubjects of .*docs\/rotation\.md/);
    },
  );

  test('without a provider, and with an audience that it does not list, the trust policy is not to blame', () => {
    const provider = advice(
      'repo:a/b:x',
      'holdfast-dump',
      `No OpenIDConnect provider found in your account for ${iss}`,
    );
    expect(provider.likelyCause).toContain(`has no OIDC provider for ${iss}, or the ARN names another account`);
    const audience = advice('repo:a/b:x', 'holdfast-dump', 'Incorrect token audience');
    expect(audience.fix).toContain('--client-id sts.amazonaws.com');
  });

  test('a token that cannot be read has unknown claims', () => {
    expect(claimsOf('no token')).toEqual({});
  });
});

describe('a refused call', () => {
  const error = (
    role: string,
    action: string,
    resource: string,
    because = 'because no identity-based policy allows it',
  ) => {
    const message = `User: arn:aws:sts::123456789012:assumed-role/${role}/run-1 is not authorized to perform: ${action} on resource: ${resource} ${because}`;
    const cause = Object.assign(new Error(message), {
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
    });
    return toAwsError(cause, action.split(':')[1] ?? '', resource);
  };
  const ec2 = (kind: string): string => `arn:aws:ec2:us-east-1:123456789012:${kind}`;

  test.each([
    [
      'an untagged instance',
      error('holdfast-backup', 'ssm:SendCommand', ec2('instance/i-0a')),
      /only on instances with the tag holdfast:host=source, and i-0a does not have it/,
      /aws ec2 create-tags --resources i-0a --tags Key=holdfast:host,Value=source$/,
    ],
    [
      'an instance that the rotation does not know',
      error('holdfast-rotate', 'ec2:CreateSnapshots', ec2('instance/i-0b')),
      /only on instances with the tag Backup, and i-0b/,
      /--tags Key=Backup,Value=Yes$/,
    ],
    [
      'any script',
      error('holdfast-backup', 'ssm:SendCommand', 'arn:aws:ssm:us-east-1::document/AWS-RunShellScript'),
      /only the documents of its own stack, by their names, and AWS-RunShellScript is none of those/,
      /No role of the stack may run AWS-RunShellScript/,
    ],
    [
      'a document of another stack',
      error('holdfast-dump', 'ssm:SendCommand', 'arn:aws:ssm:us-east-1:123456789012:document/Other-DumpStart'),
      /Other-DumpStart is none of those/,
      /input ssm-documents the same as the stack's parameter DocumentPrefix/,
    ],
    [
      'a foreign snapshot',
      error('holdfast-verify', 'ec2:CreateVolume', 'arn:aws:ec2:us-east-1::snapshot/snap-0a'),
      /only snapshots that ib-snapshot has made .*, and snap-0a is not one/,
      /give the id of a snapshot of ib-snapshot/,
    ],
    [
      'a snapshot that is kept',
      error('holdfast-rotate', 'ec2:DeleteSnapshot', 'arn:aws:ec2:us-east-1::snapshot/snap-0b'),
      /only snapshots with Type=Automated, and none with KeepForever: snap-0b/,
      /Type=Automated/,
    ],
    [
      'a key',
      error('holdfast-dump', 'kms:GenerateDataKey', 'arn:aws:kms:us-east-1:123456789012:key/1-2'),
      /may not use the KMS key 1-2 \(kms:GenerateDataKey\)/,
      /BucketKeyArn/,
    ],
    [
      'another bucket',
      error('holdfast-dump', 's3:PutObject', 'arn:aws:s3:::other/db/a.gz'),
      /below its prefixes of the stack's buckets, and other\/db\/a\.gz is not there/,
      /DumpBucketName, DumpPrefix and ReceiptBucketName/,
    ],
    [
      'an older stack',
      error('holdfast-rotate', 'ec2:DescribeLockedSnapshots', '*'),
      /do not allow ec2:DescribeLockedSnapshots on \*: the stack is older/,
      /deploy the current infra\/holdfast\.yml/,
    ],
    [
      'the role for pull requests',
      error('holdfast-plan', 'ec2:DescribeVolumes', '*'),
      /^the role holdfast-plan reads instances and snapshots, and may do nothing else$/,
      /only to compare retentions/,
    ],
    [
      'a permissions boundary',
      error(
        'holdfast-verify',
        'ec2:CreateVolume',
        ec2('volume/*'),
        'because no permissions boundary allows the ec2:CreateVolume action',
      ),
      /^the role's permissions boundary does not allow ec2:CreateVolume on volume\/\*/,
      /let whoever keeps that policy allow ec2:CreateVolume for the role holdfast-verify/,
    ],
    [
      'the organisation',
      error(
        'holdfast-dump',
        's3:PutObject',
        'arn:aws:s3:::d/db/a',
        'with an explicit deny in a service control policy',
      ),
      /^a service control policy of the account's organisation does not allow s3:PutObject/,
      /allow s3:PutObject/,
    ],
  ])('%s', (_what, { kind, likelyCause, fix }, cause, mend) => {
    expect(kind).toBe('denied');
    expect(likelyCause).toMatch(cause);
    expect(fix).toMatch(mend);
  });

  test('why a job has no identity token reaches the reader as it is, and nothing is tried again', () => {
    const cause = new BackupError({ what: 'no identity token', likelyCause: 'a fork', fix: 'skip forks' });
    expect(toAwsError(cause, 'DescribeInstances', 'ib01')).toMatchObject({
      what: 'no identity token',
      likelyCause: 'a fork',
      fix: 'skip forks',
      kind: 'denied',
    });
  });

  test('a refusal that says nothing has the general advice', () => {
    const cause = Object.assign(new Error('Access Denied'), {
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    expect(toAwsError(cause, 'GetObject', 's3://a/b').likelyCause).toMatch(/lacks this permission/);
  });
});
