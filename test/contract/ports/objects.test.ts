import { S3Objects } from '../../../src/adapters/aws/objects.ts';
import { FakeLogger } from '../../fakes/clock.ts';
import { objectsSuite } from './objects.ts';
import { startServices } from './services.ts';

objectsSuite('S3', async () => {
  const { session, aws, stop } = await startServices();
  const bucket = aws.dumpBucket;
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
    stop,
  };
});
