/** The HTTP server under every endpoint of the lab: it listens on loopback, reads requests, and stops at once. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerCall, type CallParts, type HttpRequest, type Operation } from './call.ts';

export interface Endpoint {
  readonly url: string;
  /** Breaks every open connection. */
  stop(): Promise<void>;
}

/** Largest request body, in bytes: more than the largest part of an upload that the product makes. */
const bodyLimit = 64 * 1024 * 1024;

/**
 * Serves on a free port of 127.0.0.1.
 * @param route finds out what a request asks for; performs nothing yet
 */
export async function startEndpoint(route: (request: HttpRequest) => Operation, parts: CallParts): Promise<Endpoint> {
  const server = createServer(async (incoming, response) => {
    const { method = 'GET', url = '/', headers } = incoming;
    try {
      const body = await read(incoming);
      // The client has left before it had sent everything.
      if (body === undefined) return;
      const { pathname: path, searchParams: query } = new URL(url, 'http://lab');
      const request = { method, url, path, query, headers, body };
      await answerCall(request, route(request), response, parts);
    } catch (error) {
      console.error(`lab: ${method} ${url} failed inside the lab:`, error);
      response.destroy();
    }
  });
  // A call that hangs does so until the client gives up, not until Node does.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The whole body; undefined when the client broke off. @throws Error for a body beyond the limit */
async function read(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > bodyLimit) break;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  if (size > bodyLimit) throw new Error(`the request is larger than ${bodyLimit} bytes`);
  return Buffer.concat(chunks);
}

/** The JSON object in a request body; undefined for anything else. */
export function jsonObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
