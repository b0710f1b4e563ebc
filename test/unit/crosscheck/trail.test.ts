/** The request that is signed by hand, beside what botocore's model says of CloudTrail's LookupEvents. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { judge } from '../../../crosscheck/witnesses/api-models/judge.ts';
import type { Model } from '../../../crosscheck/witnesses/api-models/model.ts';
import { AwsSession } from '../../../src/adapters/aws/session.ts';
import { createTrails } from '../../../src/adapters/aws/trail.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';

/** Of botocore 1.44.8, `cloudtrail/2013-11-01/service-2.json`: what LookupEvents is made of. */
const model: Model = {
  service: 'cloudtrail',
  metadata: {
    protocol: 'json',
    apiVersion: '2013-11-01',
    jsonVersion: '1.1',
    targetPrefix: 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101',
  } as Model['metadata'],
  operations: {
    LookupEvents: {
      name: 'LookupEvents',
      http: { method: 'POST', requestUri: '/' },
      input: { shape: 'LookupEventsRequest' },
      output: { shape: 'LookupEventsResponse' },
      errors: [],
    },
  },
  shapes: {
    LookupEventsRequest: {
      type: 'structure',
      members: {
        LookupAttributes: { shape: 'LookupAttributesList' },
        StartTime: { shape: 'Date' },
        EndTime: { shape: 'Date' },
        MaxResults: { shape: 'MaxResults' },
        NextToken: { shape: 'String' },
      },
    },
    LookupAttributesList: { type: 'list', member: { shape: 'LookupAttribute' } },
    LookupAttribute: {
      type: 'structure',
      required: ['AttributeKey', 'AttributeValue'],
      members: { AttributeKey: { shape: 'LookupAttributeKey' }, AttributeValue: { shape: 'String' } },
    },
    LookupAttributeKey: {
      type: 'string',
      enum: [
        'EventId',
        'EventName',
        'ReadOnly',
        'Username',
        'ResourceType',
        'ResourceName',
        'EventSource',
        'AccessKeyId',
      ],
    },
    LookupEventsResponse: { type: 'structure', members: { NextToken: { shape: 'String' } } },
    MaxResults: { type: 'integer', min: 1, max: 50 },
    Date: { type: 'timestamp' },
    String: { type: 'string' },
  },
};

let sent: { readonly body: string; readonly headers: Readonly<Record<string, string>> };
const environment = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
const before = { ...process.env };

beforeAll(async () => {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      sent = { body, headers: request.headers as Readonly<Record<string, string>> };
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL_CLOUDTRAIL: `http://127.0.0.1:${port}` });
  const session = new AwsSession({
    region: 'us-east-1',
    identity: undefined,
    apiTimeoutSeconds: 5,
    transferTimeoutSeconds: 5,
    userAgent: '',
    clock: new FakeClock(),
    logger: new FakeLogger(),
  });
  const trail = createTrails(() => session).in('us-east-1');
  await trail.events('DeleteSnapshot', new Date('2026-01-01T00:00:00Z'), new Date('2026-02-01T00:00:00Z'), 50);
  server.closeAllConnections();
  server.close();
});
afterAll(() => {
  for (const name of [...Object.keys(environment), 'AWS_ENDPOINT_URL_CLOUDTRAIL'])
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
});

function findingsOf(body: string, headers = sent.headers): readonly string[] {
  const request = { method: 'POST', url: '/', headers, body };
  const answer = { status: 200, headers: {}, body: '{}' };
  const judged = judge(model, { service: 'cloudtrail', operation: 'LookupEvents', request, answer });
  return judged.request.wrong.map(({ path, expected }) => `${path}: ${expected}`);
}

test('what the product looks up is as the model says', () => {
  expect(JSON.parse(sent.body)).toMatchObject({ StartTime: Date.parse('2026-01-01T00:00:00Z') / 1000 });
  expect(findingsOf(sent.body)).toEqual([]);
});

test.each([
  ['a member of another name', 'StartTime', 'From'],
  ['an attribute that there is not', 'EventName', 'Name'],
  ['a time as text', /"StartTime":\d+/, '"StartTime":"2026-01-01"'],
  ['too many events', ':50', ':51'],
])('notices %s', (_what, from, to) => {
  expect(sent.body).toMatch(from);
  expect(findingsOf(sent.body.replace(from, to))).not.toEqual([]);
});

test('notices another operation', () => {
  const target = (sent.headers['x-amz-target'] ?? '').replace('LookupEvents', 'Lookup');
  expect(findingsOf(sent.body, { ...sent.headers, 'x-amz-target': target })).toEqual(['operation: one of the model']);
});
