/** Objects and parts copied inside of S3 (S3 API reference, CopyObject and UploadPartCopy). */
import { readFileSync } from 'node:fs';
import type { Answer } from '../../http/answer.ts';
import { LabAwsError } from '../protocol/service.ts';
import { document, versionHeader } from './answers.ts';
import { authorizeObject, type ObjectCall } from './call.ts';
import { authorizeKey, encryptionHeaders, etagOf, keyToWrite } from './encryption.ts';
import { addVersion } from './new-version.ts';
import { askedRetention, defaultRetention } from './object-lock.ts';
import { contentTypeOf, metadataOf, tagsOf } from './payload.ts';
import type { ObjectVersion } from './store.ts';
import { keepPart } from './uploads.ts';
import { checkWriteConditions, versionToRead } from './versions.ts';
import { xml } from './xml.ts';

export function copyObject(call: ObjectCall): Answer {
  authorizeObject(call, 's3:PutObject');
  const { store, request } = call;
  const { from, version: source } = sourceOf(call);
  if (source.size > store.copyLimit) throw tooLarge(store.copyLimit);
  checkWriteConditions(call);
  const replaces = (what: 'metadata' | 'tagging'): boolean => request.headers[`x-amz-${what}-directive`] === 'REPLACE';
  const tags = replaces('tagging') ? tagsOf(request.headers) : source.tags;
  if (Object.keys(tags).length > 0) authorizeObject(call, 's3:PutObjectTagging');
  if (!replaces('tagging') && Object.keys(tags).length > 0) versionToRead(from, 'Tagging');
  const keyArn = keyToWrite(call, 'kms:GenerateDataKey');
  const version = addVersion(call, bytesOf(source), {
    contentType: replaces('metadata') ? contentTypeOf(request.headers) : source.contentType,
    metadata: replaces('metadata') ? metadataOf(request.headers) : source.metadata,
    ...{ tags, keyArn, retention: askedRetention(call) ?? defaultRetention(call) },
  });
  const { etag, checksum, at } = version;
  const type = xml('ChecksumType', checksum.type);
  const result = copyResult('CopyObjectResult', { at, etag, crc32: checksum.value }, type);
  const headers = { ...versionHeader(version), ...sourceVersionHeader(source), ...encryptionHeaders(version) };
  return { ...result, headers: { ...result.headers, ...headers } };
}

export function copyPart(call: ObjectCall): Answer {
  authorizeObject(call, 's3:PutObject');
  const { version: source } = sourceOf(call);
  const { piece, upload } = keepPart(call, () => rangeOf(call, bytesOf(source)));
  const etag = `"${etagOf(piece, upload.keyArn)}"`;
  const result = copyResult('CopyPartResult', { at: new Date(), etag, crc32: piece.crc32 });
  const headers = { ...sourceVersionHeader(source), ...encryptionHeaders(upload) };
  return { ...result, headers: { ...result.headers, ...headers } };
}

/** `BUCKET/KEY?versionId=…`, URL-encoded. The caller needs the rights to read it. @throws LabAwsError */
function sourceOf(call: ObjectCall): { readonly from: ObjectCall; readonly version: ObjectVersion } {
  const [path = '', query = ''] = String(call.request.headers['x-amz-copy-source']).split('?');
  const [, bucketName = '', key = ''] = /^\/?([^/]+)\/(.+)$/.exec(decodeURIComponent(path)) ?? [];
  if (key === '') throw new LabAwsError('InvalidArgument', 'Copy Source must mention the source bucket and key');
  const request = { ...call.request, query: new URLSearchParams(query), headers: {} };
  const from: ObjectCall = { ...call, bucketName, key, request };
  const version = versionToRead(from);
  authorizeKey(from, version.keyArn, 'kms:Decrypt');
  return { from, version };
}

function bytesOf({ pieces }: ObjectVersion): Buffer {
  return Buffer.concat(pieces.map(({ path }) => readFileSync(path)));
}

/** @throws LabAwsError for a range that is not all in the source */
function rangeOf({ request, store }: ObjectCall, data: Buffer): Buffer {
  const header = request.headers['x-amz-copy-source-range'];
  if (header === undefined) {
    if (data.length > store.copyLimit) throw tooLarge(store.copyLimit);
    return data;
  }
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(String(header)) ?? [];
  const [from, to] = [Number(first), Number(last) + 1];
  if (!(from < to && to <= data.length))
    throw new LabAwsError('InvalidArgument', `Range specified is not valid for source object of size: ${data.length}`);
  if (to - from > store.copyLimit) throw tooLarge(store.copyLimit);
  return data.subarray(from, to);
}

function tooLarge(limit: number): LabAwsError {
  return new LabAwsError(
    'InvalidRequest',
    `The specified copy source is larger than the maximum allowable size for a copy source: ${limit}`,
  );
}

function copyResult(
  name: string,
  { at, etag, crc32 }: { readonly at: Date; readonly etag: string; readonly crc32: string },
  more = '',
): Answer {
  const said = xml('LastModified', at.toISOString()) + xml('ETag', etag, true) + xml('ChecksumCRC32', crc32);
  return document(name, said + more);
}

function sourceVersionHeader({ versionId }: ObjectVersion): Record<string, string> {
  return versionId === 'null' ? {} : { 'x-amz-copy-source-version-id': versionId };
}
