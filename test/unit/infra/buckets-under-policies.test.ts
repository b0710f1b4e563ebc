/** What the roles and users of the stack can do in its buckets under a KMS key and Object Lock, asked of the lab's S3. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { decide, type Question } from '../../../lab/services/aws/auth/iam.ts';
import { neededBy, piecesOf, withoutPieces } from '../../../lab/services/aws/auth/pieces.ts';
import { loadStack } from '../../../lab/services/aws/cloudformation/stack.ts';
import { policiesOf } from '../../../lab/services/aws/endpoint/authorization.ts';
import { LabAwsError } from '../../../lab/services/aws/protocol/service.ts';
import { S3 } from '../../../lab/services/aws/s3/s3.ts';

const keyArn = 'arn:aws:kms:us-east-1:123456789012:key/1';
const stack = loadStack(readFileSync('infra/holdfast.yml', 'utf8'), {
  region: 'us-east-1',
  accountId: '123456789012',
  parameters: {
    AllowedSubjects: 'repo:a/b:ref:refs/heads/main',
    PlanSubjects: 'repo:a/b:pull_request',
    ReceiptBucketName: 'receipts',
    DumpBucketName: 'dumps',
    BucketKeyArn: keyArn,
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockDays: '14',
    Users: 'yes',
  },
});
const writers = ['holdfast-backup', 'holdfast-verify', 'holdfast-dump', 'user/holdfast-dumps-rw'];
const everybody = [...stack.roles.map(({ name }) => name), ...(stack.users ?? []).map(({ name }) => `user/${name}`)];

let directory: string;
let s3: S3;
let asked: Question[];
beforeEach(() => {
  asked = [];
  directory = mkdtempSync(join(tmpdir(), 'holdfast-buckets-'));
  s3 = new S3(directory, stack.buckets);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface More {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Pieces of the policies that count as absent. */
  readonly without?: readonly string[];
}

/** Answers `METHOD path?query` to a role, a user, or to the administrator, who may do anything. */
function ask(who: string, what: string, { body = '', headers = {}, without = [] }: More = {}) {
  const [method = '', url = ''] = what.split(' ');
  const { pathname: path, searchParams: query } = new URL(url, 'http://s3');
  const sums: Record<string, string> =
    body === '' ? {} : { 'content-md5': createHash('md5').update(body).digest('base64') };
  const request = { method, url, path, query, headers: { ...sums, ...headers }, body: Buffer.from(body) };
  const policies = withoutPieces(policiesOf(who, stack), without);
  return s3.route(request).perform({
    authorize: ({ action, resources, conditions: keys = {} }) => {
      if (who === 'administrator') return;
      for (const resource of resources) asked.push({ action, resource, keys });
      for (const resource of resources)
        if (!decide(policies, { action, resource, keys }).allowed) throw new LabAwsError('AccessDenied', action, 403);
    },
  });
}

function outcome(...call: Parameters<typeof ask>): string {
  try {
    return String(ask(...call).status);
  } catch (error) {
    if (error instanceof LabAwsError) return error.message;
    throw error;
  }
}

const version = (call: ReturnType<typeof ask>): string => String(call.headers?.['x-amz-version-id']);
const receipt = '/receipts/receipts/x.json';
const dump = '/dumps/db/x.dump';

const bypass = { 'x-amz-bypass-governance-retention': 'true' };
const soon = (): string => new Date(Date.now() + 60_000).toISOString();
const retention = (until: string): string =>
  `<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>${until}</RetainUntilDate></Retention>`;
const everythingGoes = `<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter/><NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration></Rule></LifecycleConfiguration>`;

describe('under a key of their own', () => {
  test.each(writers)('%s writes and reads receipts', (who) => {
    expect(outcome(who, `PUT ${receipt}`, { body: '{}' })).toBe('200');
    expect(outcome(who, `GET ${receipt}`)).toBe('200');
  });

  test.each(['holdfast-dump', 'user/holdfast-dumps-rw'])('%s uploads dumps in parts, and reads them back', (who) => {
    const id = /<UploadId>(.*)<\/UploadId>/.exec(String(ask(who, `POST ${dump}?uploads`).body))?.[1];
    const etag = ask(who, `PUT ${dump}?partNumber=1&uploadId=${id}`, { body: 'dump' }).headers?.etag;
    const body = `<C><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></C>`;
    const done = ask(who, `POST ${dump}?uploadId=${id}`, { body });
    expect(outcome(who, `GET ${dump}?versionId=${version(done)}`)).toBe('200');
  });

  test('holdfast-dumps-ro reads both and writes neither', () => {
    const who = 'user/holdfast-dumps-ro';
    for (const place of [receipt, dump]) {
      const id = version(ask('administrator', `PUT ${place}`, { body: 'x' }));
      expect(outcome(who, `GET ${place}?versionId=${id}`)).toBe('200');
      expect(outcome(who, `PUT ${place}`, { body: 'y' })).toBe('s3:PutObject');
      expect(outcome(who, `DELETE ${place}`)).toBe('s3:DeleteObject');
    }
    expect(outcome(who, 'GET /dumps?list-type=2')).toBe('200');
    expect(outcome(who, 'GET /dumps?versions')).toBe('200');
  });

  test.each(writers)('%s needs each right to the key', (who) => {
    const policy = who === 'user/holdfast-dumps-rw' ? 'holdfast-dumps-rw' : 'holdfast-bucket-key';
    ask('administrator', `PUT ${receipt}`, { body: '{}' });
    const writing = { body: '{}', without: [`${policy}/UseBucketKey kms:GenerateDataKey`] };
    expect(outcome(who, `PUT ${receipt}`, writing)).toBe('kms:GenerateDataKey');
    expect(outcome(who, `GET ${receipt}`, { without: [`${policy}/UseBucketKey kms:Decrypt`] })).toBe('kms:Decrypt');
  });

  test('nobody can use the key other than through S3, in this region', () => {
    for (const who of everybody)
      for (const service of ['ec2.us-east-1.amazonaws.com', 's3.eu-west-1.amazonaws.com', undefined]) {
        const keys: Record<string, string> = service === undefined ? {} : { 'kms:ViaService': service };
        const question = { action: 'kms:Decrypt', resource: keyArn, keys };
        expect(decide(policiesOf(who, stack), question).allowed).toBe(false);
      }
  });
});

