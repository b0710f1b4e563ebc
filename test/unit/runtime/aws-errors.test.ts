import { expect, test } from '@jest/globals';
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
