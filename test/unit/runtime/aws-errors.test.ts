import { expect, test } from '@jest/globals';
import { fixOfRefusal } from '../../../src/adapters/aws/credentials.ts';
import { toAwsError } from '../../../src/adapters/aws/errors.ts';

test('missing credentials are reported as such and are not transient', () => {
  const cause = Object.assign(new Error('Could not load credentials from any providers'), {
    name: 'CredentialsProviderError',
  });
  const error = toAwsError(cause, 'ListObjectsV2', 's3://receipts');
  expect(error.kind).toBe('other');
  expect(error.likelyCause).toBe('no AWS credentials were found here');
  expect(error.fix).toContain('AWS_ACCESS_KEY_ID');
});

test.each([
  ['holdfast-plan', 'repo:o/r:pull_request', /parameter PlanSubjects of/],
  ['holdfast-plan', 'repo:o/r:ref:refs/heads/main', /parameter PlanSubjects of/],
  [
    'holdfast-rotate',
    'repo:o/r:ref:refs/heads/main',
    /^add "repo:o\/r:ref:refs\/heads\/main" .* parameter AllowedSubjects of/,
  ],
  // Nobody is told to let pull requests change backups.
  ['holdfast-rotate', 'repo:o/r:pull_request', /^use the read-only role holdfast-plan .* parameter PlanSubjects of/],
])('the fix of a refused role names the parameter that this role has: %s for %s', (role, sub, fix) => {
  expect(fixOfRefusal(`arn:aws:iam::123456789012:role/${role}`, sub)).toMatch(fix);
});

test.each([
  ['holdfast-plan', 'the role holdfast-plan reads instances and snapshots, and may do nothing else'],
  ['holdfast-rotate', 'the role lacks this permission, or the resource lacks the tag that its policy asks for'],
])('a refused call says what the role is for: %s', (role, likelyCause) => {
  const message = `User: arn:aws:sts::123456789012:assumed-role/${role}/holdfast-ebs-rotate-1-1 is not authorized to perform: ec2:DescribeVolumes`;
  const cause = Object.assign(new Error(message), {
    name: 'UnauthorizedOperation',
    $metadata: { httpStatusCode: 403 },
  });
  expect(toAwsError(cause, 'DescribeVolumes', 'us-east-1')).toMatchObject({ kind: 'denied', likelyCause });
});