describe('what a user may do is what reading, or what dumping, takes', () => {
  /** Grants that no question needed. */
  const unneeded = (who: string): string[] => {
    const policies = policiesOf(who, stack);
    const needed = neededBy(policies, asked);
    return piecesOf(policies)
      .filter(({ kind, name }) => kind === 'grant' && !needed.has(name))
      .map(({ name }) => name);
  };

  test('holdfast-dumps-ro', () => {
    const who = 'user/holdfast-dumps-ro';
    for (const place of [receipt, dump]) {
      const id = version(ask('administrator', `PUT ${place}`, { body: 'x' }));
      for (const what of [place, `${place}?versionId=${id}`]) expect(outcome(who, `GET ${what}`)).toBe('200');
      const [, bucket] = place.split('/');
      for (const list of ['list-type=2', 'versions']) expect(outcome(who, `GET /${bucket}?${list}`)).toBe('200');
    }
    expect(unneeded(who)).toEqual([]);
  });

  test('holdfast-dumps-rw', () => {
    const who = 'user/holdfast-dumps-rw';
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(String(ask(who, `POST ${dump}?uploads`).body))?.[1];
    const id = version(ask(who, `PUT ${dump}`, { body: 'x', headers: { 'x-amz-tagging': 'a=b' } }));
    const tags = { body: '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>' };
    const calls: [what: string, status: string, more?: More][] = [
      [`DELETE ${dump}?uploadId=${uploadId}`, '204'],
      [`PUT ${dump}?tagging`, '200', tags],
      [`PUT ${dump}?tagging&versionId=${id}`, '200', tags],
      ...['versions', 'uploads', 'versioning', 'lifecycle', 'object-lock'].map((one): [string, string] => [
        `GET /dumps?${one}`,
        '200',
      ]),
      [`GET ${dump}?versionId=${id}`, '200'],
      [`PUT ${receipt}`, '200', { body: '{}' }],
      [`GET ${receipt}`, '200'],
      ['GET /receipts?list-type=2', '200'],
      [`DELETE ${receipt}`, '204'],
    ];
    for (const [what, status, more] of calls) expect([what, outcome(who, what, more)]).toEqual([what, status]);
    expect(outcome(who, `DELETE ${dump}?versionId=${id}`)).toMatch(/protected by object lock/);
    expect(unneeded(who)).toEqual([]);
  });
});

describe('under Object Lock', () => {
  test.each(everybody)('%s destroys neither a dump nor a receipt, and no lock', (who) => {
    for (const place of [receipt, dump]) {
      const id = version(ask('administrator', `PUT ${place}`, { body: 'proven' }));
      const [, bucket = '', ...key] = place.split('/');
      const attempts: Parameters<typeof ask>[] = [
        [who, `DELETE ${place}?versionId=${id}`],
        [who, `DELETE ${place}?versionId=${id}`, { headers: { 'x-amz-bypass-governance-retention': 'true' } }],
        [who, `PUT ${place}?retention`, { body: retention(soon()), headers: bypass }],
        [who, `PUT /${bucket}?lifecycle`, { body: everythingGoes }],
        [who, `DELETE /${bucket}`],
        [who, `PUT ${place}`, { body: 'worse' }],
        [who, `DELETE ${place}`],
      ];
      const before = s3.store.bucket(bucket).settings;
      for (const attempt of attempts) outcome(...attempt);
      const kept = s3.store
        .bucket(bucket)
        .objects.get(key.join('/'))
        ?.find(({ versionId }) => versionId === id);
      expect(kept?.retention?.mode).toBe('GOVERNANCE');
      expect(kept?.retention?.until.getTime()).toBeGreaterThan(Date.now() + 13 * 86_400_000);
      expect(String(readFileSync(kept?.pieces[0]?.path ?? ''))).toBe('proven');
      expect(s3.store.bucket(bucket).settings).toBe(before);
    }
  });

  test('an administrator can, with the right to bypass it', () => {
    const id = version(ask('administrator', `PUT ${dump}`, { body: 'x' }));
    expect(outcome('administrator', `DELETE ${dump}?versionId=${id}`)).toMatch(/protected by object lock/);
    expect(outcome('administrator', `DELETE ${dump}?versionId=${id}`, { headers: bypass })).toBe('204');
  });
});
