/** Signature version 4, checked as AWS does: signing the request again with the secret must give the same signature. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { LabAwsError } from '../protocol/service.ts';

export interface SignedRequest {
  readonly method: string;
  /** As received: path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Scope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Minutes by which the time of a request may differ from the server's. */
const skewMinutes = 5;

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** The signature in the Authorization header; undefined for an unsigned request. */
export function readScope(headers: IncomingHttpHeaders): Scope | undefined {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (!match) return undefined;
  const [, accessKeyId = '', date = '', region = '', service = '', signed = '', signature = ''] = match;
  return { accessKeyId, date, region, service, signedHeaders: signed.split(';'), signature };
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const at = pair.indexOf('=');
      const [key, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
      return `${encode(decodeURIComponent(key))}=${encode(decodeURIComponent(value))}`;
    })
    .sort()
    .join('&');
}

/** @throws LabAwsError unless the owner of the secret signed this request, with this body, a short while ago */
export function checkSignature(request: SignedRequest, scope: Scope, secret: string, now: Date): void {
  const { headers } = request;
  const time = String(headers['x-amz-date'] ?? '');
  const signedAt = timeOf(time);
  if (!(Math.abs(signedAt - now.getTime()) <= skewMinutes * 60_000)) {
    throw new LabAwsError(
      scope.service === 's3' ? 'RequestTimeTooSkewed' : 'SignatureDoesNotMatch',
      'Signature expired or not yet current.',
      403,
    );
  }
  const [path = '/', query = ''] = request.url.split('?');
  const payload = String(headers['x-amz-content-sha256'] ?? sha256(request.body));
  if (/^[0-9a-f]{64}$/.test(payload) && payload !== sha256(request.body)) {
    // A code of S3's: the others find another signature.
    throw scope.service === 's3'
      ? new LabAwsError(
          'XAmzContentSHA256Mismatch',
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
      : mismatch();
  }
  if (!scope.signedHeaders.includes('host'))
    throw new LabAwsError('SignatureDoesNotMatch', 'The host header must be signed.', 403);
  const canonical = canonicalRequest(request, scope, path, canonicalQuery(query), payload);
  checkEqual(signatureOf(canonical, scope, time, secret), scope);
}

function canonicalRequest(request: SignedRequest, scope: Scope, path: string, query: string, payload: string): string {
  const { headers } = request;
  return [
    request.method,
    // S3 signs the path as it is sent; all others sign it encoded once more. For "/" both are the same.
    scope.service === 's3' ? path : path.split('/').map(encode).join('/'),
    query,
    ...scope.signedHeaders.map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}`,
    ),
    '',
    scope.signedHeaders.join(';'),
    payload,
  ].join('\n');
}

function signatureOf(canonical: string, scope: Scope, time: string, secret: string): Buffer {
  const credential = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, credential, sha256(canonical)].join('\n');
  const key = [scope.date, scope.region, scope.service, 'aws4_request'].reduce<string | Buffer>(
    (last, part) => hmac(last, part),
    `AWS4${secret}`,
  );
  return createHmac('sha256', key).update(toSign).digest();
}

/** @throws LabAwsError when the request carries another signature */
function checkEqual(expected: Buffer, scope: Scope): void {
  const given = Buffer.from(scope.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(expected, given)) {
    throw mismatch();
  }
}

function mismatch(): LabAwsError {
  return new LabAwsError(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided.',
    403,
  );
}

export interface Presigned {
  readonly scope: Scope;
  readonly time: string;
  readonly token: string | undefined;
}

/**
 * The signature in a presigned URL; undefined for any other URL.
 * @throws LabAwsError when it has expired
 */
export function readPresigned(url: string, now: Date): Presigned | undefined {
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  const credential = query.get('X-Amz-Credential');
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || credential === null) return undefined;
  const [accessKeyId = '', date = '', region = '', service = ''] = credential.split('/');
  const time = query.get('X-Amz-Date') ?? '';
  const seconds = Number(query.get('X-Amz-Expires'));
  const signedAt = timeOf(time);
  if (!(seconds >= 1 && seconds <= 604_800))
    throw new LabAwsError('AuthorizationQueryParametersError', 'X-Amz-Expires must be between 1 and 604800 seconds');
  if (!(now.getTime() <= signedAt + seconds * 1000)) throw new LabAwsError('AccessDenied', 'Request has expired', 403);
  return {
    scope: {
      accessKeyId,
      date,
      region,
      service,
      signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
      signature: query.get('X-Amz-Signature') ?? '',
    },
    time,
    token: query.get('X-Amz-Security-Token') ?? undefined,
  };
}

/** @throws LabAwsError unless the owner of the secret signed this URL */
export function checkPresigned(request: SignedRequest, { scope, time }: Presigned, secret: string): void {
  if (!scope.signedHeaders.includes('host'))
    throw new LabAwsError('SignatureDoesNotMatch', 'The host header must be signed.', 403);
  const [path = '/', query = ''] = request.url.split('?');
  const unsigned = query
    .split('&')
    .filter((pair) => !pair.startsWith('X-Amz-Signature='))
    .join('&');
  const canonical = canonicalRequest(request, scope, path, canonicalQuery(unsigned), 'UNSIGNED-PAYLOAD');
  checkEqual(signatureOf(canonical, scope, time, secret), scope);
}

/** Epoch milliseconds of a time such as `20261121T040000Z`. */
function timeOf(time: string): number {
  return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
