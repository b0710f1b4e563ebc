/** S3 as other servers than AWS's speak it, and uploads whose end is lost: what the adapter of objects makes of each. */
import type { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { S3Objects } from '../../../src/adapters/aws/objects.ts';
import { AwsSession } from '../../../src/adapters/aws/session.ts';
import { AwsError } from '../../../src/runtime/errors.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';

interface Sent {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** @param answer to a call; it throws what the SDK would throw */
function objectsOn(answer: (sent: Sent, times: number) => unknown) {
  const sent: Sent[] = [];
  const clock = new FakeClock();
  const logger = new FakeLogger();
  class ScriptedSession extends AwsSession {
    override get s3(): S3Client {
      const send = async (command: { constructor: { name: string }; input: Sent['input'] }): Promise<unknown> => {
        const one = { name: command.constructor.name.replace(/Command$/, ''), input: command.input };
        sent.push(one);
        return answer(one, sent.filter(({ name }) => name === one.name).length) ?? {};
      };
      return { send } as unknown as S3Client;
    }
  }
  const session = new ScriptedSession({
    region: 'r',
    identity: undefined,
    apiTimeoutSeconds: 9,
    transferTimeoutSeconds: 30,
    userAgent: '',
    clock,
    logger,
  });
  const names = () => sent.map(({ name }) => name);
  return { objects: new S3Objects(session, { logger }), sent, names, logger };
}

function refuse(name: string, httpStatusCode: number): never {
  throw Object.assign(new Error('as the server words it'), { name, $metadata: { httpStatusCode } });
}
const errorOf = async (work: Promise<unknown>): Promise<AwsError> => {
  const error = await work.then(
    () => undefined,
    (one: unknown) => one,
  );
  if (error instanceof AwsError) return error;
  throw new Error(`no AwsError: ${error}`);
};

const object = {
  bucket: 'b',
  key: 'db/x.dump',
  contentType: 'application/octet-stream',
  tags: { 'holdfast:verdict': 'unproven' },
  metadata: { 'holdfast-run': 'r#1', 'holdfast-taken-at': '2026-01-01T00:00:00.000Z' },
};

describe('a call that the server does not know', () => {
  test.each([
    ['NotImplemented', 501],
    ['UnknownError', 501],
    ['MethodNotAllowed', 405],
    ['AccessDenied', 403],
  ])('is asked once: %s', async (code, status) => {
    const { objects, names } = objectsOn(() => refuse(code, status));
    const error = await errorOf(objects.lifecycle('b'));
    expect(error.kind).toBe(code === 'AccessDenied' ? 'denied' : 'unsupported');
    expect((await errorOf(objects.versioned('b'))).outcome).toBe('not-done');
    expect(names()).toEqual(['GetBucketLifecycleConfiguration', 'GetBucketVersioning']);
  });

  test('whereas a server that fails inside is asked again', async () => {
    const { objects, names } = objectsOn((_sent, times) =>
      times < 3 ? refuse('InternalError', 500) : { Status: 'Enabled' },
    );
    expect(await objects.versioned('b')).toBe(true);
    expect(names()).toHaveLength(3);
  });

  test('is done without, where it is about tags', async () => {
    const { objects, sent, logger } = objectsOn(({ name, input }) => {
      if (name === 'PutObjectTagging' || input.Tagging !== undefined) refuse('NotImplemented', 501);
      return { UploadId: 'u' };
    });
    expect((await objects.upload(object)).id).toBe('u');
    expect(sent.map(({ input }) => input.Tagging)).toEqual(['holdfast%3Averdict=unproven', undefined]);
    await objects.setTags({ bucket: 'b', key: 'k' }, { a: 'b' });
    expect(logger.lines).toEqual([
      expect.stringContaining('s3://b/k gets no tags: PutObjectTagging for s3://b/k failed'),
    ]);
  });

  test('is done with the current objects, where it is about versions', async () => {
    const { objects } = objectsOn(({ name }) =>
      name === 'ListObjectVersions' ? refuse('NotImplemented', 501) : { Contents: [{ Key: 'k', Size: 3 }] },
    );
    expect(await objects.versions('b', '')).toMatchObject([{ key: 'k', size: 3, versionId: undefined, latest: true }]);
  });
});

describe('a copy to a key', () => {
  const from = { bucket: 'b', key: 'db/shared.dump', versionId: 'v1' };
  const version = { Key: object.key, VersionId: 'v2', IsLatest: true };

  test('that has an object is refused before it is asked for, since some servers write in spite of the condition', async () => {
    const { objects, names } = objectsOn(() => ({ Versions: [version] }));
    const { code, what } = await errorOf(objects.copy(from, object, 3));
    expect([code, what]).toEqual([
      'PreconditionFailed',
      'nothing is copied to s3://b/db/x.dump: an object is there already',
    ]);
    expect(names()).toEqual(['ListObjectVersions']);
  });

  test.each([
    ['nothing is there', () => ({})],
    ['others begin like it', () => ({ Versions: [{ ...version, Key: `${object.key}.old` }] })],
    [
      'it is deleted',
      () => ({ Versions: [{ ...version, IsLatest: false }], DeleteMarkers: [{ ...version, VersionId: 'v3' }] }),
    ],
    ['nobody may look', () => refuse('AccessDenied', 403)],
  ])('is made under the condition where %s', async (_what, look) => {
    const { objects, sent } = objectsOn(({ name }) => (name === 'ListObjectVersions' ? look() : {}));
    await objects.copy(from, object, 3);
    expect(sent.map(({ name, input }) => [name, input.IfNoneMatch])).toEqual([
      ['ListObjectVersions', undefined],
      ['CopyObject', '*'],
    ]);
  });

  test('is not tried where the look fails otherwise', async () => {
    const { objects, names } = objectsOn(() => refuse('BadRequest', 400));
    expect((await errorOf(objects.copy(from, object, 3))).operation).toBe('ListObjectVersions');
    expect(names()).toEqual(['ListObjectVersions']);
  });
});

describe('versions of more than a page', () => {
  const entry = (Key: string, VersionId: string) => ({ Key, VersionId, Size: 1 });
  const pages = [
    { Versions: [entry('a', '2'), entry('a', '1')], DeleteMarkers: [entry('b', '2')] },
    // The entry that ended the page before, again.
    { Versions: [entry('b', '1')], DeleteMarkers: [entry('b', '2')] },
    { Versions: [entry('b', '1'), entry('c', '1')] },
  ];

  test('are each listed once, also by a server that repeats the entry at which a page ends', async () => {
    const { objects, sent } = objectsOn((_sent, times) => ({
      ...pages[times - 1],
      ...(times < 3 ? { IsTruncated: true, NextKeyMarker: 'b', NextVersionIdMarker: `${3 - times}` } : {}),
    }));
    const listed = await objects.versions('bucket', '');
    expect(
      listed.map(({ key, versionId, deleteMarker }) => `${key}${versionId}${deleteMarker ? ' marker' : ''}`),
    ).toEqual(['a2', 'a1', 'b2 marker', 'b1', 'c1']);
    expect(sent.map(({ input }) => [input.KeyMarker, input.VersionIdMarker])).toEqual([
      [undefined, undefined],
      ['b', '2'],
      ['b', '1'],
    ]);
  });
});

describe('an upload that is gone', () => {
  const gone = (head: () => unknown) =>
    objectsOn(({ name }) => {
      if (name === 'CreateMultipartUpload') return { UploadId: 'u' };
      if (name === 'HeadObject') return head();
      if (name === 'UploadPart') return { ETag: 'e' };
      return refuse('NoSuchUpload', 404);
    });
  const complete = async (objects: S3Objects) => {
    const upload = await objects.upload(object);
    await upload.write(Buffer.from('abc'));
    await upload.finish();
    return { upload, error: await errorOf(upload.complete()) };
  };

  test.each([
    ['there is no object', () => refuse('NotFound', 404)],
    ['nobody may see whether there is one', () => refuse('403', 403)],
    ['there is another run’s', () => ({ ContentLength: 3, Metadata: { ...object.metadata, 'holdfast-run': 'r#2' } })],
    [
      'there is this run’s of another time',
      () => ({ ContentLength: 3, Metadata: { ...object.metadata, 'holdfast-taken-at': 'x' } }),
    ],
    ['there is one of another size', () => ({ ContentLength: 4, Metadata: object.metadata })],
  ])('is an error of its own, and nothing is left to abort: %s', async (_what, head) => {
    const { objects, logger } = gone(head);
    const { upload, error } = await complete(objects);
    expect(error).toMatchObject({ code: 'NoSuchUpload', operation: 'CompleteMultipartUpload' });
    expect(error.likelyCause).toContain('aborted while it went on: by the lifecycle rule');
    expect(upload.completed).toBeUndefined();
    await upload.abort();
    await objects.abortUpload('b', 'db/x.dump', 'u');
    expect(logger.lines).toEqual([]);
  });

  test('while parts are sent, says the same', async () => {
    const { objects } = objectsOn(({ name }) =>
      name === 'UploadPart' ? refuse('NoSuchUpload', 404) : { UploadId: 'u' },
    );
    const upload = await objects.upload(object);
    await upload.write(Buffer.from('abc'));
    expect((await errorOf(upload.finish())).likelyCause).toContain('by another run for the same files');
  });

  test('because it was completed, and only the answer was lost, is complete', async () => {
    const { objects } = gone(() => ({ ContentLength: 3, Metadata: object.metadata, VersionId: 'v7' }));
    const upload = await objects.upload(object);
    await upload.write(Buffer.from('abc'));
    await upload.finish();
    expect(await upload.complete()).toEqual({ versionId: 'v7' });
  });

  test('or whose every answer is lost, is complete where the object is ours', async () => {
    const { objects, names } = objectsOn(({ name }) => {
      if (name === 'CompleteMultipartUpload') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      if (name === 'HeadObject') return { ContentLength: 3, Metadata: object.metadata, VersionId: 'v8' };
      return { UploadId: 'u', ETag: 'e' };
    });
    const upload = await objects.upload(object);
    await upload.write(Buffer.from('abc'));
    await upload.finish();
    expect(await upload.complete()).toEqual({ versionId: 'v8' });
    expect(names().filter((name) => name === 'CompleteMultipartUpload')).toHaveLength(6);
  });
});
