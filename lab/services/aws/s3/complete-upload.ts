/** CompleteMultipartUpload: makes an object of the parts. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Answer } from '../../http/answer.ts';
import { LabAwsError } from '../protocol/service.ts';
import { document, versionHeader } from './answers.ts';
import { authorizeObject, bucketOf, type ObjectCall } from './call.ts';
import { authorizeKey, encryptionHeaders, etagOf } from './encryption.ts';
import { defaultRetention } from './object-lock.ts';
import { crcOf } from './payload.ts';
import {
  type Checksum,
  discard,
  type ObjectVersion,
  type PendingUpload,
  type Piece,
  type Retention,
  type Store,
} from './store.ts';
import { uploadOf } from './uploads.ts';
import { checkWriteConditions } from './versions.ts';
import { element, elements, xml } from './xml.ts';

/** Least bytes of every part but the last (S3 user guide, multipart upload limits). */
const smallestPart = 5 * 1024 * 1024;

/** A part as the request names it. */
interface NamedPart {
  readonly number: number;
  readonly etag: string;
  readonly crc32: string | undefined;
  readonly sha256: string | undefined;
}

export function completeUpload(call: ObjectCall): Answer {
  authorizeObject(call, 's3:PutObject');
  const { store, key, request } = call;
  const bucket = bucketOf(call);
  const named = namedParts(request.body.toString('utf8'));
  const parts = JSON.stringify(named);
  const earlier = bucket.completed.get(request.query.get('uploadId') ?? '');
  if (earlier?.parts === parts) return completed(call, earlier.version);
  const upload = uploadOf(call);
  checkWriteConditions(call);
  authorizeKey(call, upload.keyArn, 'kms:Decrypt');
  const pieces = piecesOf(upload, named);
  const version = versionOf(upload, pieces, store.nextVersion(bucket), defaultRetention(call));
  bucket.add(key, store.truncate !== undefined && key.endsWith(store.truncate) ? truncated(store, version) : version);
  discard([...upload.parts.values()].filter((piece) => !pieces.includes(piece)));
  bucket.uploads.delete(upload.id);
  bucket.completed.set(upload.id, { parts, version });
  return completed(call, version);
}

function namedParts(body: string): NamedPart[] {
  return elements(body, 'Part').map((part) => ({
    number: Number(element(part, 'PartNumber')),
    etag: (element(part, 'ETag') ?? '').replaceAll('"', ''),
    crc32: element(part, 'ChecksumCRC32'),
    sha256: element(part, 'ChecksumSHA256'),
  }));
}

/** The pieces of the named parts. @throws LabAwsError when they do not make an object */
function piecesOf(upload: PendingUpload, named: readonly NamedPart[]): Piece[] {
  if (named.length === 0) throw new LabAwsError('MalformedXML', 'The XML you provided was not well-formed');
  return named.map((part, index) => {
    const piece = upload.parts.get(part.number);
    if (piece === undefined || !matches(piece, part, upload.keyArn))
      throw new LabAwsError('InvalidPart', 'One or more of the specified parts could not be found.');
    if (index > 0 && part.number <= (named[index - 1]?.number ?? 0))
      throw new LabAwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
    if (index < named.length - 1 && piece.size < smallestPart)
      throw new LabAwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    return piece;
  });
}

function matches(piece: Piece, part: NamedPart, keyArn: string | undefined): boolean {
  return (
    etagOf(piece, keyArn) === part.etag &&
    (part.crc32 === undefined || part.crc32 === piece.crc32) &&
    part.sha256 === piece.sha256
  );
}

function versionOf(
  upload: PendingUpload,
  pieces: readonly Piece[],
  versionId: string,
  retention: Retention | undefined,
): ObjectVersion {
  const md5 = createHash('md5').update(
    Buffer.concat(pieces.map((piece) => Buffer.from(etagOf(piece, upload.keyArn), 'hex'))),
  );
  return {
    versionId,
    pieces,
    etag: `"${md5.digest('hex')}-${pieces.length}"`,
    checksum: compositeChecksum(upload, pieces),
    size: pieces.reduce((sum, piece) => sum + piece.size, 0),
    at: new Date(),
    contentType: upload.contentType,
    metadata: upload.metadata,
    tags: upload.tags,
    keyArn: upload.keyArn,
    retention: upload.retention ?? retention,
    deleteMarker: false,
  };
}

/** The first half of the bytes, under the ETag and checksum of all of them. */
function truncated(store: Store, version: ObjectVersion): ObjectVersion {
  const all = Buffer.concat(version.pieces.map((piece) => readFileSync(piece.path)));
  const half = store.keep(all.subarray(0, Math.floor(all.length / 2)));
  return { ...version, pieces: [half], size: half.size };
}

/** The checksum of the parts' checksums, followed by their number (S3 user guide, checking object integrity). */
function compositeChecksum(upload: PendingUpload, pieces: readonly Piece[]): Checksum {
  const algorithm = upload.algorithm === 'sha256' ? 'SHA256' : 'CRC32';
  const sums = pieces.map((piece) =>
    Buffer.from((algorithm === 'SHA256' ? piece.sha256 : piece.crc32) ?? '', 'base64'),
  );
  const all = Buffer.concat(sums);
  const value = algorithm === 'SHA256' ? createHash('sha256').update(all).digest('base64') : crcOf(all);
  return { algorithm, value: `${value}-${sums.length}`, type: 'COMPOSITE' };
}

function completed({ bucketName, key }: ObjectCall, version: ObjectVersion): Answer {
  const answer = document(
    'CompleteMultipartUploadResult',
    xml('Bucket', bucketName) +
      xml('Key', key, true) +
      xml('ETag', version.etag, true) +
      xml(`Checksum${version.checksum.algorithm}`, version.checksum.value) +
      xml('ChecksumType', version.checksum.type),
  );
  return { ...answer, headers: { ...answer.headers, ...versionHeader(version), ...encryptionHeaders(version) } };
}
