/** A small HTTP endpoint for the parts of the lab that are not AWS: one route function, the call log, and the faults. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallLog, CallRecord } from './call-log.ts';
import type { Faults } from './faults.ts';

export interface EndpointRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  /** Text is sent as it is, anything else as JSON; undefined sends no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a request turned out to be. */
export interface Operation {
  readonly endpoint: CallRecord['endpoint'];
  readonly name: string;
  readonly caller: string;
  /** Logged; must hold no secret. */
  readonly parameters: unknown;
  /** The answer when the caller may not do this: no fault applies and nothing happens. */
  readonly refused?: Answer;
  readonly perform: () => Answer | Promise<Answer>;
  /** What this service says when it throttles. */
  readonly throttled: Answer;
}

export interface Endpoint {
  readonly url: string;
  stop(): Promise<void>;
}

/** Largest request body an endpoint reads, in bytes. */
const bodyLimit = 8 * 1024 * 1024;

/** Serves `route` on a free port of 127.0.0.1. Every request is logged, and every accepted one asks the faults first. */
export async function serveEndpoint(
  route: (request: EndpointRequest) => Operation,
  parts: { readonly log: CallLog; readonly faults: Faults },
): Promise<Endpoint> {
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > bodyLimit) incoming.destroy();
      else chunks.push(chunk);
    });
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', 'http://lab');
      const request: EndpointRequest = {
        method: incoming.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      handle(route, request, response, parts).catch((error: unknown) => {
        console.error(`lab: ${request.method} ${request.path} failed inside the lab:`, error);
        if (response.headersSent) response.destroy();
        else send(response, { status: 500, body: { message: String(error) } });
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  route: (request: EndpointRequest) => Operation,
  request: EndpointRequest,
  response: ServerResponse,
  parts: { readonly log: CallLog; readonly faults: Faults },
): Promise<void> {
  const started = performance.now();
  const operation = route(request);
  const record = (status: number, error?: string, fault?: string): void =>
    parts.log.add({
      at: new Date().toISOString(),
      endpoint: operation.endpoint,
      operation: operation.name,
      caller: operation.caller,
      parameters: operation.parameters,
      status,
      milliseconds: Math.round(performance.now() - started),
      ...(error === undefined ? {} : { error }),
      ...(fault === undefined ? {} : { fault }),
    });
  const answer = (reply: Answer, fault?: string): void => {
    record(reply.status, reply.status >= 400 ? reason(reply) : undefined, fault);
    send(response, reply);
  };
  if (operation.refused) return answer(operation.refused);
  const hit = parts.faults.next(operation.endpoint, operation.name, operation.parameters);
  if (!hit) return answer(await operation.perform());
  switch (hit.effect.kind) {
    case 'throttle':
      return answer(operation.throttled, hit.rule);
    case 'refuse':
      return answer({ status: hit.effect.status, body: { message: hit.effect.message } }, hit.rule);
    case 'hang-before':
      // The socket stays open without a word until the client leaves or the lab stops.
      return record(0, 'never answered', hit.rule);
    case 'lose-answer':
      await operation.perform();
      record(0, 'answer lost', hit.rule);
      response.destroy();
      return;
    case 'kill-before':
      record(0, 'killed before', hit.rule);
      parts.faults.kill();
      response.destroy();
      return;
    case 'kill-after':
      await operation.perform();
      record(0, 'killed after', hit.rule);
      parts.faults.kill();
      response.destroy();
      return;
  }
}

function reason(answer: Answer): string {
  if (typeof answer.body === 'string') return answer.body.slice(0, 200);
  const message = (answer.body as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : String(answer.status);
}

function send(response: ServerResponse, answer: Answer): void {
  const text =
    answer.body === undefined ? '' : typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  const type = typeof answer.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(answer.status, { ...(text ? { 'content-type': type } : {}), ...answer.headers });
  response.end(text);
}

/** The JSON object of a request body; undefined when it is none. */
export function jsonObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
