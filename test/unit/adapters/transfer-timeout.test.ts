/** Two time limits, against a server that takes its time. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { S3Objects } from '../../../src/adapters/aws/objects.ts';
import { AwsSession } from '../../../src/adapters/aws/session.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { FakeLogger } from '../../fakes/clock.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** @param answer to one request, by operation and by how often it was asked before */
async function bucketThat(
  answer: (operation: string, times: number, response: ServerResponse, range: string | undefined) => void,
  limits: { apiTimeoutSeconds: number; transferTimeoutSeconds: number },
) {
  const asked: string[] = [];
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      const url = new URL(request.url ?? '', 'http://bucket');
      const operation = `${request.method} ${[...url.searchParams.keys()].filter((key) => key !== 'x-id').join(' ')}`;
      asked.push(operation);
      answer(operation, asked.filter((one) => one === operation).length, response, request.headers.range);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_ACCESS_KEY_ID = 'key';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  const logger = new FakeLogger();
  const session = new AwsSession({
    region: 'us-east-1',
    identity: undefined,
    userAgent: 'test',
    clock: systemClock,
    logger,
    ...limits,
  });
  return { objects: new S3Objects(session, { logger }), asked, logger };
}

const object = { bucket: 'bucket', key: 'k', contentType: 'text/plain', tags: {}, metadata: {} };

test('a completion may take longer than other calls', async () => {
  const { objects, asked } = await bucketThat(
    (operation, _times, response) => {
      if (operation === 'POST uploads') response.end('<R><UploadId>u</UploadId></R>');
      else if (operation === 'POST uploadId')
        setTimeout(
          () => response.end('<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>'),
          1500,
        );
      else response.setHeader('etag', '"e"').end();
    },
    { apiTimeoutSeconds: 1, transferTimeoutSeconds: 60 },
  );
  const upload = await objects.upload(object);
  await upload.write(Buffer.from('x'));
  await upload.finish();
  await upload.complete();
  // On a busy computer other calls may take longer than their limit, and are repeated.
  expect(asked.filter((one) => one === 'POST uploadId')).toHaveLength(1);
});

test('a download whose bytes stop arriving is resumed after the limit of transfers', async () => {
  const { objects, logger } = await bucketThat(
    (_operation, _times, response, range) => {
      response.setHeader('etag', '"e"');
      if (range === undefined) response.setHeader('content-length', '4').write('ab');
      else response.writeHead(206, { 'content-length': '2' }).end('cd');
    },
    // Enough for the two bytes on a busy computer.
    { apiTimeoutSeconds: 30, transferTimeoutSeconds: 4 },
  );
  expect(await objects.text({ bucket: 'bucket', key: 'k' })).toBe('abcd');
  expect(logger.lines.join('\n')).toMatch(/broke off after 2 bytes/);
});

test.each([
  ['an error in an answer that began as a success', 200, '<Error><Code>InternalError</Code></Error>'],
  ['a completion that is still in progress', 409, '<Error><Code>OperationAborted</Code></Error>'],
])('%s: the completion is repeated, until the upload is gone and the object is ours', async (_what, status, body) => {
  const { objects, asked } = await bucketThat(
    (operation, times, response) => {
      if (operation === 'POST uploads') response.end('<R><UploadId>u</UploadId></R>');
      else if (operation === 'POST uploadId' && times === 1) response.writeHead(status).end(`\n\n${body}`);
      else if (operation === 'POST uploadId') response.writeHead(404).end('<Error><Code>NoSuchUpload</Code></Error>');
      else if (operation === 'HEAD ')
        response
          .writeHead(200, { 'content-length': '1', 'x-amz-meta-holdfast-run': 'r#1', 'x-amz-version-id': 'v7' })
          .end();
      else response.setHeader('etag', '"e"').end();
    },
    { apiTimeoutSeconds: 30, transferTimeoutSeconds: 60 },
  );
  const upload = await objects.upload({ ...object, metadata: { 'holdfast-run': 'r#1' } });
  await upload.write(Buffer.from('x'));
  await upload.finish();
  expect(await upload.complete()).toEqual({ versionId: 'v7' });
  expect(asked.filter((one) => one === 'POST uploadId')).toHaveLength(2);
});
