/** What a bucket holds, page by page: current objects, and all versions. */
import type { Answer } from '../../http/answer.ts';
import { document } from './answers.ts';
import { authorizeBucket, type BucketCall, bucketOf } from './call.ts';
import type { Bucket, ObjectVersion } from './store.ts';
import { xml } from './xml.ts';

const pageSize = 1000;

function sizeOf(query: URLSearchParams): number {
  return Math.min(Number(query.get('max-keys') ?? pageSize), pageSize);
}

export function listObjects(call: BucketCall): Answer {
  const { query } = call.request;
  const prefix = query.get('prefix') ?? '';
  authorizeBucket(call, 's3:ListBucket', { 's3:prefix': prefix });
  const bucket = bucketOf(call);
  const delimiter = query.get('delimiter') ?? '';
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const entries = entriesOf(bucket, prefix, delimiter).filter(([name]) => name > after);
  const size = sizeOf(query);
  const shown = entries.slice(0, size);
  const more = entries.length > shown.length;
  const contents = shown.map(([name, object]) =>
    object === undefined ? xml('CommonPrefixes', xml('Prefix', name, true)) : objectXml(name, object),
  );
  return document(
    'ListBucketResult',
    xml('Name', call.bucketName) +
      xml('Prefix', prefix, true) +
      xml('KeyCount', String(shown.length)) +
      xml('MaxKeys', String(size)) +
      xml('IsTruncated', String(more)) +
      (query.has('start-after') ? xml('StartAfter', query.get('start-after') ?? '', true) : '') +
      (more ? xml('NextContinuationToken', shown.at(-1)?.[0] ?? '', true) : '') +
      contents.join(''),
  );
}

/**
 * The objects by key, in order. Keys that have the delimiter after the prefix are one entry without an object, named by
 * the key up to that delimiter.
 */
function entriesOf(bucket: Bucket, prefix: string, delimiter: string): [string, ObjectVersion | undefined][] {
  const entries = new Map<string, ObjectVersion | undefined>();
  for (const key of [...bucket.objects.keys()].sort()) {
    const current = bucket.current(key);
    if (!key.startsWith(prefix) || current === undefined) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (end < 0) entries.set(key, current);
    else entries.set(key.slice(0, end + delimiter.length), undefined);
  }
  return [...entries];
}

function objectXml(key: string, { etag, size, at }: ObjectVersion): string {
  return xml(
    'Contents',
    xml('Key', key, true) +
      xml('ETag', etag, true) +
      xml('Size', String(size)) +
      xml('LastModified', at.toISOString()) +
      xml('StorageClass', 'STANDARD'),
  );
}

interface ListedVersion {
  readonly key: string;
  readonly version: ObjectVersion;
  readonly latest: boolean;
}

export function listVersions(call: BucketCall): Answer {
  const { query } = call.request;
  const prefix = query.get('prefix') ?? '';
  authorizeBucket(call, 's3:ListBucketVersions', { 's3:prefix': prefix });
  const left = after(versionsOf(bucketOf(call), prefix), query.get('key-marker'), query.get('version-id-marker'));
  const shown = left.slice(0, sizeOf(query));
  const last = shown.at(-1);
  const more = left.length > shown.length;
  return document(
    'ListVersionsResult',
    xml('Name', call.bucketName) +
      xml('Prefix', prefix, true) +
      xml('KeyMarker', query.get('key-marker') ?? '', true) +
      xml('VersionIdMarker', query.get('version-id-marker') ?? '') +
      xml('MaxKeys', String(sizeOf(query))) +
      xml('IsTruncated', String(more)) +
      (more && last ? xml('NextKeyMarker', last.key, true) + xml('NextVersionIdMarker', last.version.versionId) : '') +
      shown.map(versionXml).join(''),
  );
}

/** By key, the newest version of each first. */
function versionsOf(bucket: Bucket, prefix: string): ListedVersion[] {
  return [...bucket.objects]
    .filter(([key]) => key.startsWith(prefix))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, versions]) =>
      versions.toReversed().map((version, index) => ({ key, version, latest: index === 0 })),
    );
}

function after(all: ListedVersion[], keyMarker: string | null, versionMarker: string | null): ListedVersion[] {
  const start =
    versionMarker === null
      ? all.findIndex(({ key }) => key > (keyMarker ?? ''))
      : all.findIndex(({ key, version }) => key === keyMarker && version.versionId === versionMarker) + 1;
  return start < 0 ? [] : all.slice(start);
}

function versionXml({ key, version, latest }: ListedVersion): string {
  return xml(
    version.deleteMarker ? 'DeleteMarker' : 'Version',
    xml('Key', key, true) +
      xml('VersionId', version.versionId) +
      xml('IsLatest', String(latest)) +
      xml('LastModified', version.at.toISOString()) +
      (version.deleteMarker
        ? ''
        : xml('ETag', version.etag, true) + xml('Size', String(version.size)) + xml('StorageClass', 'STANDARD')),
  );
}
