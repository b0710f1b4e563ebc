/** The request that is signed by hand, beside what botocore's model says of SNS's Publish. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { judge } from '../../../crosscheck/witnesses/api-models/judge.ts';
import type { Model } from '../../../crosscheck/witnesses/api-models/model.ts';
import type { Exchange } from '../../../lab/services/http/exchanges.ts';
import { SnsNotices } from '../../../src/adapters/aws/notices.ts';
import { AwsSession } from '../../../src/adapters/aws/session.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';

/** Of botocore 1.44.8, `sns/2010-03-31/service-2.json`: what Publish is made of, without what Holdfast never sends. */
const model: Model = {
  service: 'sns',
  metadata: { protocol: 'query', apiVersion: '2010-03-31', xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/' },
  operations: {
    Publish: {
      name: 'Publish',
      http: { method: 'POST', requestUri: '/' },
      input: { shape: 'PublishInput' },
      output: { shape: 'PublishResponse', resultWrapper: 'PublishResult' },
      errors: [{ shape: 'AuthorizationErrorException' }, { shape: 'NotFoundException' }],
    },
  },
  shapes: {
    PublishInput: {
      type: 'structure',
      required: ['Message'],
      members: {
        TopicArn: { shape: 'String' },
        TargetArn: { shape: 'String' },
        Message: { shape: 'String' },
        Subject: { shape: 'String' },
        MessageStructure: { shape: 'String' },
      },
    },
    PublishResponse: { type: 'structure', members: { MessageId: { shape: 'String' } } },
    AuthorizationErrorException: { type: 'structure', error: { code: 'AuthorizationError', httpStatusCode: 403 } },
    NotFoundException: { type: 'structure', error: { code: 'NotFound', httpStatusCode: 404 } },
    String: { type: 'string' },
  },
};

const topic = 'arn:aws:sns:us-east-1:123456789012:holdfast-watchdog';
const published =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></PublishResponse>';

/** What the product sent. */
let sent = '';
const environment = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
const before = { ...process.env };

beforeAll(async () => {
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (piece: string) => {
      sent += piece;
    });
    request.on('end', () => response.end(published));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL_SNS: `http://127.0.0.1:${port}` });
  const session = new AwsSession({
    region: 'us-east-1',
    identity: undefined,
    apiTimeoutSeconds: 5,
    transferTimeoutSeconds: 5,
    userAgent: '',
    clock: new FakeClock(),
    logger: new FakeLogger(),
  });
  await new SnsNotices(session, topic).send('orders: no backup', 'None since 3 May.');
  server.closeAllConnections();
  server.close();
});
afterAll(() => {
  for (const name of [...Object.keys(environment), 'AWS_ENDPOINT_URL_SNS'])
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
});

function findingsOf(body: string, answer: Exchange['answer'] = { status: 200, headers: {}, body: published }) {
  const request = { method: 'POST', url: '/', headers: {}, body };
  const judged = judge(model, { service: 'sns', operation: 'Publish', request, answer });
  return [...judged.request.wrong, ...judged.answer.wrong].map(({ path, expected }) => `${path}: ${expected}`);
}

test('what the product publishes is as the model says', () => {
  expect(new URLSearchParams(sent).get('TopicArn')).toBe(topic);
  expect(findingsOf(sent)).toEqual([]);
});

test.each([
  ['a field of another name', 'Subject=', 'Title=', ['Title: no such member in the model']],
  ['no message', '&Message=', '&Text=', ['Text: no such member in the model', 'Message: required']],
  ['another version', '2010-03-31', '2012-11-05', ['Version: 2010-03-31']],
  ['another operation', 'Action=Publish', 'Action=Send', ['operation: one of the model']],
])('notices in the request %s', (_what, from, to, findings) => {
  expect(sent).toContain(from);
  expect(findingsOf(sent.replace(from, to))).toEqual(expect.arrayContaining(findings));
});

test('notices an answer without its wrapper, and a code that SNS does not have', () => {
  expect(
    findingsOf(sent, { status: 200, headers: {}, body: published.replaceAll('PublishResult>', 'Result>') }),
  ).toEqual(['PublishResult: required', 'Result: no such element in the model']);
  const refused = (code: string, status: number) =>
    findingsOf(sent, {
      ...{ status, headers: {} },
      body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
    });
  expect([...refused('NotFound', 404), ...refused('AuthorizationError', 403)]).toEqual([]);
  expect(refused('Throttled', 429)).toEqual(['error: a declared or documented code']);
});
