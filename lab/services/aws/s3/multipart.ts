/** Multipart uploads: nothing of one can be seen before it is completed. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Answer } from '../../http/answer.ts';
import type { CallContext } from '../protocol/service.ts';
import { LabAwsError } from '../protocol/service.ts';
import { arn, checkConditions, document, versionHeader } from './objects.ts';
import { checkSums, payload } from './payload.ts';
import type { S3Request } from './s3.ts';
import {
  abort,
  type Bucket,
  discard,
  metadataOf,
  type ObjectVersion,
  type PendingUpload,
  type Store,
  tagsOf,
} from './store.ts';
import { element, elements, xml } from './xml.ts';

/** Bytes of every part but the last (S3 user guide, multipart upload limits). */
export const smallestPart = 5 * 1024 * 1024;
const pageSize = 1000;

function find(bucket: Bucket, id: string | null, key: string): PendingUpload {
  const upload = bucket.uploads.get(id ?? '');
  if (upload?.key === key) return upload;
  throw new LabAwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
  );
}

export function createUpload(
  store: Store,
  bucket: string,
  key: string,
  request: S3Request,
  context: CallContext,
): Answer {
  context.authorize({ action: 's3:PutObject', resources: [arn(bucket, key)] });
  const tags = tagsOf(request.headers['x-amz-tagging']);
  if (Object.keys(tags).length > 0) context.authorize({ action: 's3:PutObjectTagging', resources: [arn(bucket, key)] });
  const id = store.nextId('upload-');
  store.bucket(bucket).uploads.set(id, {
    id,
    bucket,
    key,
    at: new Date(),
    contentType: String(request.headers['content-type'] ?? 'binary/octet-stream'),
    metadata: metadataOf(request.headers),
    tags,
    algorithm: String(request.headers['x-amz-checksum-algorithm'] ?? '').toLowerCase(),
    parts: new Map(),
  });
  return document('InitiateMultipartUploadResult', xml('Bucket', bucket) + xml('Key', key, true) + xml('UploadId', id));
}

export function uploadPart(
  store: Store,
  bucket: string,
  key: string,
  request: S3Request,
  context: CallContext,
): Answer {
  context.authorize({ action: 's3:PutObject', resources: [arn(bucket, key)] });
  const upload = find(store.bucket(bucket), request.query.get('uploadId'), key);
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw new LabAwsError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  const { data, trailers } = payload(request.headers, request.body);
  const headers = { ...request.headers, ...trailers };
  checkSums(data, headers);
  const sums = Object.keys(headers).filter((name) => /^x-amz-checksum-(crc|sha)/.test(name));
  const other = sums.find((name) => name !== `x-amz-checksum-${upload.algorithm}`);
  if (upload.algorithm !== '' && other !== undefined)
    throw new LabAwsError(
      'InvalidRequest',
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm}, actual checksum Type: ${other.slice('x-amz-checksum-'.length)}`,
    );
  const before = upload.parts.get(number);
  const sha256 = headers['x-amz-checksum-sha256'];
  const piece = { ...store.keep(data), sha256: sha256 === undefined ? undefined : String(sha256) };
  upload.parts.set(number, piece);
  if (before) discard([before]);
  return {
    status: 200,
    headers: { etag: `"${piece.md5.toString('hex')}"`, 'x-amz-checksum-crc32': piece.crc32 },
    body: '',
  };
}

export function completeUpload(
  store: Store,
  bucket: string,
  key: string,
  request: S3Request,
  context: CallContext,
  smallest: number,
): Answer {
  context.authorize({ action: 's3:PutObject', resources: [arn(bucket, key)] });
  const place = store.bucket(bucket);
  const id = request.query.get('uploadId');
  const body = request.body.toString('utf8');
  const named = elements(body, 'Part').map((part) => ({
    number: Number(element(part, 'PartNumber')),
    etag: (element(part, 'ETag') ?? '').replaceAll('"', ''),
    crc32: element(part, 'ChecksumCRC32'),
    sha256: element(part, 'ChecksumSHA256'),
  }));
  const parts = JSON.stringify(named);
  const earlier = place.completed.get(id ?? '');
  if (earlier?.parts === parts) return completed(bucket, key, earlier.version);
  const upload = find(place, id, key);
  checkConditions(place, key, request.headers);
  const pieces = named.map(({ number, etag, crc32: sum, sha256 }, index) => {
    const piece = upload.parts.get(number);
    const wrong =
      piece === undefined ||
      piece.md5.toString('hex') !== etag ||
      (sum !== undefined && sum !== piece.crc32) ||
      sha256 !== piece.sha256;
    if (wrong || piece === undefined)
      throw new LabAwsError('InvalidPart', 'One or more of the specified parts could not be found.');
    if (index > 0 && number <= (named[index - 1]?.number ?? 0))
      throw new LabAwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
    if (index < named.length - 1 && piece.size < smallest)
      throw new LabAwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    return piece;
  });

  if (pieces.length === 0) throw new LabAwsError('MalformedXML', 'The XML you provided was not well-formed');
  const version: ObjectVersion = {
    versionId: place.settings.versioned ? store.nextId('v') : 'null',
    pieces,
    etag: `"${createHash('md5')
      .update(Buffer.concat(pieces.map((piece) => piece.md5)))
      .digest('hex')}-${pieces.length}"`,
    checksum: { value: composite(pieces.map((piece) => piece.crc32)), type: 'COMPOSITE' },
    size: pieces.reduce((sum, piece) => sum + piece.size, 0),
    at: new Date(),
    contentType: upload.contentType,
    metadata: upload.metadata,
    tags: upload.tags,
    deleteMarker: false,
  };
  place.add(key, store.truncate !== undefined && key.endsWith(store.truncate) ? truncated(store, version) : version);
  discard([...upload.parts.values()].filter((piece) => !pieces.includes(piece)));
  place.uploads.delete(upload.id);
  place.completed.set(upload.id, { parts, version });
  return completed(bucket, key, version);
}

