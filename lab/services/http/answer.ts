/** Answers of the lab's endpoints, and how they are sent: whole, or broken off half-way. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream for content that need not be held in memory; its length must be in the headers. */
  readonly body: string | Buffer | Readable;
  /** Why the call was refused: AWS's error code, or the message. Goes into the call log. */
  readonly error?: string;
}

/** A JSON document. From status 400 on, its `message` or `errors` say in the call log why the call was refused. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
    ...(status >= 400 ? { error: reasonOf(value) ?? String(status) } : {}),
  };
}

/** Plain text, which from status 400 on is the reason in the call log. */
export function plainText(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    body,
    ...(status >= 400 ? { error: body } : {}),
  };
}

function reasonOf(value: unknown): string | undefined {
  const { message, errors } = (value ?? {}) as { readonly message?: unknown; readonly errors?: unknown };
  if (typeof message === 'string') return message;
  return Array.isArray(errors) ? errors.join(', ') : undefined;
}

function lengthOf({ status, headers = {}, body }: Answer): number | undefined {
  const given = headers['content-length'];
  if (given !== undefined) return Number(given);
  // An answer without content has no length (RFC 9110, 8.6).
  return status === 204 || body instanceof Readable ? undefined : Buffer.byteLength(body);
}

function writeHead(response: ServerResponse, answer: Answer): void {
  const length = lengthOf(answer);
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(length === undefined ? {} : { 'content-length': String(length) }),
  });
}

export function send(response: ServerResponse, answer: Answer): void {
  const { body } = answer;
  writeHead(response, answer);
  if (!(body instanceof Readable)) {
    response.end(body);
    return;
  }
  body.on('error', () => response.destroy());
  response.on('close', () => body.destroy());
  body.pipe(response);
}

/** Sends the first half of the body, then breaks the connection; of an empty body, nothing. */
export async function sendHalf(response: ServerResponse, answer: Answer): Promise<void> {
  const { body } = answer;
  const length = lengthOf(answer) ?? 0;
  let left = Math.floor(length / 2);
  if (length > 0) writeHead(response, answer);
  for await (const chunk of body instanceof Readable ? (body as AsyncIterable<Buffer>) : [Buffer.from(body)]) {
    const bytes = chunk.subarray(0, left);
    left -= bytes.length;
    if (bytes.length > 0) await new Promise<void>((resolve) => response.write(bytes, () => resolve()));
    if (left === 0) break;
  }
  response.destroy();
}
