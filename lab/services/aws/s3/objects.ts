/** Objects: written, read in ranges, deleted, tagged. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Answer } from '../../http/answer.ts';
import type { CallContext } from '../protocol/service.ts';
import { LabAwsError } from '../protocol/service.ts';
import { checkSums, payload } from './payload.ts';
import type { S3Request } from './s3.ts';
import { type Bucket, discard, metadataOf, type ObjectVersion, type Piece, type Store, tagsOf } from './store.ts';
import { element, elements, xml } from './xml.ts';

export const arn = (bucket: string, key = ''): string => `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`;

export function putObject(store: Store, bucket: string, key: string, request: S3Request, context: CallContext): Answer {
  context.authorize({ action: 's3:PutObject', resources: [arn(bucket, key)] });
  const { data, trailers } = payload(request.headers, request.body);
  const headers = { ...request.headers, ...trailers };
  checkSums(data, headers);
  const place = store.bucket(bucket);
  checkConditions(place, key, headers);
  const tags = tagsOf(headers['x-amz-tagging']);
  if (Object.keys(tags).length > 0) context.authorize({ action: 's3:PutObjectTagging', resources: [arn(bucket, key)] });
  const piece = store.keep(data);
  const version: ObjectVersion = {
    versionId: place.settings.versioned ? store.nextId('v') : 'null',
    pieces: [piece],
    etag: `"${piece.md5.toString('hex')}"`,
    checksum: { value: piece.crc32, type: 'FULL_OBJECT' },
    size: piece.size,
    at: new Date(),
    contentType: String(headers['content-type'] ?? 'binary/octet-stream'),
    metadata: metadataOf(headers),
    tags,
    deleteMarker: false,
  };
  place.add(key, version);
  return {
    status: 200,
    headers: { etag: version.etag, ...versionHeader(version), 'x-amz-checksum-crc32': piece.crc32 },
    body: '',
  };
}

/** @throws LabAwsError */
export function checkConditions(bucket: Bucket, key: string, headers: Readonly<Record<string, unknown>>): void {
  const current = bucket.current(key);
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined && current === undefined)
    throw new LabAwsError('NoSuchKey', 'The specified key does not exist.', 404);
  if (
    (ifMatch !== undefined && ifMatch !== current?.etag) ||
    (headers['if-none-match'] === '*' && current !== undefined)
  ) {
    throw new LabAwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  }
}

export function versionHeader(version: ObjectVersion): Record<string, string> {
  return version.versionId === 'null' ? {} : { 'x-amz-version-id': version.versionId };
}

/** @param action asked of the policies; with a version it is the action's other form */
function find(
  store: Store,
  bucket: string,
  key: string,
  request: S3Request,
  context: CallContext,
  action: string,
): ObjectVersion {
  const wanted = request.query.get('versionId');
  const [verb, rest = ''] = action.split(':Get').length > 1 ? [`s3:Get`, action.slice('s3:Get'.length)] : ['', ''];
  const asked = wanted === null || verb === '' ? action : `${verb}${rest.replace('Object', 'ObjectVersion')}`;
  context.authorize({ action: asked, resources: [arn(bucket, key)] });
  const versions = store.bucket(bucket).objects.get(key) ?? [];
  const found = wanted === null ? versions.at(-1) : versions.find((one) => one.versionId === wanted);
  if (found && !found.deleteMarker) return found;
  // Who may not list learns nothing of what exists (S3 API reference, GetObject).
  try {
    context.authorize({ action: 's3:ListBucket', resources: [arn(bucket)] });
  } catch {
    throw new LabAwsError('AccessDenied', 'Access Denied', 403);
  }
  if (wanted !== null && found === undefined)
    throw new LabAwsError('NoSuchVersion', 'The specified version does not exist.', 404);
  throw new LabAwsError('NoSuchKey', 'The specified key does not exist.', 404);
}

