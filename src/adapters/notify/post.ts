/** Sends one message over HTTP, as JSON, or a text as it is: with a deadline, with respect for 429 and Retry-After, and without showing secrets. */
import type { Clock } from '../../runtime/clock.ts';
import { explain } from '../../runtime/errors.ts';
import { type RetryDecision, retry } from '../../runtime/retry.ts';

export interface Post {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The status that means "received"; `success` for any from 200 to 299. */
  readonly expect: number | 'success';
  readonly clock: Clock;
  /** In all, including the waits between attempts. */
  readonly deadlineSeconds: number;
  /** Never shown, wherever they occur. */
  readonly secrets: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export type Delivery =
  | { readonly sent: true }
  | { readonly sent: false; readonly status?: number; readonly reason: string };

/** Sends until received, refused, or out of time. Never throws: a message that is lost is no failed backup. */
export async function postJson(post: Post): Promise<Delivery> {
  const { clock, signal } = post;
  const giveUpAt = clock.now().getTime() + post.deadlineSeconds * 1000 - 1;
  let last: NotSent | undefined;
  const decide = (error: unknown): RetryDecision<void> => {
    if (!(error instanceof NotSent)) return { fatal: error };
    last = error;
    return error.again ? { again: error.message, atLeast: error.waitMs } : { fatal: error };
  };
  try {
    await retry({ clock, signal, giveUpAt, backoff: { first: 1000 }, decide }, () =>
      once(post, Math.max(1, giveUpAt - clock.now().getTime())),
    );
    return { sent: true };
  } catch (error) {
    return delivery(last ?? new NotSent(explain(error).what), post.secrets);
  }
}

/** Why a message was not received. */
class NotSent extends Error {
  override readonly name = 'NotSent';
  /** Whether the same message may be received later. */
  readonly again: boolean;
  /** Milliseconds that the receiver asks to wait. */
  readonly waitMs: number | undefined;
  readonly status: number | undefined;

  constructor(reason: string, options: { again?: boolean; waitMs?: number | undefined; status?: number } = {}) {
    super(reason);
    this.again = options.again ?? false;
    this.waitMs = options.waitMs;
    this.status = options.status;
  }
}

/** @throws NotSent */
async function once(post: Post, milliseconds: number): Promise<void> {
  const limit = AbortSignal.timeout(Math.min(milliseconds, 10_000));
  const response = await send(post, post.signal ? AbortSignal.any([limit, post.signal]) : limit);
  const { status } = response;
  if (post.expect === 'success' ? response.ok : status === post.expect) return;
  const words = response.text.slice(0, 200).replace(/\s+/g, ' ').trim();
  throw new NotSent(`status ${status}${words === '' ? '' : `: ${words}`}`, {
    again: status === 429 || status >= 500,
    waitMs: retryAfter(response.headers, post.clock),
    status,
  });
}

async function send(
  post: Post,
  signal: AbortSignal,
): Promise<{ status: number; ok: boolean; headers: Headers; text: string }> {
  const plain = typeof post.body === 'string';
  try {
    const response = await fetch(post.url, {
      method: 'POST',
      headers: { 'content-type': plain ? 'text/plain; charset=utf-8' : 'application/json', ...post.headers },
      body: plain ? String(post.body) : JSON.stringify(post.body),
      // A redirect would carry key and message elsewhere.
      redirect: 'manual',
      signal,
    });
    return { status: response.status, ok: response.ok, headers: response.headers, text: await response.text() };
  } catch (error) {
    // fetch says only "fetch failed"; the reason is its cause.
    const cause = (error as { cause?: unknown }).cause ?? error;
    const { code, name, message } = cause as { code?: string; name?: string; message?: string };
    // An invalid header (a key with a line break in it) fails the same way each time.
    const hopeless =
      post.signal?.aborted === true || code === 'ERR_INVALID_CHAR' || /invalid header|Invalid URL/i.test(message ?? '');
    const reason = name === 'TimeoutError' ? 'no answer in time' : (code ?? message ?? 'unknown');
    throw new NotSent(reason, { again: !hopeless });
  }
}

/** Retry-After in milliseconds, given as seconds or as a date; undefined without one. */
function retryAfter(headers: Headers, clock: Clock): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Number(value) * 1000;
  const milliseconds = Date.parse(value) - clock.now().getTime();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

function delivery({ message, status }: NotSent, secrets: readonly string[]): Delivery {
  const reason = secrets
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '***'), message);
  return status === undefined ? { sent: false, reason } : { sent: false, status, reason };
}
