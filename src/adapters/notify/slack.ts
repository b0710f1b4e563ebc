/** Sends to a Slack incoming webhook. Anybody who knows the URL can post, so it is a secret. */
import type { SlackMessage } from '../../report/render/slack.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Delivery, deliver } from './deliver.ts';

export interface SlackOptions {
  readonly webhookUrl: string;
  readonly clock: Clock;
  /** Includes the waits that Slack asks for (429, Retry-After); default 30. */
  readonly deadlineSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Never throws; the reason never contains the URL. */
export async function sendSlack(options: SlackOptions, message: SlackMessage): Promise<Delivery> {
  const url = URL.parse(options.webhookUrl);
  if (url === null) return { sent: false, reason: 'the webhook is not a URL' };
  const loopback = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    return { sent: false, reason: 'the webhook does not begin with https://' };
  }
  return deliver({
    url: options.webhookUrl,
    body: message,
    expect: 200,
    clock: options.clock,
    deadlineSeconds: options.deadlineSeconds ?? 30,
    secrets: [options.webhookUrl, url.pathname],
    signal: options.signal,
  });
}