export function getObject(
  store: Store,
  bucket: string,
  key: string,
  request: S3Request,
  context: CallContext,
  withBody: boolean,
): Answer {
  const found = find(store, bucket, key, request, context, 's3:GetObject');
  if (request.headers['if-match'] !== undefined && request.headers['if-match'] !== found.etag)
    throw new LabAwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  const range = rangeOf(String(request.headers.range ?? ''), found.size);
  const sums =
    request.headers['x-amz-checksum-mode'] === 'ENABLED' && range === undefined
      ? { 'x-amz-checksum-crc32': found.checksum.value, 'x-amz-checksum-type': found.checksum.type }
      : {};
  const { from, to } = range ?? { from: 0, to: found.size };
  return {
    status: range ? 206 : 200,
    headers: {
      etag: found.etag,
      ...versionHeader(found),
      'content-type': found.contentType,
      'last-modified': found.at.toUTCString(),
      'accept-ranges': 'bytes',
      ...Object.fromEntries(Object.entries(found.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
      ...(Object.keys(found.tags).length > 0 ? { 'x-amz-tagging-count': String(Object.keys(found.tags).length) } : {}),
      ...sums,
      ...(range ? { 'content-range': `bytes ${from}-${to - 1}/${found.size}` } : {}),
      'content-length': String(to - from),
    },
    body: withBody ? Readable.from(bytesOf(found.pieces, from, to), { objectMode: false }) : '',
  };
}

/** @throws LabAwsError for a range beyond the object */
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
  let begin = 0;
  for (const piece of pieces) {
    const start = Math.max(0, from - begin);
    const end = Math.min(piece.size, to - begin);
    if (start < end) yield* createReadStream(piece.path, { start, end: end - 1, highWaterMark: 256 * 1024 });
    begin += piece.size;
  }
}

export function deleteObject(
  store: Store,
  bucket: string,
  key: string,
  versionId: string | null,
  context: CallContext,
): Record<string, string> {
  const action = versionId === null ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
  context.authorize({ action, resources: [arn(bucket, key)] });
  const place = store.bucket(bucket);
  const versions = place.objects.get(key) ?? [];
  if (versionId !== null) {
    const found = versions.find((one) => one.versionId === versionId);
    if (found) discard(found.pieces);
    const left = versions.filter((one) => one !== found);
    if (left.length === 0) place.objects.delete(key);
    else place.objects.set(key, left);
    return { 'x-amz-version-id': versionId, ...(found?.deleteMarker ? { 'x-amz-delete-marker': 'true' } : {}) };
  }
  if (!place.settings.versioned) {
    for (const one of versions) discard(one.pieces);
    place.objects.delete(key);
    return {};
  }
  const marker: ObjectVersion = {
    versionId: store.nextId('v'),
    pieces: [],
    etag: '',
    checksum: { value: '', type: 'FULL_OBJECT' },
    size: 0,
    at: new Date(),
    contentType: '',
    metadata: {},
    tags: {},
    deleteMarker: true,
  };
  place.objects.set(key, [...versions, marker]);
  return { 'x-amz-version-id': marker.versionId, 'x-amz-delete-marker': 'true' };
}

export function deleteObjects(store: Store, bucket: string, request: S3Request, context: CallContext): Answer {
  checkSums(request.body, request.headers);
  const results = elements(request.body.toString('utf8'), 'Object').map((object) => {
    const key = element(object, 'Key') ?? '';
    try {
      deleteObject(store, bucket, key, element(object, 'VersionId') ?? null, context);
      return xml('Deleted', xml('Key', key, true));
    } catch (error) {
      if (!(error instanceof LabAwsError)) throw error;
      return xml('Error', xml('Key', key, true) + xml('Code', error.code, true) + xml('Message', error.message, true));
    }
  });
  return document('DeleteResult', results.join(''));
}

export function getTags(store: Store, bucket: string, key: string, request: S3Request, context: CallContext): Answer {
  const found = find(store, bucket, key, request, context, 's3:GetObjectTagging');
  const set = Object.entries(found.tags).map(([name, value]) =>
    xml('Tag', xml('Key', name, true) + xml('Value', value, true)),
  );
  return document('Tagging', xml('TagSet', set.join('')));
}

export function putTags(store: Store, bucket: string, key: string, request: S3Request, context: CallContext): Answer {
  const wanted = request.query.get('versionId');
  const action = wanted === null ? 's3:PutObjectTagging' : 's3:PutObjectVersionTagging';
  context.authorize({ action, resources: [arn(bucket, key)] });
  checkSums(request.body, request.headers);
  const versions = store.bucket(bucket).objects.get(key) ?? [];
  const found = wanted === null ? versions.at(-1) : versions.find((one) => one.versionId === wanted);
  if (!found || found.deleteMarker) throw new LabAwsError('NoSuchKey', 'The specified key does not exist.', 404);
  const pairs = elements(request.body.toString('utf8'), 'Tag').map((tag) => [
    element(tag, 'Key') ?? '',
    element(tag, 'Value') ?? '',
  ]);
  if (pairs.length > 10) throw new LabAwsError('BadRequest', 'Object tags cannot be greater than 10');
  found.tags = Object.fromEntries(pairs) as Record<string, string>;
  return { status: 200, headers: versionHeader(found), body: '' };
}

export function document(name: string, content: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${xml(name, content)}`,
  };
}
