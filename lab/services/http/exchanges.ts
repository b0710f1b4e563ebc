/**
 * What the lab's AWS was asked, and what it answered, kept for a judge (`npm run crosscheck -- api-models`): one file for all exchanges that
 * differ only in ids, numbers and times.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Answer } from './answer.ts';

/** The folder of the exchanges; every process whose environment names one keeps them there. */
export const exchangesVariable = 'HOLDFAST_LAB_EXCHANGES';

export interface Exchange {
  /** The service in whose format the lab answered. */
  readonly service: string;
  /** The lab's own word for the operation: a judge finds out for itself. */
  readonly operation: string;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    /** Of an object's content, only how long it is. */
    readonly body: string;
  };
  /** Undefined when no whole answer was sent. */
  readonly answer?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

const services: ReadonlySet<string> = new Set([
  'ec2',
  'ssm',
  'sts',
  's3',
  'iam',
  'cloudformation',
  'sns',
  'cloudtrail',
]);

/** Operations whose bodies are the content of objects, which may be anything. */
const contents = { request: new Set(['PutObject', 'UploadPart']), answer: new Set(['GetObject']) };

/** The hashes of what this process has kept, so that a file is tried once. */
const kept = new Set<string>();

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Named {
  readonly endpoint: string;
  readonly name: string;
}

/** @param answer undefined when the call got no whole answer */
export function keepExchange(request: Asked, operation: Named, answer: Answer | undefined): void {
  const folder = process.env[exchangesVariable];
  if (!folder || !services.has(operation.endpoint)) return;
  const exchange = exchangeOf(request, operation, answer);
  const hash = createHash('sha256').update(kindOf(exchange)).digest('hex').slice(0, 16);
  if (kept.has(hash)) return;
  kept.add(hash);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${exchange.service}-${exchange.operation.replaceAll(/\W/g, '')}-${hash}.json`);
  try {
    writeFileSync(path, `${JSON.stringify(exchange, null, 1)}\n`, { flag: 'wx' });
  } catch (error) {
    // Another lab was first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function exchangeOf(request: Asked, { endpoint, name }: Named, answer: Answer | undefined): Exchange {
  const { method, url, headers, body } = request;
  const asked = { method, url: masked(url), headers: plainHeaders(headers) };
  return {
    service: endpoint,
    operation: name,
    request: { ...asked, body: contents.request.has(name) ? lengthOf(body) : masked(body.toString('utf8')) },
    ...(answer === undefined
      ? {}
      : {
          answer: {
            status: answer.status,
            headers: plainHeaders(answer.headers),
            body:
              // Node sends none after HEAD.
              method === 'HEAD'
                ? ''
                : contents.answer.has(name) && answer.status < 300
                  ? lengthOf(answer.body)
                  : masked(textOf(answer.body)),
          },
        }),
  };
}

const textOf = (body: Answer['body']): string => (body instanceof Readable ? lengthOf(body) : body.toString('utf8'));

const lengthOf = (body: Answer['body']): string =>
  body instanceof Readable ? '(a stream)' : `(${Buffer.byteLength(body)} bytes)`;

/** Without what signs a request. */
function plainHeaders(headers: IncomingHttpHeaders | Answer['headers']): Record<string, string> {
  const secret = /^(authorization|x-amz-security-token|cookie)$/;
  return Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, value]) =>
      value === undefined || secret.test(name) ? [] : [[name, String(value)]],
    ),
  );
}

/** Secrets and signatures become as many crosses, in forms, addresses and XML. */
function masked(text: string): string {
  return text.replace(
    /(?<=(?:\b(?:WebIdentityToken|X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential)=|<(?:SecretAccessKey|SessionToken)>))[^&<]+/g,
    (secret) => 'x'.repeat(secret.length),
  );
}

/** What an exchange has in common with all that differ only in ids, numbers and times. */
function kindOf({ service, operation, request, answer }: Exchange): string {
  const { method, url, headers, body } = request;
  const names = (all: Readonly<Record<string, string>>): string[] =>
    Object.keys(all).filter((one) => /^x-amz-/.test(one));
  const parts = [
    ...[service, operation, method, String(answer?.status)],
    ...new Set([...wordsOf(url), ...wordsOf(body)].sort()),
    ...[...names(headers), ...names(answer?.headers ?? {})],
    ...new Set(wordsOf(answer?.body ?? '').sort()),
  ];
  return parts.join('\n');
}

/** The names and values of a form, of JSON or of XML. A value with a digit counts as a number, a long one as a text. */
function wordsOf(text: string): string[] {
  return text
    .split(/[<&{},?]/)
    .map((pair) => pair.replace(/([>=:])(.*)$/s, (_, sign: string, value: string) => sign + kindOfValue(value)))
    .map((pair) => pair.replaceAll(/\.\d+/g, '.1'));
}

function kindOfValue(value: string): string {
  if (/\d/.test(value)) return '1';
  return value.length > 40 ? 'text' : value;
}
