/** Every kind of fault against every endpoint of the lab: what is done, what the client sees, what the log says. */
import { once } from 'node:events';
import { request as open } from 'node:http';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient, ListOpenIDConnectProvidersCommand } from '@aws-sdk/client-iam';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EndpointName } from '../../../lab/services/http/call-log.ts';
import type { FaultEffect } from '../../../lab/services/http/faults.ts';
import { type DatadogLab, startDatadog } from '../../../lab/services/notify/datadog.ts';
import { type SlackLab, startSlack } from '../../../lab/services/notify/slack.ts';
import { signedHeaders } from '../../../src/adapters/aws/signature.ts';
import { type AwsUnderTest, bucket as Bucket, startAwsUnderTest } from './support-aws.ts';
import { identity } from './support-github.ts';

const topicArn = 'arn:aws:sns:us-east-1:123456789012:watch';

let lab: AwsUnderTest;
let datadog: DatadogLab;
let slack: SlackLab;
let kills: number;
const clients: { destroy(): void }[] = [];
beforeEach(async () => {
  lab = await startAwsUnderTest();
  datadog = await startDatadog({ log: lab.log, faults: lab.faults, apiKey: 'key' });
  slack = await startSlack({ log: lab.log, faults: lab.faults });
  kills = 0;
  lab.faults.kill = () => {
    kills += 1;
  };
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all([lab.stop(), datadog.stop(), slack.stop()]);
});

/** A call, and how often what it asks for was done; undefined for a call that only reads. */
interface Call {
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  /** @returns the status; rejects when the connection breaks or the signal comes first */
  send(signal: AbortSignal): Promise<number>;
  done?(): number;
}

const calls: Readonly<Record<EndpointName, () => Promise<Call>>> = {
  ec2: async () => {
    const client = kept(new EC2Client(lab.administrator));
    return {
      operation: 'DescribeVolumes',
      method: 'POST',
      send: (abortSignal) => statusOf(client.send(new DescribeVolumesCommand({}), { abortSignal })),
      done: () => lab.effects(),
    };
  },
  ssm: async () => {
    const client = kept(new SSMClient(lab.administrator));
    return {
      operation: 'DescribeInstanceInformation',
      method: 'POST',
      send: (abortSignal) => statusOf(client.send(new DescribeInstanceInformationCommand({}), { abortSignal })),
    };
  },
  sts: async () => {
    const client = kept(new STSClient(lab.administrator));
    return {
      operation: 'GetCallerIdentity',
      method: 'POST',
      send: (abortSignal) => statusOf(client.send(new GetCallerIdentityCommand({}), { abortSignal })),
    };
  },
  s3: async () => {
    const client = kept(new S3Client(lab.administrator));
    await client.send(new PutObjectCommand({ Bucket, Key: 'receipts/x', Body: 'x'.repeat(1_000_000) }));
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'receipts/x' }));
    return { operation: 'GetObject', method: 'GET', send: (signal) => http(url, signal) };
  },
  cloudformation: async () => {
    const client = kept(new CloudFormationClient(lab.administrator));
    return {
      operation: 'DescribeStacks',
      method: 'POST',
      send: (abortSignal) => statusOf(client.send(new DescribeStacksCommand({}), { abortSignal })),
    };
  },
  iam: async () => {
    const client = kept(new IAMClient(lab.administrator));
    return {
      operation: 'ListOpenIDConnectProviders',
      method: 'POST',
      send: (abortSignal) => statusOf(client.send(new ListOpenIDConnectProvidersCommand({}), { abortSignal })),
    };
  },
  // The product's own request: there is no client of SNS here.
  sns: async () => {
    const { region, credentials, endpoint } = lab.administrator;
    const url = new URL(endpoint);
    lab.topics.arns.add(topicArn);
    const body = `Action=Publish&Version=2010-03-31&TopicArn=${topicArn}&Subject=bad&Message=bad`;
    const send = (signal: AbortSignal) => {
      const headers = signedHeaders({ url, body, region, service: 'sns', credentials, now: new Date() });
      return http(String(url), signal, { body, headers });
    };
    return { operation: 'Publish', method: 'POST', send, done: () => lab.topics.messages.length };
  },
  cloudtrail: async () => {
    const { region, credentials, endpoint } = lab.administrator;
    const url = new URL(endpoint);
    const body = '{"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"DeleteSnapshot"}]}';
    const target = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents';
    const contentType = 'application/x-amz-json-1.1';
    const send = (signal: AbortSignal) => {
      const signed = { url, body, region, service: 'cloudtrail', credentials, now: new Date(), target, contentType };
      return http(String(url), signal, { body, headers: signedHeaders(signed) });
    };
    return { operation: 'LookupEvents', method: 'POST', send };
  },
  github: async () => {
    const { token } = lab.github.state.issueTokens(identity({ issues: 'write' }));
    return {
      operation: 'CreateIssue',
      method: 'POST',
      send: (signal) =>
        http(`${lab.github.apiUrl}/repos/acme/backups/issues`, signal, {
          body: '{"title":"bad"}',
          headers: { authorization: `bearer ${token}` },
        }),
      done: () => lab.github.state.issues.length,
    };
  },
  oidc: async () => {
    const { oidcToken } = lab.github.state.issueTokens(identity({ 'id-token': 'write' }));
    return {
      operation: 'GetIdToken',
      method: 'GET',
      send: (signal) => http(lab.github.oidcUrl, signal, { headers: { authorization: `bearer ${oidcToken}` } }),
    };
  },
  datadog: async () => {
    const series = [{ metric: 'm', points: [{ timestamp: Math.floor(Date.now() / 1000), value: 1 }] }];
    return {
      operation: 'SubmitMetrics',
      method: 'POST',
      send: (signal) =>
        http(`${datadog.url}/api/v2/series`, signal, {
          body: JSON.stringify({ series }),
          headers: { 'dd-api-key': 'key' },
        }),
      done: () => datadog.series.length,
    };
  },
  slack: async () => ({
    operation: 'PostMessage',
    method: 'POST',
    send: (signal) => http(slack.webhookUrl, signal, { body: '{"text":"hi"}' }),
    done: () => slack.messages.length,
  }),
};

