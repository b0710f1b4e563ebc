/** One JSON message over HTTP: bounded in time, polite to "too many requests", silent about secrets. */
import type { Clock } from '../../runtime/clock.ts';

export interface Post {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The status that means "received". */
  readonly expect: number;
  readonly clock: Clock;
  /** For everything, waits between tries included. */
  readonly deadlineSeconds: number;
  /** Never shown, wherever they turn up. */
  readonly secrets: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export type Delivery =
  | { readonly sent: true }
  | { readonly sent: false; readonly status?: number; readonly reason: string };

/** Sends until received, refused, or out of time. Never throws: a message that is lost is no failed backup. */
export async function postJson(post: Post): Promise<Delivery> {
  const deadline = post.clock.now().getTime() + post.deadlineSeconds * 1000;
  const left = (): number => deadline - post.clock.now().getTime();
  let delay = 1000;
  for (;;) {
    const outcome = await once(post, Math.max(1, left()));
    if (outcome.sent || !outcome.again) return clean(outcome, post.secrets);
    const wait = outcome.waitSeconds === undefined ? delay : outcome.waitSeconds * 1000;
    if (wait >= left()) return clean(outcome, post.secrets);
    try {
      await post.clock.sleep(wait, post.signal);
    } catch {
      return clean(outcome, post.secrets);
    }
    delay *= 2;
  }
}

type Outcome =
  | { sent: true }
  | { sent: false; again: boolean; waitSeconds?: number | undefined; status?: number; reason: string };

async function once(post: Post, milliseconds: number): Promise<Outcome> {
  const limit = AbortSignal.timeout(Math.min(milliseconds, 10_000));
  try {
    const response = await fetch(post.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...post.headers },
      body: JSON.stringify(post.body),
      // A redirect would carry key and message elsewhere.
      redirect: 'manual',
      signal: post.signal ? AbortSignal.any([limit, post.signal]) : limit,
    });
    const { status } = response;
    const words = (await response.text()).slice(0, 200).replace(/\s+/g, ' ').trim();
    if (status === post.expect) return { sent: true };
    const reason = `status ${status}${words === '' ? '' : `: ${words}`}`;
    const again = status === 429 || status >= 500;
    return { sent: false, again, waitSeconds: retryAfter(response, post.clock), status, reason };
  } catch (error) {
    // fetch says only "fetch failed"; the reason is its cause.
    const cause = (error as { cause?: unknown }).cause ?? error;
    const { code, name, message } = cause as { code?: string; name?: string; message?: string };
    // An invalid header (a key with a line break in it) fails the same way each time.
    const hopeless =
      post.signal?.aborted === true || code === 'ERR_INVALID_CHAR' || /invalid header|Invalid URL/i.test(message ?? '');
    return {
      sent: false,
      again: !hopeless,
      reason: name === 'TimeoutError' ? 'no answer in time' : (code ?? message ?? 'unknown'),
    };
  }
}

/** Retry-After in seconds, given as seconds or as a date; undefined without one. */
function retryAfter(response: Response, clock: Clock): number | undefined {
  const value = response.headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Number(value);
  const seconds = (Date.parse(value) - clock.now().getTime()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

function clean(outcome: Outcome, secrets: readonly string[]): Delivery {
  if (outcome.sent) return { sent: true };
  const reason = secrets
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '***'), outcome.reason);
  return outcome.status === undefined ? { sent: false, reason } : { sent: false, status: outcome.status, reason };
}
