/** What the lab's S3 does by lifecycle rules, as S3's pages say, and which rights its copies ask for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LabAwsError } from '../../../lab/services/aws/protocol/service.ts';
import { applyLifecycle } from '../../../lab/services/aws/s3/expiry.ts';
import { S3 } from '../../../lab/services/aws/s3/s3.ts';
import type { BucketSettings, LifecycleRule } from '../../../lab/services/aws/s3/store.ts';

const day = 86_400_000;
let directory: string;
let s3: S3;
let asked: string[];
let denied: readonly string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-s3-'));
  asked = [];
  denied = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function start(rule: Partial<LifecycleRule>, more: Partial<BucketSettings> = {}): void {
  const lifecycle = [{ id: 'x', prefix: 'db/', enabled: true, ...rule }];
  s3 = new S3(directory, [{ name: 'dumps', versioned: true, ...more, lifecycle }]);
}
function ask(method: string, url: string, headers: Readonly<Record<string, string>> = {}, body = '') {
  const { pathname: path, searchParams: query } = new URL(url, 'http://s3');
  const request = { method, url, path, query, headers, body: Buffer.from(body) };
  return s3.route(request).perform({
    authorize: ({ action, resources }) => {
      asked.push(`${action} ${resources.join().replace('arn:aws:s3:::dumps/', '')}`);
      if (denied.includes(action)) throw new LabAwsError('AccessDenied', action, 403);
    },
  });
}
const put = (key: string, body: string, tags = ''): string =>
  String(ask('PUT', `/dumps/${key}`, tags === '' ? {} : { 'x-amz-tagging': tags }, body).headers?.['x-amz-version-id']);
const left = (key: string): string[] =>
  (s3.store.bucket('dumps').objects.get(key) ?? []).map(({ versionId, deleteMarker }) =>
    deleteMarker ? 'marker' : versionId,
  );
const later = (days: number): void => applyLifecycle(s3.store, new Date(Date.now() + days * day));

describe('rules', () => {
  test('delete versions that are old enough and have enough newer ones, never the current one', () => {
    start({ noncurrentDays: 1, newerNoncurrentVersions: 1 });
    const ids = ['a', 'b', 'c', 'd'].map((body) => put('db/x', body));
    const other = put('other/x', 'a');
    put('other/x', 'b');
    later(0);
    expect(left('db/x')).toEqual(ids);
    later(3);
    expect(left('db/x')).toEqual(ids.slice(2));
    later(1000);
    expect(left('db/x')).toEqual(ids.slice(2));
    expect(left('other/x')).toContain(other);
  });

  test('with a tag apply to the versions that have it', () => {
    start({ noncurrentDays: 1, tags: { expire: 'yes' } });
    const [tagged, untagged, current] = [put('db/x', 'a', 'expire=yes'), put('db/x', 'b'), put('db/x', 'c')];
    later(3);
    expect(left('db/x')).toEqual([untagged, current]);
    expect(tagged).not.toBe(untagged);
  });

  test('hide current objects by a marker, and leave locked versions alone', () => {
    const retention = { mode: 'COMPLIANCE', days: 400 } as const;
    start({ expirationDays: 90, noncurrentDays: 1 }, { objectLock: { retention } });
    const md5 = 'kAFQmDzST7DWlj99KOF/cg==';
    const id = String(ask('PUT', '/dumps/db/x', { 'content-md5': md5 }, 'abc').headers?.['x-amz-version-id']);
    later(80);
    expect(left('db/x')).toEqual([id]);
    later(95);
    expect(left('db/x')).toEqual([id, 'marker']);
    later(200);
    expect(left('db/x')).toEqual([id, 'marker']);
    later(500);
    expect(left('db/x')).toEqual(['marker']);
  });
});

describe('a copy', () => {
  const replace = { 'x-amz-metadata-directive': 'REPLACE', 'x-amz-tagging-directive': 'REPLACE' };
  const copy = (source: string, headers: Readonly<Record<string, string>> = {}) =>
    ask('PUT', '/dumps/db/y', { 'x-amz-copy-source': source, ...headers });

  test('asks for the right to read the version that it names, and to write', () => {
    start({});
    const id = put('db/x', 'a', 'k=v');
    asked = [];
    copy(`dumps/db/x?versionId=${id}`, { ...replace, 'x-amz-tagging': 'k=w' });
    expect(asked).toEqual(['s3:PutObject db/y', 's3:GetObjectVersion db/x', 's3:PutObjectTagging db/y']);
    asked = [];
    copy('dumps/db/x');
    expect(asked).toContain('s3:GetObject db/x');
    expect(asked).toContain('s3:GetObjectTagging db/x');
    denied = ['s3:GetObjectVersion'];
    expect(() => copy(`dumps/db/x?versionId=${id}`)).toThrow('s3:GetObjectVersion');
  });

  test('keeps metadata and tags unless they are replaced', () => {
    start({});
    ask('PUT', '/dumps/db/x', { 'x-amz-tagging': 'k=v', 'x-amz-meta-run': '1' }, 'a');
    copy('/dumps/db%2Fx');
    copy('dumps/db/x', { ...replace, 'x-amz-meta-run': '2' });
    const made = s3.store.bucket('dumps').objects.get('db/y') ?? [];
    expect(made.map(({ tags, metadata }) => [tags, metadata])).toEqual([
      [{ k: 'v' }, { run: '1' }],
      [{}, { run: '2' }],
    ]);
  });

  test('of what is not there, or over what is there, is refused', () => {
    start({});
    put('db/x', 'a');
    put('db/y', 'b');
    expect(() => copy('dumps/db/z')).toThrow('The specified key does not exist.');
    expect(() => copy('dumps/db/x?versionId=v99')).toThrow('The specified version does not exist.');
    expect(() => copy('dumps/db/x', { 'if-none-match': '*' })).toThrow('pre-conditions');
    expect(left('db/y')).toHaveLength(1);
  });
});