/** Half of the bytes, under the names and sums of all of them. */
function truncated(store: Store, version: ObjectVersion): ObjectVersion {
  const all = Buffer.concat(version.pieces.map((piece) => readFileSync(piece.path)));
  const half = store.keep(all.subarray(0, Math.floor(all.length / 2)));
  return { ...version, pieces: [half], size: half.size };
}

/** The checksum of the parts' checksums, with their number behind it. */
function composite(sums: readonly string[]): string {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(Buffer.concat(sums.map((sum) => Buffer.from(sum, 'base64')))));
  return `${value.toString('base64')}-${sums.length}`;
}

function completed(bucket: string, key: string, version: ObjectVersion): Answer {
  const answer = document(
    'CompleteMultipartUploadResult',
    xml('Bucket', bucket) +
      xml('Key', key, true) +
      xml('ETag', version.etag, true) +
      xml('ChecksumCRC32', version.checksum.value),
  );
  return { ...answer, headers: { ...answer.headers, ...versionHeader(version) } };
}

export function abortUpload(
  store: Store,
  bucket: string,
  key: string,
  request: S3Request,
  context: CallContext,
): Answer {
  context.authorize({ action: 's3:AbortMultipartUpload', resources: [arn(bucket, key)] });
  const place = store.bucket(bucket);
  abort(place, find(place, request.query.get('uploadId'), key));
  return { status: 204, headers: {}, body: '' };
}

export function listUploads(store: Store, bucket: string, request: S3Request, context: CallContext): Answer {
  context.authorize({ action: 's3:ListBucketMultipartUploads', resources: [arn(bucket)] });
  const prefix = request.query.get('prefix') ?? '';
  const marker = `${request.query.get('key-marker') ?? ''} ${request.query.get('upload-id-marker') ?? ''}`;
  const size = Math.min(Number(request.query.get('max-uploads') ?? pageSize), pageSize);
  const all = [...store.bucket(bucket).uploads.values()]
    .filter((upload) => upload.key.startsWith(prefix) && `${upload.key} ${upload.id}` > marker)
    .sort((a, b) => (`${a.key} ${a.id}` < `${b.key} ${b.id}` ? -1 : 1));
  const shown = all.slice(0, size);
  const last = shown.at(-1);
  const uploads = shown.map((upload) =>
    xml(
      'Upload',
      xml('Key', upload.key, true) + xml('UploadId', upload.id) + xml('Initiated', upload.at.toISOString()),
    ),
  );
  const next =
    all.length > shown.length && last ? xml('NextKeyMarker', last.key, true) + xml('NextUploadIdMarker', last.id) : '';
  return document(
    'ListMultipartUploadsResult',
    xml('Bucket', bucket) + xml('IsTruncated', String(all.length > shown.length)) + next + uploads.join(''),
  );
}

export function listParts(store: Store, bucket: string, key: string, request: S3Request, context: CallContext): Answer {
  context.authorize({ action: 's3:ListMultipartUploadParts', resources: [arn(bucket, key)] });
  const upload = find(store.bucket(bucket), request.query.get('uploadId'), key);
  const after = Number(request.query.get('part-number-marker') ?? 0);
  const all = [...upload.parts].filter(([number]) => number > after).sort(([a], [b]) => a - b);
  const shown = all.slice(0, pageSize);
  const parts = shown.map(([number, piece]) =>
    xml(
      'Part',
      xml('PartNumber', String(number)) +
        xml('ETag', `"${piece.md5.toString('hex')}"`, true) +
        xml('Size', String(piece.size)) +
        xml('ChecksumCRC32', piece.crc32),
    ),
  );
  const more = all.length > shown.length;
  return document(
    'ListPartsResult',
    xml('IsTruncated', String(more)) +
      (more ? xml('NextPartNumberMarker', String(shown.at(-1)?.[0])) : '') +
      parts.join(''),
  );
}
