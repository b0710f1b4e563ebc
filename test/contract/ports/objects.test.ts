import { S3Objects } from '../../../src/adapters/aws/objects.ts';
import { FakeLogger } from '../../fakes/clock.ts';
import { type ObjectsWorld, objectsSuite } from './objects.ts';
import { startServices } from './services.ts';

/** @param keyArn encrypts the bucket */
async function start(keyArn?: string): Promise<ObjectsWorld> {
  const { session, aws, stop } = await startServices();
  const bucket = aws.dumpBucket;
  Object.assign(aws.s3.bucket(bucket).settings, { keyArn });
  return {
    objects: new S3Objects(session, { logger: new FakeLogger() }),
    bucket,
    // As the script dump-upload does.
    sendPart: async ({ url, signature }, { number, sha256 }, body) => {
      const answer = await fetch(`${url}&partNumber=${number}&X-Amz-Signature=${signature}`, {
        method: 'PUT',
        headers: { 'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64') },
        body: new Uint8Array(body),
      });
      await answer.arrayBuffer();
      return { status: answer.status, etag: (answer.headers.get('etag') ?? '').replaceAll('"', '') };
    },
    configure: ({ versioned, rules }) =>
      void Object.assign(aws.s3.bucket(bucket).settings, { versioned, lifecycle: rules }),
    lock: (days) =>
      void Object.assign(aws.s3.bucket(bucket).settings, { objectLock: { retention: { mode: 'COMPLIANCE', days } } }),
    stop,
  };
}

objectsSuite('S3', () => start());
objectsSuite('S3 with a KMS key of the bucket', () =>
  start('arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555'),
);
