/** Multipart uploads under way: started, sent part by part, listed, aborted. Their objects do not exist yet. */
import type { Answer } from '../../http/answer.ts';
import { LabAwsError } from '../protocol/service.ts';
import { document, noContent } from './answers.ts';
import { authorizeBucket, authorizeObject, type BucketCall, bucketOf, type ObjectCall } from './call.ts';
import { authorizeKey, encryptionHeaders, etagOf, keyToWrite } from './encryption.ts';
import { askedRetention, requireChecksum } from './object-lock.ts';
import { checkSums, contentTypeOf, metadataOf, payload, tagsOf } from './payload.ts';
import { discard, type PendingUpload, type Piece } from './store.ts';
import { xml } from './xml.ts';

const pageSize = 1000;
const lastPart = 10_000;

/** The upload that the call names. @throws LabAwsError */
export function uploadOf(call: ObjectCall): PendingUpload {
  const upload = bucketOf(call).uploads.get(call.request.query.get('uploadId') ?? '');
  if (upload?.key === call.key) return upload;
  throw new LabAwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
  );
}

export function createUpload(call: ObjectCall): Answer {
  authorizeObject(call, 's3:PutObject');
  const { store, bucketName, key } = call;
  const { headers } = call.request;
  const tags = tagsOf(headers);
  if (Object.keys(tags).length > 0) authorizeObject(call, 's3:PutObjectTagging');
  const retention = askedRetention(call);
  const keyArn = keyToWrite(call, 'kms:GenerateDataKey');
  const id = store.nextId('upload-');
  bucketOf(call).uploads.set(id, {
    id,
    key,
    at: new Date(),
    contentType: contentTypeOf(headers),
    metadata: metadataOf(headers),
    tags,
    algorithm: String(headers['x-amz-checksum-algorithm'] ?? '').toLowerCase(),
    parts: new Map(),
    keyArn,
    retention,
  });
  const answer = document(
    'InitiateMultipartUploadResult',
    xml('Bucket', bucketName) + xml('Key', key, true) + xml('UploadId', id),
  );
  return { ...answer, headers: { ...answer.headers, ...encryptionHeaders({ keyArn }) } };
}

export function uploadPart(call: ObjectCall): Answer {
  authorizeObject(call, 's3:PutObject');
  const { request } = call;
  const upload = uploadOf(call);
  const number = partNumber(call);
  const { data, headers } = payload(request);
  checkSums(data, headers);
  checkAlgorithm(upload, Object.keys(headers));
  requireChecksum(call, headers, 'Part');
  const sha256 = headers['x-amz-checksum-sha256'];
  const piece = keepIn(call, upload, number, data, sha256 === undefined ? undefined : String(sha256));
  return {
    status: 200,
    headers: {
      etag: `"${etagOf(piece, upload.keyArn)}"`,
      ...encryptionHeaders(upload),
      ...(piece.sha256 === undefined
        ? { 'x-amz-checksum-crc32': piece.crc32 }
        : { 'x-amz-checksum-sha256': piece.sha256 }),
    },
    body: '',
  };
}

/** @throws LabAwsError */
function partNumber({ request }: ObjectCall): number {
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > lastPart)
    throw new LabAwsError('InvalidArgument', `Part number must be an integer between 1 and ${lastPart}, inclusive`);
  return number;
}

/** A part that S3 itself has the bytes of. */
export function keepPart(
  call: ObjectCall,
  bytes: () => Buffer,
): { readonly piece: Piece; readonly upload: PendingUpload } {
  const upload = uploadOf(call);
  return { piece: keepIn(call, upload, partNumber(call), bytes(), undefined), upload };
}

function keepIn(
  call: ObjectCall,
  upload: PendingUpload,
  number: number,
  data: Buffer,
  sha256: string | undefined,
): Piece {
  authorizeKey(call, upload.keyArn, 'kms:GenerateDataKey', 'kms:Decrypt');
  const before = upload.parts.get(number);
  const piece = { ...call.store.keep(data), sha256 };
  upload.parts.set(number, piece);
  if (before) discard([before]);
  return piece;
}

