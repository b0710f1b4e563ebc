/** Signs a POST to `/` with signature version 4 (IAM user guide, "Create a signed AWS API request"). */
import { createHash, createHmac } from 'node:crypto';

export interface UnsignedRequest {
  readonly url: URL;
  readonly body: string;
  readonly region: string;
  readonly service: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string | undefined;
  };
  readonly now: Date;
  /** Default: that of a form. */
  readonly contentType?: string | undefined;
  /** Of a JSON protocol: the operation, as `x-amz-target` names it. */
  readonly target?: string | undefined;
}

const algorithm = 'AWS4-HMAC-SHA256';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The headers of the request, with its signature. */
export function signedHeaders({
  url,
  body,
  region,
  service,
  credentials,
  now,
  contentType = 'application/x-www-form-urlencoded; charset=utf-8',
  target,
}: UnsignedRequest): Record<string, string> {
  // `20261127T130500Z`
  const time = now.toISOString().replace(/[:-]|\.\d+/g, '');
  const date = time.slice(0, 8);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  // In the order of their names, as they are signed. `fetch` sets `host` itself, from the URL.
  const headers: Record<string, string> = {
    'content-type': contentType,
    host: url.host,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
    ...(target === undefined ? {} : { 'x-amz-target': target }),
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['POST', '/', '', lines.join(''), names, sha256(body)].join('\n');
  const scope = [date, region, service, 'aws4_request'];
  const toSign = [algorithm, time, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${secretAccessKey}`);
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  const { host: _host, ...sent } = headers;
  return {
    ...sent,
    authorization: `${algorithm} Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signature}`,
  };
}