function kept<T extends { destroy(): void }>(client: T): T {
  clients.push(client);
  return client;
}

interface SdkAnswer {
  readonly $metadata: { readonly httpStatusCode?: number };
}

/** The status of an answer or of a refusal. */
async function statusOf(sent: Promise<SdkAnswer>): Promise<number> {
  const answer = await sent.catch((error: Partial<SdkAnswer>) => {
    // An error without a status is no answer of the service.
    if (error.$metadata?.httpStatusCode === undefined) throw error;
    return error as SdkAnswer;
  });
  return answer.$metadata.httpStatusCode ?? 0;
}

/** Reads the whole answer of a plain HTTP call. Node's client, unlike fetch, never sends a call again by itself. */
async function http(
  url: string,
  signal: AbortSignal,
  { body, headers = {} }: { body?: string; headers?: Record<string, string> } = {},
): Promise<number> {
  const call = open(url, { method: body === undefined ? 'GET' : 'POST', headers, signal, agent: false });
  call.end(body);
  const [answer] = await once(call, 'response');
  for await (const _chunk of answer);
  return answer.statusCode;
}

interface Expected {
  readonly effect: FaultEffect;
  /** What the client sees: an answer, a broken connection, or nothing until it leaves. */
  readonly seen: 'refusal' | 'broken' | 'silence';
  readonly done: boolean;
  readonly kills: 0 | 1;
  /** What the call log says instead of a status. */
  readonly error?: RegExp;
}

const refusal = { kind: 'refuse', status: 503, code: 'ServiceUnavailable', message: 'ServiceUnavailable' } as const;

