/** Objects: written, and read whole or in ranges. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Answer } from '../../http/answer.ts';
import { LabAwsError } from '../protocol/service.ts';
import { versionHeader } from './answers.ts';
import { authorizeObject, type ObjectCall } from './call.ts';
import { authorizeKey, encryptionHeaders, keyToWrite } from './encryption.ts';
import { addVersion } from './new-version.ts';
import { askedRetention, defaultRetention, lockHeaders, requireChecksum } from './object-lock.ts';
import { checkSums, contentTypeOf, metadataOf, payload, tagsOf } from './payload.ts';
import type { ObjectVersion, Piece } from './store.ts';
import { checkReadConditions, checkWriteConditions, versionToRead } from './versions.ts';

export function putObject(call: ObjectCall): Answer {
  authorizeObject(call, 's3:PutObject');
  const { data, headers } = payload(call.request);
  checkSums(data, headers);
  requireChecksum(call, headers, 'Object');
  checkWriteConditions(call);
  const tags = tagsOf(headers);
  if (Object.keys(tags).length > 0) authorizeObject(call, 's3:PutObjectTagging');
  const retention = askedRetention(call) ?? defaultRetention(call);
  const keyArn = keyToWrite(call, 'kms:GenerateDataKey');
  const version = addVersion(call, data, {
    contentType: contentTypeOf(headers),
    metadata: metadataOf(headers),
    ...{ tags, keyArn, retention },
  });
  return {
    status: 200,
    headers: {
      etag: version.etag,
      ...versionHeader(version),
      ...encryptionHeaders(version),
      ...checksumHeaders(version),
    },
    body: '',
  };
}

export function getObject(call: ObjectCall): Answer {
  return read(call, (pieces, from, to) => Readable.from(bytesOf(pieces, from, to), { objectMode: false }));
}

/** Answers like GetObject, without the bytes. */
export function headObject(call: ObjectCall): Answer {
  return read(call, () => '');
}

function read(
  call: ObjectCall,
  bodyOf: (pieces: readonly Piece[], from: number, to: number) => Answer['body'],
): Answer {
  const version = versionToRead(call);
  authorizeKey(call, version.keyArn, 'kms:Decrypt');
  checkReadConditions(call, version);
  const { headers } = call.request;
  const range = rangeOf(String(headers.range ?? ''), version.size);
  const { from, to } = range ?? { from: 0, to: version.size };
  const checksum = headers['x-amz-checksum-mode'] === 'ENABLED' && range === undefined ? checksumHeaders(version) : {};
  return {
    status: range ? 206 : 200,
    headers: {
      ...headersOf(version),
      ...encryptionHeaders(version),
      ...lockHeaders(call, version),
      ...checksum,
      ...(range ? { 'content-range': `bytes ${from}-${to - 1}/${version.size}` } : {}),
      'content-length': String(to - from),
    },
    body: bodyOf(version.pieces, from, to),
  };
}

function checksumHeaders({ checksum: { algorithm, value, type } }: ObjectVersion): Record<string, string> {
  return { [`x-amz-checksum-${algorithm.toLowerCase()}`]: value, 'x-amz-checksum-type': type };
}

function headersOf(version: ObjectVersion): Record<string, string> {
  const tags = Object.keys(version.tags).length;
  return {
    etag: version.etag,
    ...versionHeader(version),
    'content-type': version.contentType,
    'last-modified': version.at.toUTCString(),
    'accept-ranges': 'bytes',
    ...Object.fromEntries(Object.entries(version.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
    ...(tags > 0 ? { 'x-amz-tagging-count': String(tags) } : {}),
  };
}

/** Bytes from `from` up to, not including, `to`. @throws LabAwsError for a range beyond the object */
function rangeOf(header: string, size: number): { from: number; to: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header);
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (from >= size || from >= to) throw new LabAwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  return { from, to };
}

async function* bytesOf(pieces: readonly Piece[], from: number, to: number): AsyncGenerator<Buffer> {
  let position = 0;
  for (const piece of pieces) {
    const start = Math.max(0, from - position);
    const end = Math.min(piece.size, to - position);
    if (start < end) yield* createReadStream(piece.path, { start, end: end - 1, highWaterMark: 256 * 1024 });
    position += piece.size;
  }
}