/** @throws LabAwsError for a checksum of another kind than the upload was created with */
function checkAlgorithm({ algorithm }: PendingUpload, headers: readonly string[]): void {
  const prefix = 'x-amz-checksum-';
  const other = headers.find((name) => /^x-amz-checksum-(crc|sha)/.test(name) && name !== `${prefix}${algorithm}`);
  if (algorithm !== '' && other !== undefined)
    throw new LabAwsError(
      'InvalidRequest',
      `Checksum Type mismatch occurred, expected checksum Type: ${algorithm}, actual checksum Type: ${other.slice(prefix.length)}`,
    );
}

export function abortUpload(call: ObjectCall): Answer {
  authorizeObject(call, 's3:AbortMultipartUpload');
  const upload = uploadOf(call);
  discard([...upload.parts.values()]);
  bucketOf(call).uploads.delete(upload.id);
  return noContent;
}

export function listUploads(call: BucketCall): Answer {
  authorizeBucket(call, 's3:ListBucketMultipartUploads');
  const { query } = call.request;
  const prefix = query.get('prefix') ?? '';
  const marker = `${query.get('key-marker') ?? ''} ${query.get('upload-id-marker') ?? ''}`;
  const size = Math.min(Number(query.get('max-uploads') ?? pageSize), pageSize);
  const all = [...bucketOf(call).uploads.values()]
    .filter((upload) => upload.key.startsWith(prefix) && `${upload.key} ${upload.id}` > marker)
    .sort((a, b) => (`${a.key} ${a.id}` < `${b.key} ${b.id}` ? -1 : 1));
  const shown = all.slice(0, size);
  const last = shown.at(-1);
  const more = all.length > shown.length;
  const uploads = shown.map((upload) =>
    xml(
      'Upload',
      xml('Key', upload.key, true) +
        xml('UploadId', upload.id) +
        xml('Initiated', upload.at.toISOString()) +
        xml('StorageClass', 'STANDARD'),
    ),
  );
  return document(
    'ListMultipartUploadsResult',
    xml('Bucket', call.bucketName) +
      xml('Prefix', prefix, true) +
      xml('KeyMarker', query.get('key-marker') ?? '', true) +
      xml('UploadIdMarker', query.get('upload-id-marker') ?? '') +
      xml('MaxUploads', String(size)) +
      xml('IsTruncated', String(more)) +
      (more && last ? xml('NextKeyMarker', last.key, true) + xml('NextUploadIdMarker', last.id) : '') +
      uploads.join(''),
  );
}

export function listParts(call: ObjectCall): Answer {
  authorizeObject(call, 's3:ListMultipartUploadParts');
  const after = Number(call.request.query.get('part-number-marker') ?? 0);
  const upload = uploadOf(call);
  const all = [...upload.parts].filter(([number]) => number > after).sort(([a], [b]) => a - b);
  const size = Math.min(Number(call.request.query.get('max-parts') ?? pageSize), pageSize);
  const shown = all.slice(0, size);
  const more = all.length > shown.length;
  const parts = shown.map(([number, piece]) =>
    xml(
      'Part',
      xml('PartNumber', String(number)) +
        xml('ETag', `"${etagOf(piece, upload.keyArn)}"`, true) +
        xml('Size', String(piece.size)) +
        (piece.sha256 === undefined ? xml('ChecksumCRC32', piece.crc32) : xml('ChecksumSHA256', piece.sha256)),
    ),
  );
  return document(
    'ListPartsResult',
    xml('Bucket', call.bucketName) +
      xml('Key', call.key, true) +
      xml('UploadId', upload.id) +
      xml('PartNumberMarker', String(after)) +
      xml('MaxParts', String(size)) +
      xml('StorageClass', 'STANDARD') +
      xml('IsTruncated', String(more)) +
      (more ? xml('NextPartNumberMarker', String(shown.at(-1)?.[0])) : '') +
      parts.join(''),
  );
}
