/**
 * Pushes metrics to a Prometheus Pushgateway: PUT replaces all metrics of the grouping key, so that a source that is gone goes (its
 * README, "API"). It adds `push_time_seconds` itself.
 */
import type { Clock } from '../../runtime/clock.ts';
import { type Delivery, deliver } from './deliver.ts';

export interface PushOptions {
  /** `https://push.example.com:9091`, also with a path before `/metrics`. */
  readonly url: string;
  /** Value of the header Authorization; empty for none. */
  readonly authorization: string;
  readonly clock: Clock;
  /** Default 30. */
  readonly deadlineSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @param grouping labels that tell this push from those of others, without `job` @returns never throws; the reason has no secret */
export function pushMetrics(
  { url, authorization, clock, deadlineSeconds = 30, signal }: PushOptions,
  grouping: Readonly<Record<string, string>>,
  text: string,
): Promise<Delivery> {
  return deliver({
    url: `${url.replace(/\/+$/, '')}${groupingPath('holdfast', grouping)}`,
    method: 'PUT',
    headers: {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      ...(authorization === '' ? {} : { authorization }),
    },
    body: text,
    expect: 'success',
    clock,
    deadlineSeconds,
    secrets: authorization === '' ? [] : [authorization, authorization.replace(/^\S+\s+/, '')],
    signal,
  });
}

/** `/metrics/job/holdfast/repository@base64/YWNtZS9i`: a value with a slash is given in base64url. */
export function groupingPath(job: string, labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(
    ([name, value]) => `/${name}@base64/${value === '' ? '=' : Buffer.from(value).toString('base64url')}`,
  );
  return `/metrics/job/${encodeURIComponent(job)}${parts.join('')}`;
}
