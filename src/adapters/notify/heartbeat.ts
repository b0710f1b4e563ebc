/** Tells a heartbeat service outside that a run has started, succeeded or failed. */
import type { HeartbeatRequest } from '../../report/heartbeat.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Delivery, deliver } from './deliver.ts';

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** Default 10: a run does not wait for a service. */
  readonly deadlineSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Never throws; the reason of what was not sent never has the URL, or what is secret of it. */
export function sendHeartbeat(
  { method, url, body }: HeartbeatRequest,
  { clock, deadlineSeconds = 10, signal }: HeartbeatOptions,
): Promise<Delivery> {
  return deliver({ method, url, body, expect: 'success', clock, deadlineSeconds, secrets: secretsOf(url), signal });
}

/** What an answer may repeat: the whole URL, its path and query, and each long part of them. */
function secretsOf(text: string): readonly string[] {
  const { pathname, search, searchParams } = new URL(text);
  const parts = [...pathname.split('/'), ...searchParams.values()].filter((part) => part.length >= 8);
  return [text, pathname + search, pathname, search, ...parts].filter((secret) => secret.length > 1);
}
