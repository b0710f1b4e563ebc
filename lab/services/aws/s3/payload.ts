/** What a request carries: the object's bytes, checksums, metadata and tags. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import type { HttpRequest } from '../../http/call.ts';
import { LabAwsError } from '../protocol/service.ts';

export function crcOf(data: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(data));
  return sum.toString('base64');
}

/**
 * The object's bytes, and the headers that describe them: as they were sent, or taken out of the framing `aws-chunked`,
 * whose trailers carry the checksum.
 * @throws LabAwsError
 */
export function payload({ headers, body }: HttpRequest): {
  readonly data: Buffer;
  readonly headers: IncomingHttpHeaders;
} {
  const framing = String(headers['x-amz-content-sha256'] ?? '');
  if (!framing.startsWith('STREAMING-')) return { data: body, headers };
  if (framing !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER')
    throw new LabAwsError('NotImplemented', `the lab's S3 does not know the framing ${framing}`, 501);
  const { data, end } = unframe(body);
  const length = headers['x-amz-decoded-content-length'];
  if (length !== undefined && Number(length) !== data.length)
    throw new LabAwsError(
      'IncompleteBody',
      'You did not provide the number of bytes specified by the Content-Length HTTP header',
    );
  const lines = body.subarray(end).toString('latin1').split('\r\n').filter(Boolean);
  const trailers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { data, headers: { ...headers, ...trailers } };
}

/** @returns the bytes of all chunks, and where the trailers start */
function unframe(body: Buffer): { readonly data: Buffer; readonly end: number } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, lineEnd).toString('latin1'), 16);
    if (lineEnd < 0 || Number.isNaN(size))
      throw new LabAwsError('IncompleteBody', 'The request body terminated unexpectedly');
    at = lineEnd + 2;
    if (size === 0) return { data: Buffer.concat(chunks), end: at };
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
}

const checksums: Readonly<Record<string, (data: Buffer) => string>> = {
  'content-md5': (data) => createHash('md5').update(data).digest('base64'),
  'x-amz-checksum-crc32': crcOf,
  'x-amz-checksum-sha1': (data) => createHash('sha1').update(data).digest('base64'),
  'x-amz-checksum-sha256': (data) => createHash('sha256').update(data).digest('base64'),
};

/** @throws LabAwsError for a checksum that is not the data's, or that the lab does not know */
export function checkSums(data: Buffer, headers: IncomingHttpHeaders): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!(name === 'content-md5' || /^x-amz-checksum-(?!algorithm|mode|type)/.test(name))) continue;
    const compute = checksums[name];
    if (!compute) throw new LabAwsError('NotImplemented', `the lab's S3 does not know the checksum ${name}`, 501);
    if (compute(data) !== value)
      throw new LabAwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  }
}

/** `x-amz-meta-*` headers, without the prefix. */
export function contentTypeOf(headers: IncomingHttpHeaders): string {
  return String(headers['content-type'] ?? 'binary/octet-stream');
}

export function metadataOf(headers: IncomingHttpHeaders): Record<string, string> {
  const prefix = 'x-amz-meta-';
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), String(value)]),
  );
}

export function tagsOf(headers: IncomingHttpHeaders): Record<string, string> {
  return checkedTags(Object.fromEntries(new URLSearchParams(String(headers['x-amz-tagging'] ?? ''))));
}

/** What keys and values of tags may hold (S3 user guide, "Categorizing your objects using tags"). */
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** @throws LabAwsError for tags that S3 refuses */
export function checkedTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [key, value] of Object.entries(tags)) {
    const what = !tagText.test(key) || key.length > 128 ? 'TagKey' : 'TagValue';
    if (what === 'TagKey' || !tagText.test(value) || value.length > 256)
      throw new LabAwsError('InvalidTag', `The ${what} you have provided is invalid`);
  }
  return tags;
}
