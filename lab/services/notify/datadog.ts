/** Datadog's metric intake: `POST /api/v2/series` (docs.datadoghq.com/api/latest/metrics, "Submit metrics"). */
import { json } from '../http/answer.ts';
import { type CallParts, type HttpRequest, type Operation, refuse } from '../http/call.ts';
import { type Endpoint, jsonObject, startEndpoint } from '../http/server.ts';

export interface ReceivedSeries {
  readonly metric: string;
  /** 0 unspecified, 1 count, 2 rate, 3 gauge. */
  readonly type: number;
  readonly points: readonly { readonly timestamp: number; readonly value: number }[];
  readonly tags: readonly string[];
  readonly unit?: string;
}

export interface DatadogLab extends Endpoint {
  readonly series: readonly ReceivedSeries[];
}

/** @param options `apiKey` is the only key that the intake accepts */
export async function startDatadog(options: CallParts & { readonly apiKey: string }): Promise<DatadogLab> {
  const series: ReceivedSeries[] = [];
  const endpoint = await startEndpoint((request) => route(request, options.apiKey, series), options);
  return { ...endpoint, series };
}

function route(request: HttpRequest, apiKey: string, series: ReceivedSeries[]): Operation {
  const body = jsonObject(request.body);
  const common = {
    endpoint: 'datadog' as const,
    caller: 'runner',
    parameters: body ?? {},
    throttled: json(429, { errors: ['Rate limit exceeded'] }, { 'x-ratelimit-reset': '1' }),
    refusal: ({ status, message }: { readonly status: number; readonly message: string }) =>
      json(status, { errors: [message] }),
  };
  if (request.method !== 'POST' || request.path !== '/api/v2/series') {
    return refuse(
      { ...common, name: 'Unknown' },
      json(404, { errors: [`no such path: ${request.method} ${request.path}`] }),
    );
  }
  const name = 'SubmitMetrics';
  if (request.headers['dd-api-key'] !== apiKey)
    return refuse({ ...common, name }, json(403, { errors: ['Forbidden'] }));
  const problems = seriesProblems(body);
  if (problems.length > 0) return refuse({ ...common, name }, json(400, { errors: problems }));
  return {
    ...common,
    name,
    perform: () => {
      for (const one of (body as { series: ReceivedSeries[] }).series) {
        series.push({ ...one, type: one.type ?? 0, tags: one.tags ?? [] });
      }
      return json(202, { errors: [] });
    },
  };
}

/** What is wrong with a payload. Datadog accepts points of the last hour, and up to ten minutes ahead. */
function seriesProblems(body: Record<string, unknown> | undefined): string[] {
  if (!body || !Array.isArray(body.series)) return ['Payload is not in the expected format: no series'];
  const problems: string[] = [];
  const now = Date.now() / 1000;
  for (const [index, item] of (body.series as unknown[]).entries()) {
    const at = `series[${index}]`;
    const one = (item ?? {}) as Record<string, unknown>;
    const metric = one.metric;
    if (typeof metric !== 'string' || !/^[A-Za-z][A-Za-z0-9_.]{0,199}$/.test(metric)) problems.push(`${at}.metric`);
    if (one.type !== undefined && ![0, 1, 2, 3].includes(one.type as number)) problems.push(`${at}.type`);
    const tags = one.tags ?? [];
    if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== 'string' || tag.length > 200)) {
      problems.push(`${at}.tags`);
    }
    const points = one.points;
    if (!Array.isArray(points) || points.length === 0) {
      problems.push(`${at}.points`);
      continue;
    }
    for (const point of points as Record<string, unknown>[]) {
      const { timestamp, value } = point;
      if (typeof value !== 'number' || !Number.isFinite(value)) problems.push(`${at}.points.value`);
      if (!Number.isInteger(timestamp) || (timestamp as number) < now - 3600 || (timestamp as number) > now + 600) {
        problems.push(`${at}.points.timestamp`);
      }
    }
  }
  return problems;
}
