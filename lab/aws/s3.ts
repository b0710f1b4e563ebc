/** S3 as far as receipts need it: versioned objects on disk, checksums verified, conditional writes, listings in pages. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { CallContext } from './service.ts';
import { LabAwsError } from './service.ts';
import { toXml, type WireAnswer } from './wire.ts';

interface ObjectVersion {
  readonly versionId: string;
  readonly path: string;
  readonly etag: string;
  readonly crc32: string;
  readonly size: number;
  readonly at: string;
  readonly contentType: string;
}

export interface S3Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface S3Operation {
  readonly name: string;
  readonly parameters: unknown;
  readonly perform: (context: CallContext) => WireAnswer;
}

/** Objects of a listing's page. */
const listLimit = 1000;

export class S3 {
  readonly #directory: string;
  readonly #buckets: ReadonlyMap<string, Map<string, ObjectVersion[]>>;
  #version = 0;

  constructor(directory: string, buckets: readonly string[]) {
    this.#directory = directory;
    this.#buckets = new Map(buckets.map((name) => [name, new Map()]));
  }

  /** What a request asks for. @throws LabAwsError when it is nothing the lab knows */
  route(request: S3Request): S3Operation {
    const [, bucket = '', ...rest] = request.path.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const parameters = { Bucket: bucket, Key: key, ...Object.fromEntries(request.query) };
    const operation = (name: string, perform: (context: CallContext) => WireAnswer): S3Operation => ({
      name,
      parameters,
      perform,
    });
    if (request.method === 'PUT' && key)
      return operation('PutObject', (context) => this.#put(bucket, key, request, context));
    if (request.method === 'GET' && key)
      return operation('GetObject', (context) => this.#get(bucket, key, request, context, true));
    if (request.method === 'HEAD' && key)
      return operation('HeadObject', (context) => this.#get(bucket, key, request, context, false));
    if (request.method === 'GET' && request.query.get('list-type') === '2')
      return operation('ListObjectsV2', (context) => this.#list(bucket, request, context));
    throw new LabAwsError('NotImplemented', `the lab's S3 does not know ${request.method} ${request.path}`, 501);
  }

  #objects(bucket: string): Map<string, ObjectVersion[]> {
    const found = this.#buckets.get(bucket);
    if (!found) throw new LabAwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    return found;
  }

  #put(bucket: string, key: string, request: S3Request, context: CallContext): WireAnswer {
    context.authorize({ action: 's3:PutObject', resources: [`arn:aws:s3:::${bucket}/${key}`] });
    const objects = this.#objects(bucket);
    const { data, trailers } = payload(request);
    const headers: IncomingHttpHeaders = { ...request.headers, ...trailers };
    checkSums(data, headers);
    const versions = objects.get(key) ?? [];
    const current = versions.at(-1);
    const ifMatch = headers['if-match'];
    if (ifMatch !== undefined && current === undefined)
      throw new LabAwsError('NoSuchKey', 'The specified key does not exist.', 404);
    if (
      (ifMatch !== undefined && ifMatch !== current?.etag) ||
      (headers['if-none-match'] === '*' && current !== undefined)
    ) {
      throw new LabAwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
    }
    this.#version += 1;
    const path = join(this.#directory, bucket, `${key}@${this.#version}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, data);
    const version: ObjectVersion = {
      versionId: `v${this.#version}`,
      path,
      etag: `"${createHash('md5').update(data).digest('hex')}"`,
      crc32: crcOf(data),
      size: data.length,
      at: new Date().toISOString(),
      contentType: headers['content-type'] ?? 'binary/octet-stream',
    };
    objects.set(key, [...versions, version]);
    return {
      status: 200,
      headers: { etag: version.etag, 'x-amz-version-id': version.versionId, 'x-amz-checksum-crc32': version.crc32 },
      body: '',
    };
  }

  #get(bucket: string, key: string, request: S3Request, context: CallContext, withBody: boolean): WireAnswer {
    context.authorize({ action: 's3:GetObject', resources: [`arn:aws:s3:::${bucket}/${key}`] });
    const versions = this.#objects(bucket).get(key) ?? [];
    const wanted = request.query.get('versionId');
    const found = wanted === null ? versions.at(-1) : versions.find((one) => one.versionId === wanted);
    if (!found || !existsSync(found.path)) {
      // Who may not list learns nothing of what exists (S3 API reference, GetObject).
      try {
        context.authorize({ action: 's3:ListBucket', resources: [`arn:aws:s3:::${bucket}`] });
      } catch {
        throw new LabAwsError('AccessDenied', 'Access Denied', 403);
      }
      throw new LabAwsError('NoSuchKey', 'The specified key does not exist.', 404);
    }
    const sums =
      request.headers['x-amz-checksum-mode'] === 'ENABLED'
        ? { 'x-amz-checksum-crc32': found.crc32, 'x-amz-checksum-type': 'FULL_OBJECT' }
        : {};
    const headers = {
      etag: found.etag,
      'x-amz-version-id': found.versionId,
      'content-type': found.contentType,
      'last-modified': new Date(found.at).toUTCString(),
      ...sums,
    };
    return {
      status: 200,
      headers: { ...headers, 'content-length': String(found.size) },
      body: withBody ? readFileSync(found.path) : '',
    };
  }

  #list(bucket: string, request: S3Request, context: CallContext): WireAnswer {
    context.authorize({ action: 's3:ListBucket', resources: [`arn:aws:s3:::${bucket}`] });
    const prefix = request.query.get('prefix') ?? '';
    const after = request.query.get('continuation-token') ?? request.query.get('start-after') ?? '';
    const size = Math.min(Number(request.query.get('max-keys') ?? listLimit), listLimit);
    const keys = [...this.#objects(bucket).keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const shown = keys.slice(0, size);
    const more = keys.length > shown.length;
    const contents = shown.map((key) => {
      const current = this.#objects(bucket).get(key)?.at(-1);
      return `<Contents>${toXml({ Key: key, ETag: current?.etag, Size: current?.size, LastModified: current?.at, StorageClass: 'STANDARD' }, 'item')}</Contents>`;
    });
    const head = toXml(
      {
        Name: bucket,
        Prefix: prefix,
        KeyCount: shown.length,
        MaxKeys: size,
        IsTruncated: more,
        ...(more ? { NextContinuationToken: shown.at(-1) } : {}),
      },
      'item',
    );
    return {
      status: 200,
      headers: { 'content-type': 'application/xml' },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult>${head}${contents.join('')}</ListBucketResult>`,
    };
  }
}

function crcOf(data: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(data));
  return sum.toString('base64');
}

/** The object's bytes: as they came, or out of aws-chunked framing, whose trailers carry the checksum. */
function payload({ headers, body }: S3Request): { data: Buffer; trailers: Record<string, string> } {
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

/** @throws LabAwsError BadDigest for any checksum that is not the data's */
function checkSums(data: Buffer, headers: IncomingHttpHeaders): void {
  const own: Record<string, () => string> = {
    'content-md5': () => createHash('md5').update(data).digest('base64'),
    'x-amz-checksum-crc32': () => crcOf(data),
    'x-amz-checksum-sha1': () => createHash('sha1').update(data).digest('base64'),
    'x-amz-checksum-sha256': () => createHash('sha256').update(data).digest('base64'),
  };
  for (const [name, value] of Object.entries(headers)) {
    if (!(name === 'content-md5' || /^x-amz-checksum-(?!algorithm|mode|type)/.test(name))) continue;
    const compute = own[name];
    if (!compute) throw new LabAwsError('NotImplemented', `the lab's S3 does not know the checksum ${name}`, 501);
    if (compute() !== value)
      throw new LabAwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  }
}
