/** What is in a bucket, in pages; and how the bucket is set up. */

import type { Answer } from '../../http/answer.ts';
import type { CallContext } from '../protocol/service.ts';
import { LabAwsError } from '../protocol/service.ts';
import { arn, document } from './objects.ts';
import type { S3Request } from './s3.ts';
import type { Store } from './store.ts';
import { xml } from './xml.ts';

const pageSize = 1000;

export function listObjects(store: Store, bucket: string, request: S3Request, context: CallContext): Answer {
  const prefix = request.query.get('prefix') ?? '';
  context.authorize({ action: 's3:ListBucket', resources: [arn(bucket)], conditions: { 's3:prefix': prefix } });
  const delimiter = request.query.get('delimiter') ?? '';
  const after = request.query.get('continuation-token') ?? request.query.get('start-after') ?? '';
  const size = Math.min(Number(request.query.get('max-keys') ?? pageSize), pageSize);
  const place = store.bucket(bucket);
  const keys = [...place.objects.keys()]
    .filter((key) => key.startsWith(prefix) && place.current(key) !== undefined)
    .sort();
  const groupOf = (key: string): string => {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return end < 0 ? key : key.slice(0, end + delimiter.length);
  };
  const entries = [...new Set(keys.map(groupOf))].filter((entry) => entry > after);
  const shown = entries.slice(0, size);
  const more = entries.length > shown.length;
  const contents = shown.map((entry) => {
    const current = place.current(entry);
    if (current === undefined || groupOf(entry) !== entry) return xml('CommonPrefixes', xml('Prefix', entry, true));
    return xml(
      'Contents',
      xml('Key', entry, true) +
        xml('ETag', current.etag, true) +
        xml('Size', String(current.size)) +
        xml('LastModified', current.at.toISOString()) +
        xml('StorageClass', 'STANDARD'),
    );
  });
  return document(
    'ListBucketResult',
    xml('Name', bucket) +
      xml('Prefix', prefix, true) +
      xml('KeyCount', String(shown.length)) +
      xml('MaxKeys', String(size)) +
      xml('IsTruncated', String(more)) +
      (more ? xml('NextContinuationToken', shown.at(-1) ?? '', true) : '') +
      contents.join(''),
  );
}

export function listVersions(store: Store, bucket: string, request: S3Request, context: CallContext): Answer {
  const prefix = request.query.get('prefix') ?? '';
  context.authorize({ action: 's3:ListBucketVersions', resources: [arn(bucket)], conditions: { 's3:prefix': prefix } });
  const keyMarker = request.query.get('key-marker') ?? '';
  const versionMarker = request.query.get('version-id-marker');
  const size = Math.min(Number(request.query.get('max-keys') ?? pageSize), pageSize);
  const all = [...store.bucket(bucket).objects]
    .filter(([key]) => key.startsWith(prefix))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, versions]) =>
      versions.toReversed().map((version, index) => ({ key, version, latest: index === 0 })),
    );
  const begin =
    versionMarker === null
      ? all.findIndex(({ key }) => key > keyMarker)
      : all.findIndex(({ key, version }) => key === keyMarker && version.versionId === versionMarker) + 1;
  const rest = begin < 0 ? [] : all.slice(begin);
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  const more = rest.length > shown.length;
  const items = shown.map(({ key, version, latest }) =>
    xml(
      version.deleteMarker ? 'DeleteMarker' : 'Version',
      xml('Key', key, true) +
        xml('VersionId', version.versionId) +
        xml('IsLatest', String(latest)) +
        xml('LastModified', version.at.toISOString()) +
        (version.deleteMarker ? '' : xml('ETag', version.etag, true) + xml('Size', String(version.size))),
    ),
  );
  return document(
    'ListVersionsResult',
    xml('Name', bucket) +
      xml('IsTruncated', String(more)) +
      (more && last ? xml('NextKeyMarker', last.key, true) + xml('NextVersionIdMarker', last.version.versionId) : '') +
      items.join(''),
  );
}

export function getVersioning(store: Store, bucket: string, context: CallContext): Answer {
  context.authorize({ action: 's3:GetBucketVersioning', resources: [arn(bucket)] });
  return document('VersioningConfiguration', store.bucket(bucket).settings.versioned ? xml('Status', 'Enabled') : '');
}

export function getLifecycle(store: Store, bucket: string, context: CallContext): Answer {
  context.authorize({ action: 's3:GetLifecycleConfiguration', resources: [arn(bucket)] });
  const rules = store.bucket(bucket).settings.lifecycle;
  if (rules.length === 0)
    throw new LabAwsError('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', 404);
  return document(
    'LifecycleConfiguration',
    rules
      .map((rule) => {
        const noncurrent =
          rule.noncurrentDays === undefined
            ? ''
            : xml(
                'NoncurrentVersionExpiration',
                xml('NoncurrentDays', String(rule.noncurrentDays)) +
                  (rule.newerNoncurrentVersions === undefined
                    ? ''
                    : xml('NewerNoncurrentVersions', String(rule.newerNoncurrentVersions))),
              );
        const uploads =
          rule.abortUploadDays === undefined
            ? ''
            : xml('AbortIncompleteMultipartUpload', xml('DaysAfterInitiation', String(rule.abortUploadDays)));
        return xml(
          'Rule',
          xml('ID', rule.id, true) +
            xml('Filter', xml('Prefix', rule.prefix, true)) +
            xml('Status', rule.enabled ? 'Enabled' : 'Disabled') +
            noncurrent +
            uploads,
        );
      })
      .join(''),
  );
}
