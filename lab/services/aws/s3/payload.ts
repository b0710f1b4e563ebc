/** The bytes of a request and their checksums. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { LabAwsError } from '../protocol/service.ts';

export function crcOf(data: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(data));
  return sum.toString('base64');
}

/** The object's bytes: as they came, or out of aws-chunked framing, whose trailers carry the checksum. */
export function payload(
  headers: IncomingHttpHeaders,
  body: Buffer,
): { data: Buffer; trailers: Record<string, string> } {
  const framing = String(headers['x-amz-content-sha256'] ?? '');
  if (!framing.startsWith('STREAMING-')) return { data: body, trailers: {} };
  if (framing !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER')
    throw new LabAwsError('NotImplemented', `the lab's S3 does not know the framing ${framing}`, 501);
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, end).toString('latin1'), 16);
    if (end < 0 || Number.isNaN(size))
      throw new LabAwsError('IncompleteBody', 'The request body terminated unexpectedly');
    at = end + 2;
    if (size === 0) break;
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
  const lines = body.subarray(at).toString('latin1').split('\r\n').filter(Boolean);
  const trailers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const data = Buffer.concat(chunks);
  const length = headers['x-amz-decoded-content-length'];
  if (length !== undefined && Number(length) !== data.length)
    throw new LabAwsError(
      'IncompleteBody',
      'You did not provide the number of bytes specified by the Content-Length HTTP header',
    );
  return { data, trailers };
}

const checksums: Readonly<Record<string, (data: Buffer) => string>> = {
  'content-md5': (data) => createHash('md5').update(data).digest('base64'),
  'x-amz-checksum-crc32': crcOf,
  'x-amz-checksum-sha1': (data) => createHash('sha1').update(data).digest('base64'),
  'x-amz-checksum-sha256': (data) => createHash('sha256').update(data).digest('base64'),
};

/** @throws LabAwsError BadDigest for any checksum that is not the data's */
export function checkSums(data: Buffer, headers: IncomingHttpHeaders): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!(name === 'content-md5' || /^x-amz-checksum-(?!algorithm|mode|type)/.test(name))) continue;
    const compute = checksums[name];
    if (!compute) throw new LabAwsError('NotImplemented', `the lab's S3 does not know the checksum ${name}`, 501);
    if (compute(data) !== value)
      throw new LabAwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  }
}
