import type { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { toAwsError } from '../../../src/adapters/aws/errors.ts';
import { S3Objects } from '../../../src/adapters/aws/objects.ts';
import { AwsSession } from '../../../src/adapters/aws/session.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';

const written = new Date('2026-11-21T02:00:00Z');

/** @param answer to a call, by its name; it throws what the SDK would throw */
function objectsAt(now: string, answer: (name: string) => unknown) {
  const sent: string[] = [];
  class ScriptedSession extends AwsSession {
    override get s3(): S3Client {
      const send = async (command: { constructor: { name: string } }): Promise<unknown> => {
        const name = command.constructor.name.replace(/Command$/, '');
        sent.push(name);
        return answer(name) ?? {};
      };
      return { send } as unknown as S3Client;
    }
  }
  const logger = new FakeLogger();
  const limits = { apiTimeoutSeconds: 9, transferTimeoutSeconds: 30 };
  const session = new ScriptedSession({
    region: 'r',
    identity: undefined,
    userAgent: '',
    clock: new FakeClock(now),
    logger,
    ...limits,
  });
  return { objects: new S3Objects(session, { logger }), sent };
}

const lock = (name: string): unknown => {
  if (name === 'HeadObject') return { LastModified: written };
  return name === 'GetObjectLockConfiguration'
    ? { ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 7 } } } }
    : {};
};
const version = { bucket: 'b', key: 'k', versionId: 'v' };

test('what the retention of the bucket still locks is not even tried; the bucket is asked once', async () => {
  const { objects, sent } = objectsAt('2026-11-28T01:59:00Z', lock);
  const until = new Date('2026-11-28T02:00:00Z');
  expect(await objects.delete(version)).toEqual({ kind: 'locked', until });
  expect(await objects.delete(version)).toEqual({ kind: 'locked', until });
  expect(sent).toEqual(['GetObjectLockConfiguration', 'HeadObject', 'HeadObject']);
});

test('once the retention is over it is deleted; without a version an object is only hidden, which a lock allows', async () => {
  const later = objectsAt('2026-11-28T02:00:00Z', lock);
  expect(await later.objects.delete(version)).toEqual({ kind: 'deleted' });
  const hidden = objectsAt('2026-11-22T02:00:00Z', lock);
  expect(await hidden.objects.delete({ bucket: 'b', key: 'k' })).toEqual({ kind: 'deleted' });
  expect(hidden.sent).toEqual(['DeleteObject']);
});

test('a lock that nobody could see shows in the refusal; another refusal stays one', async () => {
  const refused = (message: string) => (name: string) => {
    if (name === 'GetObjectLockConfiguration' || name === 'DeleteObject')
      throw Object.assign(new Error(message), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    return {};
  };
  const locked = objectsAt('2026-11-22T02:00:00Z', refused('Access Denied because object protected by object lock.'));
  expect(await locked.objects.delete(version)).toEqual({ kind: 'locked', until: undefined });
  const denied = objectsAt('2026-11-22T02:00:00Z', refused('Access Denied'));
  await expect(denied.objects.delete(version)).rejects.toMatchObject({ kind: 'denied' });
});

test('a key of the bucket that is disabled is told as such', () => {
  const cause = Object.assign(new Error('arn:aws:kms:us-east-1:1:key/k is disabled.'), {
    name: 'KMS.DisabledException',
    $metadata: { httpStatusCode: 400 },
  });
  const error = toAwsError(cause, 'CreateMultipartUpload', 's3://b/k');
  expect(error.likelyCause).toMatch(/^the KMS key of the bucket is disabled/);
  expect(error.fix).toContain('BucketKeyArn');
});
