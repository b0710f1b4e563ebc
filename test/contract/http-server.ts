/**
 * A server on loopback with scripted answers, which keeps the requests. It uses the HTTP layer of the lab: dropped
 * connections and missing answers are the lab's faults.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { plainText } from '../../lab/services/http/answer.ts';
import { faultRules } from '../../lab/services/http/faults.ts';
import { startEndpoint } from '../../lab/services/http/server.ts';

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Drops the connection instead of answering. What the answering function did, has happened all the same. */
  readonly drop?: boolean;
}

export interface TestServer {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** @param answer returns undefined to leave the request without an answer */
export async function serve(answer: (asked: Asked) => Answer | undefined): Promise<TestServer> {
  const asked: Asked[] = [];
  const faults = faultRules();
  const every = { endpoint: '*', operation: '*', times: Number.POSITIVE_INFINITY } as const;
  const given = (parameters: unknown) => (parameters as { readonly given: Answer | undefined }).given;
  faults.add({
    ...every,
    name: 'no answer',
    when: (parameters) => given(parameters) === undefined,
    effect: { kind: 'hang-before' },
  });
  faults.add({
    ...every,
    name: 'drop',
    when: (parameters) => given(parameters)?.drop === true,
    effect: { kind: 'lose-answer' },
  });
  const endpoint = await startEndpoint(
    ({ method, url: path, headers, body }) => {
      const one: Asked = { method, path, headers, body: body.toString('utf8') };
      asked.push(one);
      const parameters = { given: answer(one) };
      return {
        endpoint: 'github',
        name: 'Scripted',
        caller: 'test',
        parameters,
        perform: () => sent(parameters.given),
        throttled: plainText(429, ''),
        refusal: ({ status, message }) => plainText(status, message),
      };
    },
    { log: { path: '', records: [], add: () => {} }, faults },
  );
  return { url: endpoint.url, asked, close: endpoint.stop };
}

function sent({ status, body = {}, headers = {} }: Answer = { status: 500 }) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: text };
}
