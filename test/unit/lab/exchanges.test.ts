/** What the lab keeps of its calls for a judge: each kind once, without secrets and without the content of objects. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Exchange, exchangesVariable, keepExchange } from '../../../lab/services/http/exchanges.ts';

type Request = Parameters<typeof keepExchange>[0];
type Answer = Parameters<typeof keepExchange>[2];

let folder = '';
const before = process.env[exchangesVariable];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-exchanges-'));
  process.env[exchangesVariable] = folder;
});
afterEach(() => {
  if (before === undefined) delete process.env[exchangesVariable];
  else process.env[exchangesVariable] = before;
  rmSync(folder, { recursive: true, force: true });
});

const kept = (): Exchange[] =>
  readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Exchange);

const request = (body: string, more: Partial<Request> = {}): Request => ({
  ...{ method: 'POST', url: '/', headers: {} },
  body: Buffer.from(body),
  ...more,
});
const answer = (body: string, status = 200): Answer => ({ status, body });
const ec2 = (name: string) => ({ endpoint: 'ec2', name });

test('exchanges that differ only in ids, numbers and times are kept once', () => {
  const describe = (id: string, found: string): void =>
    keepExchange(request(`Action=DescribeVolumes&VolumeId.1=${id}`), ec2('DescribeVolumes'), answer(found));
  describe('vol-0a1', '<id>vol-0a1</id><size>8</size><at>2026-01-01T00:00:00Z</at>');
  describe('vol-0b2', '<id>vol-0b2</id><size>20</size><at>2026-02-03T01:02:03Z</at>');
  expect(kept()).toHaveLength(1);
});

test.each([
  ['a parameter', 'Action=A&Name=x&DryRun=true', '<a>1</a>', 200],
  ['a word as a value', 'Action=A&Name=y', '<a>1</a>', 200],
  ['a field of the answer', 'Action=A&Name=x', '<a>1</a><b>1</b>', 200],
  ['the status', 'Action=A&Name=x', '<a>1</a>', 400],
])('those that differ in %s are kept both', (_what, asked, found, status) => {
  // A name of its own, since a process remembers what it has kept.
  const operation = ec2(`A${asked}${found}${status}`);
  keepExchange(request('Action=A&Name=x'), operation, answer('<a>1</a>'));
  keepExchange(request(asked), operation, answer(found, status));
  expect(kept()).toHaveLength(2);
});

test('what another lab has kept before stays as it is', async () => {
  keepExchange(request('Action=First'), ec2('First'), answer('<a/>'));
  const [name = ''] = readdirSync(folder);
  writeFileSync(join(folder, name), 'kept before');
  // The module as another process has it, which remembers nothing.
  const again = '../../../lab/services/http/exchanges.ts?again';
  const other = (await import(again)) as { keepExchange: typeof keepExchange };
  other.keepExchange(request('Action=First'), ec2('First'), answer('<a/>'));
  other.keepExchange(request('Action=Next'), ec2('Next'), answer('<a/>'));
  expect(readdirSync(folder)).toHaveLength(2);
  expect(readFileSync(join(folder, name), 'utf8')).toBe('kept before');
});

test('no secret, signature or token is kept', () => {
  const token = 'eyJhbGciOi.J9.c2ln';
  keepExchange(
    request(`Action=AssumeRoleWithWebIdentity&WebIdentityToken=${token}&RoleArn=arn`, {
      url: '/?X-Amz-Signature=feedface&X-Amz-Credential=AKIAEXAMPLE&x=1',
      headers: { authorization: 'AWS4 feedface', 'x-amz-security-token': 'feedface', 'x-amz-date': '20260101T000000Z' },
    }),
    { endpoint: 'sts', name: 'AssumeRoleWithWebIdentity' },
    answer(
      '<SecretAccessKey>hushhush</SecretAccessKey><SessionToken>feedface</SessionToken><Expiration>1</Expiration>',
    ),
  );
  const [one] = kept();
  expect(JSON.stringify(one)).not.toMatch(/eyJ|feedface|hushhush|AKIAEXAMPLE/);
  expect(one?.request.headers).toEqual({ 'x-amz-date': '20260101T000000Z' });
  // A judge may measure what it cannot read.
  expect(one?.request.body).toBe(
    `Action=AssumeRoleWithWebIdentity&WebIdentityToken=${'x'.repeat(token.length)}&RoleArn=arn`,
  );
  expect(one?.answer?.body).toContain('<SecretAccessKey>xxxxxxxx</SecretAccessKey>');
});

test('of the content of objects only the length is kept, and errors whole', () => {
  const s3 = (name: string) => ({ endpoint: 's3', name });
  keepExchange(request('private data', { method: 'PUT', url: '/b/put' }), s3('PutObject'), answer(''));
  keepExchange(request('', { method: 'GET', url: '/b/get' }), s3('GetObject'), answer('private data'));
  keepExchange(request('', { method: 'GET', url: '/b/stream' }), s3('GetObject'), {
    ...{ status: 206, body: Readable.from(['private data']) },
  });
  keepExchange(request('', { method: 'GET', url: '/b/none' }), s3('GetObject'), answer('<Code>NoSuchKey</Code>', 404));
  keepExchange(request('', { method: 'HEAD', url: '/b/head' }), s3('HeadObject'), answer('not sent'));
  const bodies = new Map(kept().map((one) => [one.request.url, [one.request.body, one.answer?.body]]));
  expect(Object.fromEntries(bodies)).toEqual({
    '/b/put': ['(12 bytes)', ''],
    '/b/get': ['', '(12 bytes)'],
    '/b/stream': ['', '(a stream)'],
    '/b/none': ['', '<Code>NoSuchKey</Code>'],
    '/b/head': ['', ''],
  });
});

test('a call without a whole answer is kept as such', () => {
  keepExchange(request('Action=Broken'), ec2('Broken'), undefined);
  const [one] = kept();
  expect(one).toMatchObject({ service: 'ec2', operation: 'Broken', request: { body: 'Action=Broken' } });
  expect(one).not.toHaveProperty('answer');
});

test('what is not AWS’s, and everything without a folder, is not kept', () => {
  keepExchange(request('{}'), { endpoint: 'github', name: 'GET /repos' }, answer('{}'));
  delete process.env[exchangesVariable];
  keepExchange(request('Action=Unkept'), ec2('Unkept'), answer(''));
  expect(readdirSync(folder)).toEqual([]);
});
