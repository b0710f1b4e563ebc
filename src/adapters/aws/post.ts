/**
 * One signed POST to a service that is asked for one call alone, so that no client of a service more is brought along. It is sent
 * within `AwsSession.call`, which knows limits and retries.
 */
import type { AwsSession } from './session.ts';
import { signedHeaders } from './signature.ts';

export interface Post {
  readonly service: 'sns' | 'cloudtrail';
  readonly body: string;
  /** Default: that of a form. */
  readonly contentType?: string;
  /** Of a JSON protocol: the operation. */
  readonly target?: string;
}

/** @returns the body of the answer @throws an error in the form of the SDK's own */
export async function post(
  session: AwsSession,
  { service, body, contentType, target }: Post,
  signal: AbortSignal,
): Promise<string> {
  const { region, clock } = session;
  const url = new URL(endpointOf(service, region));
  const credentials = await session.s3.config.credentials();
  const headers = signedHeaders({ url, body, region, service, credentials, now: clock.now(), contentType, target });
  const answer = await fetch(url, { method: 'POST', headers, body, signal });
  const text = await answer.text();
  if (!answer.ok) throw refusal(answer.status, answer.headers.get('x-amzn-requestid'), text);
  return text;
}

/** DNS suffixes of the partitions: partitions.json of the AWS SDK. */
const suffixes: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, 'amazonaws.com.cn'],
  [/^eusc-/, 'amazonaws.eu'],
];

/** `AWS_ENDPOINT_URL_<SERVICE>` and `AWS_ENDPOINT_URL` are those of every SDK (SDKs and Tools guide, "Service-specific endpoints"). */
function endpointOf(service: string, region: string): string {
  const own = process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`];
  const suffix = suffixes.find(([pattern]) => pattern.test(region))?.[1] ?? 'amazonaws.com';
  return own || process.env.AWS_ENDPOINT_URL || `https://${service}.${region}.${suffix}`;
}

function refusal(httpStatusCode: number, requestId: string | null, body: string): Error {
  const { code, message } = body.trimStart().startsWith('{') ? fromJson(body) : fromXml(body);
  return Object.assign(new Error(message ?? `HTTP ${httpStatusCode}`), {
    name: code ?? 'UnknownError',
    $metadata: { httpStatusCode, requestId: requestId ?? undefined },
  });
}

interface Refused {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

function fromXml(body: string): Refused {
  const partOf = (name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];
  return { code: partOf('Code'), message: partOf('Message') };
}

/** `__type` may have the name of the shape's namespace before it (Smithy, "AWS JSON 1.1 protocol", error serialization). */
function fromJson(body: string): Refused {
  try {
    const { __type: type, message, Message } = JSON.parse(body) as Readonly<Record<string, string | undefined>>;
    return { code: type?.split('#').at(-1), message: message ?? Message };
  } catch {
    return {};
  }
}