const kinds: Readonly<Record<FaultEffect['kind'], Expected>> = {
  throttle: { effect: { kind: 'throttle' }, seen: 'refusal', done: false, kills: 0 },
  refuse: { effect: refusal, seen: 'refusal', done: false, kills: 0 },
  'hang-before': {
    effect: { kind: 'hang-before' },
    seen: 'silence',
    done: false,
    kills: 0,
    error: /^never answered$/,
  },
  'lose-answer': { effect: { kind: 'lose-answer' }, seen: 'broken', done: true, kills: 0, error: /^answer lost$/ },
  'cut-body': {
    effect: { kind: 'cut-body' },
    seen: 'broken',
    done: false,
    kills: 0,
    error: /^connection broke during the (request|answer)$/,
  },
  'kill-before': { effect: { kind: 'kill-before' }, seen: 'broken', done: false, kills: 1, error: /^runner killed/ },
  'kill-after': { effect: { kind: 'kill-after' }, seen: 'broken', done: true, kills: 1, error: /^runner killed/ },
};

const endpoints = Object.keys(calls) as EndpointName[];
const pairs = endpoints.flatMap((endpoint) =>
  (Object.keys(kinds) as FaultEffect['kind'][]).map((kind) => [endpoint, kind] as const),
);

describe('a call that a fault rule hits', () => {
  test.each(pairs)('%s: %s', async (endpoint, kind) => {
    const call = await calls[endpoint]();
    const { effect, seen, done, kills: expectedKills, error } = kinds[kind];
    lab.faults.add({ name: 'rule', endpoint, operation: call.operation, effect });
    const client = AbortSignal.timeout(seen === 'silence' ? 1000 : 10_000);
    const outcome = await call.send(client).then(
      (status) => (status >= 400 ? 'refusal' : `status ${status}`),
      () => (client.aborted ? 'silence' : 'broken'),
    );
    expect(outcome).toBe(seen);
    if (call.done) expect(call.done()).toBe(done ? 1 : 0);
    expect(kills).toBe(expectedKills);
    const record = lab.log.records.at(-1);
    expect(record).toMatchObject({ endpoint, operation: call.operation, fault: 'rule' });
    if (error) expect(record).toMatchObject({ status: 0, error: expect.stringMatching(error) });
    else expect(record?.status).toBeGreaterThanOrEqual(400);
    if (kind === 'refuse') expect(record).toMatchObject({ status: 503, error: 'ServiceUnavailable' });
    // The rule is used up: the same call works again.
    expect(await call.send(AbortSignal.timeout(10_000))).toBeLessThan(300);
    if (call.done) expect(call.done()).toBe(done ? 2 : 1);
  });

  test.each(['s3', 'oidc'] as const)('%s: cut-body breaks a GET in the middle of the answer', async (endpoint) => {
    const call = await calls[endpoint]();
    expect(call.method).toBe('GET');
    lab.faults.add({ name: 'cut', endpoint, operation: call.operation, effect: { kind: 'cut-body' } });
    await expect(call.send(AbortSignal.timeout(10_000))).rejects.toThrow('aborted');
    expect(lab.log.records.at(-1)?.error).toBe('connection broke during the answer');
  });
});

test('a failure inside the lab breaks the connection, and is printed and logged', async () => {
  const printed: string[] = [];
  const error = console.error;
  console.error = (...words: unknown[]) => void printed.push(words.join(' '));
  lab.faults.add({
    name: 'broken rule',
    endpoint: 'slack',
    operation: 'PostMessage',
    when: () => {
      throw new Error('no such parameter');
    },
    effect: { kind: 'throttle' },
  });
  const call = await calls.slack();
  await expect(call.send(AbortSignal.timeout(10_000)))
    .rejects.toThrow('socket hang up')
    .finally(() => {
      console.error = error;
    });
  expect(printed).toEqual(['lab: slack:PostMessage failed inside the lab: Error: no such parameter']);
  expect(lab.log.records.at(-1)).toMatchObject({
    endpoint: 'slack',
    status: 0,
    error: 'failed inside the lab: Error: no such parameter',
  });
});
