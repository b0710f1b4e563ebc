/**
 * Tells a heartbeat service outside that a run has started, succeeded or failed. The service notices what nobody inside can: that nothing
 * was told. Healthchecks.io takes the URL, with /start and /fail behind its path (healthchecks.io/docs/http_api); other services have
 * requests of their own, which the input names one by one.
 */
import { type HeartbeatSignal, heartbeatUrls } from '../../report/heartbeat.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Delivery, postJson } from './post.ts';

export interface HeartbeatOptions {
  /** Text of the input `heartbeat-url`. */
  readonly given: string;
  readonly clock: Clock;
  /** Default 10: a run does not wait for a service. */
  readonly deadlineSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @param text one line about the run @returns undefined when nothing is to be sent. Never throws; the reason never contains the URL */
export async function sendHeartbeat(
  { given, clock, deadlineSeconds = 10, signal }: HeartbeatOptions,
  kind: HeartbeatSignal,
  text: string,
): Promise<Delivery | undefined> {
  const url = heartbeatUrls(given)?.[kind];
  if (url === undefined) return undefined;
  const { pathname, search } = new URL(url);
  const secrets = [url, pathname, search];
  return postJson({ url, body: text, expect: 'success', clock, deadlineSeconds, secrets, signal });
}
