/** What every call of the REST API works with, and the answers they share. */
import { type Answer, json } from '../../http/answer.ts';
import type { HttpRequest } from '../../http/call.ts';
import type { GitHubState, JobIdentity } from '../state.ts';

export interface RestContext {
  readonly state: GitHubState;
  readonly request: HttpRequest;
  readonly identity: JobIdentity;
  /** `owner/name`, as the path has it. */
  readonly repository: string;
  readonly baseUrl: string;
  readonly body: Record<string, unknown>;
}

/** Performs a call. @param ids the parts of the path that the route matched */
export type Handler = (context: RestContext, ids: readonly string[]) => Answer;

/** Most characters of an issue or comment. */
export const bodyLimit = 65_536;

export const notFound: Answer = json(404, { message: 'Not Found', status: '404' });
export const ok = (body: unknown): Answer => json(200, body);
export const invalid = (resource: string, field: string, code: string): Answer =>
  json(422, { message: 'Validation Failed', errors: [{ resource, field, code }], status: '422' });

/** One page and its Link header, as GitHub pages: 30 items unless the request names a size, at most 100. */
export function page(context: RestContext, items: readonly unknown[]): Answer {
  const { query, path } = context.request;
  const size = Math.min(100, Math.max(1, Number(query.get('per_page') ?? 30) || 30));
  const current = Math.max(1, Number(query.get('page') ?? 1) || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (number: number, rel: string): string => {
    const next = new URLSearchParams(query);
    next.set('page', String(number));
    return `<${context.baseUrl}${path}?${next}>; rel="${rel}"`;
  };
  const links = [
    ...(current > 1 ? [link(current - 1, 'prev'), link(1, 'first')] : []),
    ...(current < last ? [link(current + 1, 'next'), link(last, 'last')] : []),
  ];
  const headers: Record<string, string> = links.length > 0 ? { link: links.join(', ') } : {};
  return json(200, items.slice((current - 1) * size, current * size), headers);
}
