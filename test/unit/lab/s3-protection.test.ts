/** What the lab's S3 protects, and how, in the words of S3: locks, keys, the bucket's policy, rules, unknown requests. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Authorization } from '../../../lab/services/aws/protocol/service.ts';
import { LabAwsError } from '../../../lab/services/aws/protocol/service.ts';
import { bucketPolicy } from '../../../lab/services/aws/s3/bucket-policy.ts';
import { S3 } from '../../../lab/services/aws/s3/s3.ts';
import type { BucketSettings } from '../../../lab/services/aws/s3/store.ts';

const day = 86_400_000;
const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1';
const locked: BucketSettings = {
  name: 'dumps',
  versioned: true,
  lifecycle: [],
  objectLock: { retention: { mode: 'GOVERNANCE', days: 14 } },
};

let directory: string;
let s3: S3;
let time: number;
let asked: Authorization[];
/** Actions that the caller may not do. */
let denied: readonly string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-s3-'));
  time = Date.parse('2026-11-26T00:00:00Z');
  asked = [];
  denied = [];
  start(locked);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function start(...buckets: readonly BucketSettings[]): void {
  s3 = new S3(directory, buckets);
  s3.store.now = () => new Date(time);
}

interface Request {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answers `METHOD path?query`, with an MD5 of the body unless `unsummed`. */
function ask(what: string, { headers = {}, body = '' }: Request = {}, unsummed = false) {
  const [method = '', url = ''] = what.split(' ');
  const { pathname: path, searchParams: query } = new URL(url, 'http://s3');
  const md5 = createHash('md5').update(body).digest('base64');
  const sums = unsummed || body === '' ? {} : { 'content-md5': md5 };
  const request = { method, url, path, query, headers: { ...sums, ...headers }, body: Buffer.from(body) };
  const answer = s3.route(request).perform({
    authorize: (question) => {
      asked.push(question);
      if (denied.includes(question.action)) throw new LabAwsError('AccessDenied', question.action, 403);
    },
  });
  return { ...answer, headers: answer.headers ?? {} };
}

function refusal(...arguments_: Parameters<typeof ask>): string {
  try {
    const { status } = ask(...arguments_);
    return `answered with ${status}`;
  } catch (error) {
    if (!(error instanceof LabAwsError)) throw error;
    return `${error.status} ${error.code}: ${error.message}`;
  }
}

const put = (more: Request = {}): string =>
  String(ask('PUT /dumps/a', { body: 'one', ...more }).headers['x-amz-version-id']);
const protectedByLock = '403 AccessDenied: Access Denied because object protected by object lock.';

describe('what the lab does not know is refused, and does nothing', () => {
  test('a kind of encryption other than that of S3 itself', () => {
    const headers = { 'x-amz-server-side-encryption': 'aws:kms' };
    expect(refusal('PUT /dumps/a', { body: 'one', headers })).toBe(
      "501 NotImplemented: the lab's S3 does not encrypt by aws:kms",
    );
  });

  test.each([
    'DELETE /dumps/a?tagging',
    'DELETE /dumps/a?uploadId=',
    'PUT /dumps/a?acl',
    'PUT /dumps/a?legal-hold',
    'GET /dumps/a?attributes',
    'GET /dumps/a?partNumber=1',
    'GET /dumps?cors',
    'GET /dumps?list-type=2&metadata',
    'DELETE /dumps?lifecycle',
    'POST /dumps/a?restore',
  ])('%s', (what) => {
    put();
    const before = JSON.stringify([...s3.store.bucket('dumps').objects]);
    expect(refusal(what)).toMatch(/^(501 NotImplemented: the lab's S3 does not know|404 NoSuchUpload)/);
    expect(JSON.stringify([...s3.store.bucket('dumps').objects])).toBe(before);
  });

  test.each(['x-amz-copy-source-if-match', 'x-amz-acl', 'x-amz-object-lock-legal-hold'])('the header %s', (name) => {
    expect(refusal('PUT /dumps/a', { body: 'one', headers: { [name]: 'x' } })).toBe(
      `501 NotImplemented: the lab's S3 does not know the header ${name}`,
    );
  });
});

describe('Object Lock', () => {
  test('a version is deleted only when its days are over; a delete marker hides it at any time', () => {
    const version = put();
    expect(refusal(`DELETE /dumps/a?versionId=${version}`)).toBe(protectedByLock);
    expect(ask('DELETE /dumps/a').headers).toMatchObject({ 'x-amz-delete-marker': 'true' });
    time += 14 * day - 1;
    expect(refusal(`DELETE /dumps/a?versionId=${version}`)).toBe(protectedByLock);
    time += 1;
    expect(ask(`DELETE /dumps/a?versionId=${version}`).status).toBe(204);
  });

  test('in a list each locked version has an error of its own', () => {
    const version = put();
    const body = `<Delete><Object><Key>a</Key><VersionId>${version}</VersionId></Object><Object><Key>b</Key></Object></Delete>`;
    const text = String(ask('POST /dumps?delete', { body }).body);
    expect(text).toContain('<Error><Key>a</Key><Code>AccessDenied</Code>');
    expect(text).toContain('<Deleted><Key>b</Key>');
  });

  test('governance gives way to whoever has the right to bypass it, compliance to nobody', () => {
    const bypass = { headers: { 'x-amz-bypass-governance-retention': 'true' } };
    const version = put();
    denied = ['s3:BypassGovernanceRetention'];
    expect(refusal(`DELETE /dumps/a?versionId=${version}`, bypass)).toMatch(/^403 AccessDenied: s3:Bypass/);
    denied = [];
    expect(ask(`DELETE /dumps/a?versionId=${version}`, bypass).status).toBe(204);
    s3.store.bucket('dumps').change({ objectLock: { retention: { mode: 'COMPLIANCE', days: 1 } } });
    expect(refusal(`DELETE /dumps/a?versionId=${put()}`, bypass)).toBe(protectedByLock);
  });

  test('uploads, in parts too, need a checksum', () => {
    const words = (what: string) =>
      `400 InvalidRequest: Content-MD5 OR x-amz-checksum- HTTP header is required for Put ${what} requests with Object Lock parameters`;
    expect(refusal('PUT /dumps/a', { body: 'one' }, true)).toBe(words('Object'));
    const id = /<UploadId>(.*)<\/UploadId>/.exec(String(ask('POST /dumps/a?uploads').body))?.[1];
    const part = `PUT /dumps/a?partNumber=1&uploadId=${id}`;
    expect(refusal(part, { body: 'one' }, true)).toBe(words('Part'));
    const sha256 = createHash('sha256').update('one').digest('base64');
    const { etag } = ask(part, { body: 'one', headers: { 'x-amz-checksum-sha256': sha256 } }, true).headers;
    time += 3 * day;
    const body = `<C><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag><ChecksumSHA256>${sha256}</ChecksumSHA256></Part></C>`;
    ask(`POST /dumps/a?uploadId=${id}`, { body });
    // From the moment of the version on, not of the upload.
    expect(ask('HEAD /dumps/a').headers).toMatchObject({
      'x-amz-object-lock-mode': 'GOVERNANCE',
      'x-amz-object-lock-retain-until-date': new Date(time + 14 * day).toISOString(),
    });
  });

  test('a lock of its own takes a right of its own, and a bucket with locks', () => {
    const until = new Date(time + 99 * day).toISOString();
    const headers = { 'x-amz-object-lock-mode': 'COMPLIANCE', 'x-amz-object-lock-retain-until-date': until };
    denied = ['s3:PutObjectRetention'];
    expect(refusal('PUT /dumps/a', { body: 'one', headers })).toBe('403 AccessDenied: s3:PutObjectRetention');
    denied = [];
    put({ headers });
    expect(ask('GET /dumps/a?retention').body).toContain(
      `<Mode>COMPLIANCE</Mode><RetainUntilDate>${until}</RetainUntilDate>`,
    );
    s3.store.bucket('dumps').change({ objectLock: undefined });
    expect(refusal('PUT /dumps/a', { body: 'one', headers })).toMatch(/^400 InvalidRequest: Bucket is missing/);
  });

  test('a lock can be made longer; shorter only in governance, with the right to bypass it', () => {
    put();
    const retain = (mode: string, days: number, headers = {}) => {
      const until = new Date(time + days * day).toISOString();
      const body = `<Retention><Mode>${mode}</Mode><RetainUntilDate>${until}</RetainUntilDate></Retention>`;
      return refusal('PUT /dumps/a?retention', { body, headers });
    };
    expect(retain('GOVERNANCE', 20)).toBe('answered with 200');
    expect(retain('GOVERNANCE', 19)).toBe(protectedByLock);
    expect(retain('GOVERNANCE', 19, { 'x-amz-bypass-governance-retention': 'true' })).toBe('answered with 200');
    expect(retain('COMPLIANCE', 21)).toBe('answered with 200');
    expect(retain('GOVERNANCE', 30, { 'x-amz-bypass-governance-retention': 'true' })).toBe(protectedByLock);
    expect(retain('COMPLIANCE', -1)).toMatch(/^400 InvalidArgument/);
  });

  test("the bucket's setting can be read, and a version's lock by whoever may", () => {
    put();
    expect(ask('GET /dumps?object-lock').body).toContain(
      '<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>14</Days>',
    );
    denied = ['s3:GetObjectRetention'];
    expect(ask('HEAD /dumps/a').headers).not.toHaveProperty('x-amz-object-lock-mode');
    start({ ...locked, objectLock: undefined });
    put();
    denied = [];
    expect(refusal('GET /dumps?object-lock')).toMatch(/^404 ObjectLockConfigurationNotFoundError/);
    expect(refusal('GET /dumps/a?retention')).toMatch(/^400 InvalidRequest/);
  });
});

describe('a KMS key', () => {
  beforeEach(() => start({ name: 'dumps', versioned: true, lifecycle: [], keyArn }));
  const uses = (): string[] => asked.filter(({ resources }) => resources[0] === keyArn).map(({ action }) => action);

  test('to write takes GenerateDataKey, to read Decrypt, through S3 and for this bucket', () => {
    const written = ask('PUT /dumps/a', { body: 'one' });
    expect(uses()).toEqual(['kms:GenerateDataKey']);
    expect(ask('GET /dumps/a').headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': keyArn,
    });
    expect(uses()).toEqual(['kms:GenerateDataKey', 'kms:Decrypt']);
    expect(asked.at(-1)?.conditions).toEqual({
      'kms:ViaService': 's3.eu-west-1.amazonaws.com',
      'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::dumps',
    });
    expect(written.headers.etag).not.toContain(createHash('md5').update('one').digest('hex'));
  });

  test.each([
    ['PUT /dumps/a', 'kms:GenerateDataKey'],
    ['POST /dumps/a?uploads', 'kms:GenerateDataKey'],
    ['HEAD /dumps/b', 'kms:Decrypt'],
    ['PUT /dumps/a?partNumber=1&uploadId=upload-3', 'kms:GenerateDataKey'],
    ['PUT /dumps/a?partNumber=1&uploadId=upload-3', 'kms:Decrypt'],
  ])('%s without %s', (what, action) => {
    ask('PUT /dumps/b', { body: 'two' });
    ask('POST /dumps/a?uploads');
    denied = [action];
    expect(refusal(what, { body: what.startsWith('PUT') ? 'one' : '' })).toBe(`403 AccessDenied: ${action}`);
    expect(s3.store.bucket('dumps').objects.has('a')).toBe(false);
  });

  test('an object keeps the encryption that it was written with', () => {
    ask('PUT /dumps/a', { body: 'one' });
    s3.store.bucket('dumps').change({ keyArn: undefined });
    denied = ['kms:Decrypt'];
    expect(refusal('GET /dumps/a')).toBe('403 AccessDenied: kms:Decrypt');
    expect(ask('PUT /dumps/a', { body: 'one' }).headers).toMatchObject({ 'x-amz-server-side-encryption': 'AES256' });
    expect(refusal('GET /dumps/a')).toBe('answered with 200');
  });
});

describe("the bucket's policy", () => {
  const policy = bucketPolicy({
    Statement: {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: ['arn:aws:s3:::dumps', 'arn:aws:s3:::dumps/*'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  });

  test('denies what does not come over TLS, also to those who may do anything', () => {
    start({ name: 'dumps', versioned: true, lifecycle: [], policy });
    const plain = { headers: { 'x-lab-transport': 'plain' } };
    expect(refusal('PUT /dumps/a', { body: 'one', ...plain })).toMatch(
      /^403 AccessDenied: .* s3:PutObject .* explicit deny in a resource-based policy$/,
    );
    expect(refusal('GET /dumps?list-type=2', plain)).toMatch(/explicit deny/);
    expect(refusal('PUT /dumps/a', { body: 'one' })).toBe('answered with 200');
  });

  test('that allows something is not known', () => {
    expect(() => bucketPolicy({ Statement: [{ Effect: 'Allow', Principal: '*' }] })).toThrow('only bucket policies');
  });
});

describe('lifecycle rules', () => {
  const rule = (content: string): string =>
    `<LifecycleConfiguration><Rule><ID>x</ID><Status>Enabled</Status>${content}</Rule></LifecycleConfiguration>`;
  const kept = (days: string, versions: number): string =>
    `<NoncurrentVersionExpiration>${days}<NewerNoncurrentVersions>${versions}</NewerNoncurrentVersions></NoncurrentVersionExpiration>`;
  const one = '<NoncurrentDays>1</NoncurrentDays>';

  test('with a filter are taken and read back', () => {
    const content = `<Filter><Prefix>db/</Prefix></Filter>${kept(one, 45)}`;
    expect(refusal('PUT /dumps?lifecycle', { body: rule(content) })).toBe('answered with 200');
    expect(s3.store.bucket('dumps').settings.lifecycle).toMatchObject([
      { id: 'x', prefix: 'db/', enabled: true, noncurrentDays: 1, newerNoncurrentVersions: 45 },
    ]);
    expect(ask('GET /dumps?lifecycle').body).toContain('<Filter><Prefix>db/</Prefix></Filter>');
  });

  test.each([
    [`<Prefix>db/</Prefix>${kept(one, 45)}`, /^400 InvalidRequest: NewerNoncurrentVersions .* Lifecycle V2/],
    [kept(one, 45), /^400 MalformedXML/],
    [`<Filter><Prefix>db/</Prefix></Filter><Prefix>db/</Prefix>${kept(one, 1)}`, /^400 MalformedXML/],
    [`<Filter/>${kept('', 45)}`, /^400 MalformedXML/],
    [`<Filter/>${kept(one, 101)}`, /^400 InvalidArgument/],
  ])('%s is refused', (content, words) => {
    expect(refusal('PUT /dumps?lifecycle', { body: rule(content) })).toMatch(words);
  });

  test('with and without a filter cannot be mixed', () => {
    const old = rule(
      '<Prefix>a</Prefix><AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload>',
    );
    const body = old.replace(
      '</LifecycleConfiguration>',
      `<Rule><Filter/>${kept(one, 1)}</Rule></LifecycleConfiguration>`,
    );
    expect(refusal('PUT /dumps?lifecycle', { body })).toMatch(/^400 InvalidRequest: Base level prefix cannot be used/);
  });
});
