/** Sends one message over HTTP: with a deadline, with respect for 429 and Retry-After, and without showing secrets. */
import type { Clock } from '../../runtime/clock.ts';
import { explain } from '../../runtime/errors.ts';
import { type RetryDecision, retry } from '../../runtime/retry.ts';

export interface Message {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default POST. */
  readonly method?: 'GET' | 'POST' | 'PUT';
  /** A text as it is, anything else as JSON; undefined sends none. */
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
export async function deliver(message: Message): Promise<Delivery> {
  const { clock, signal } = message;
  const giveUpAt = clock.now().getTime() + message.deadlineSeconds * 1000 - 1;
  let last: NotSent | undefined;
  const decide = (error: unknown): RetryDecision<void> => {
    if (!(error instanceof NotSent)) return { fatal: error };
    last = error;
    return error.again ? { again: error.message, atLeast: error.waitMs } : { fatal: error };
  };
  try {
    await retry({ clock, signal, giveUpAt, backoff: { first: 1000 }, decide }, () =>
      once(message, Math.max(1, giveUpAt - clock.now().getTime())),
    );
    return { sent: true };
  } catch (error) {
    return delivery(last ?? new NotSent(explain(error).what), message.secrets);
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
async function once(message: Message, milliseconds: number): Promise<void> {
  const limit = AbortSignal.timeout(Math.min(milliseconds, 10_000));
  const response = await send(message, message.signal ? AbortSignal.any([limit, message.signal]) : limit);
  const { status } = response;
  if (message.expect === 'success' ? isSuccess(response) : status === message.expect) return;
  const words = redirects(status)
    ? 'it redirects, which is not followed: give the address that it leads to'
    : response.text.slice(0, 200).replace(/\s+/g, ' ').trim();
  throw new NotSent(`status ${status}${words === '' ? '' : `: ${words}`}`, {
    again: status === 429 || status >= 500,
    waitMs: retryAfter(response.headers, message.clock),
    status,
  });
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const redirects = (status: number): boolean => status >= 300 && status < 400;

/** Uptime Kuma 1 answers 200 to a wrong token, and says `{"ok":false,…}` (its server/routers/api-router.js). */
const isSuccess = ({ status, text }: Answer): boolean =>
  status >= 200 && status < 300 && !/^\s*\{\s*"ok"\s*:\s*false\b/.test(text);

async function send(message: Message, signal: AbortSignal): Promise<Answer> {
  const plain = typeof message.body === 'string';
  try {
    const response = await fetch(message.url, {
      method: message.method ?? 'POST',
      headers: {
        ...(message.body === undefined
          ? {}
          : { 'content-type': plain ? 'text/plain; charset=utf-8' : 'application/json' }),
        ...message.headers,
      },
      ...(message.body === undefined ? {} : { body: plain ? String(message.body) : JSON.stringify(message.body) }),
      // A redirect would carry key and message elsewhere.
      redirect: 'manual',
      signal,
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    // fetch says only "fetch failed"; the reason is its cause.
    const cause = (error as { cause?: unknown }).cause ?? error;
    const { code, name, message: words } = cause as { code?: string; name?: string; message?: string };
    // An invalid header (a key with a line break in it) fails the same way each time.
    const hopeless =
      message.signal?.aborted === true ||
      code === 'ERR_INVALID_CHAR' ||
      /invalid header|Invalid URL/i.test(words ?? '');
    const reason = name === 'TimeoutError' ? 'no answer in time' : (code ?? words ?? 'unknown');
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
