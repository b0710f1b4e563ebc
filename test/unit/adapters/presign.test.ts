import { expect, test } from '@jest/globals';
import { presignParts } from '../../../src/adapters/aws/presign.ts';
import { AwsSession } from '../../../src/adapters/aws/session.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';

test.each([
  ['us-east-1', 'dumps.s3.us-east-1.amazonaws.com'],
  ['cn-north-1', 'dumps.s3.cn-north-1.amazonaws.com.cn'],
  ['eusc-de-east-1', 'dumps.s3.eusc-de-east-1.amazonaws.eu'],
])(
  'URLs of parts in %s are those of its partition, and signed with version 4, as a KMS key demands',
  async (region, host) => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' });
    delete process.env.AWS_ENDPOINT_URL_S3;
    delete process.env.AWS_ENDPOINT_URL;
    const session = new AwsSession({
      region,
      identity: undefined,
      apiTimeoutSeconds: 1,
      transferTimeoutSeconds: 1,
      userAgent: '',
      clock: new FakeClock(),
      logger: new FakeLogger(),
    });
    const upload = { bucket: 'dumps', key: 'db/shop.dump', uploadId: 'u' };
    const { url, signatures } = await presignParts(session, upload, [{ number: 1, sha256: 'ab'.repeat(32) }]);
    const parsed = new URL(url);
    expect([parsed.host, parsed.searchParams.get('X-Amz-Algorithm')]).toEqual([host, 'AWS4-HMAC-SHA256']);
    expect(parsed.searchParams.get('X-Amz-SignedHeaders')).toContain('x-amz-checksum-sha256');
    expect(signatures[0]).toMatch(/^[0-9a-f]{64}$/);
  },
);
