/**
 * Doing something again after an error. As in `poll`, each outcome is named: an error is fatal, worth another attempt, or
 * turns out to be no error at all (the effect is there, only its answer was lost).
 */
import type { WorkContext } from './context.ts';

export type RetryDecision<T> =
  /** `atLeast`: milliseconds that whoever refused asks to wait. */
  | { readonly again: string; readonly atLeast?: number | undefined; readonly attempts?: number }
  | { readonly done: T }
  | { readonly fatal: unknown };

/** How the waits between attempts grow, in milliseconds. */
export interface Backoff {
  readonly first: number;
  /** Default 2. */
  readonly factor?: number;
  readonly longest?: number;
  /** Gives numbers from 0 to 1 that spread the waits of many clients: the wait is half of it at least. */
  readonly random?: () => number;
}

export interface RetryOptions<T> extends Pick<WorkContext, 'clock'> {
  readonly signal?: AbortSignal | undefined;
  readonly backoff: Backoff;
  /** In all; a decision may allow fewer. */
  readonly attempts?: number;
  /** Epoch ms beyond which no wait may reach. */
  readonly giveUpAt?: number;
  /** What an error means. @param attempt the number of the attempt that failed, from 1 */
  readonly decide: (error: unknown, attempt: number) => RetryDecision<T> | Promise<RetryDecision<T>>;
  /** Called before each wait, for the log. */
  readonly onRetry?: (retry: { reason: string; waitMs: number; attempt: number }) => void;
}

/**
 * Does the work until it succeeds.
 * @throws the last error when it is fatal, attempts or time are used up; the signal's reason when aborted
 */
export async function retry<T>(options: RetryOptions<T>, work: (attempt: number) => Promise<T>): Promise<T> {
  const { clock, signal, attempts = Number.POSITIVE_INFINITY, giveUpAt = Number.POSITIVE_INFINITY } = options;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      const decision = await options.decide(error, attempt);
      if ('done' in decision) return decision.done;
      if ('fatal' in decision) throw decision.fatal;
      const waitMs = Math.max(backoffMs(options.backoff, attempt), decision.atLeast ?? 0);
      if (attempt >= Math.min(attempts, decision.attempts ?? attempts)) throw error;
      if (clock.now().getTime() + waitMs > giveUpAt) throw error;
      options.onRetry?.({ reason: decision.again, waitMs, attempt });
      await clock.sleep(waitMs, signal);
    }
  }
}

function backoffMs(
  { first, factor = 2, longest = Number.POSITIVE_INFINITY, random }: Backoff,
  attempt: number,
): number {
  const whole = Math.min(first * factor ** (attempt - 1), longest);
  return random === undefined ? whole : whole * (0.5 + random() / 2);
}
