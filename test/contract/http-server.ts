/** A loopback HTTP server that answers as a test tells it to, and remembers what it was asked. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Drops the connection instead of answering; what the answerer did has happened all the same. */
  readonly drop?: boolean;
}

export interface TestServer {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** @param answer undefined never answers */
export async function serve(answer: (asked: Asked) => Answer | undefined): Promise<TestServer> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += String(piece);
    const one: Asked = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body,
    };
    asked.push(one);
    const given = answer(one);
    if (given === undefined) return;
    if (given.drop) {
      request.socket.destroy();
      return;
    }
    const text = typeof given.body === 'string' ? given.body : JSON.stringify(given.body ?? {});
    response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
