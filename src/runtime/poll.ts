/**
 * Waiting for a state. The SDK's waiters turn every unmatched exception into "try again", so that a refusal is
 * polled until the timeout; here each outcome of a probe is named: retry, done or fatal (a thrown error is fatal).
 */
import type { Clock } from './clock.ts';
import { DeadlineError } from './interruptions.ts';

export type Probe<T> = { readonly done: T } | { readonly retry: string };

/** How often a state is asked for: the first delay, its growth, and the longest delay, in milliseconds. */
export interface Pace {
  readonly first: number;
  readonly factor: number;
  readonly longest: number;
}

export const paces = {
  /** While a source is quiesced every tenth of a second counts. */
  pause: { first: 60, factor: 1.2, longest: 250 },
  normal: { first: 250, factor: 1.5, longest: 5_000 },
  /** For what takes minutes or hours. */
  long: { first: 500, factor: 1.6, longest: 15_000 },
} as const satisfies Record<string, Pace>;

export interface PollOptions {
  /** What is waited for, as the end of "gave up waiting for …". */
  readonly what: string;
  readonly timeoutSeconds: number;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Called when the reason to wait changes, for visible progress. */
  readonly onChange?: (reason: string) => void;
}

/**
 * Asks `probe` until it is done.
 * @throws DeadlineError after `timeoutSeconds`, with the last reason to wait
 * @throws whatever the probe throws, and the signal's reason when aborted
 */
export async function poll<T>(options: PollOptions, probe: () => Promise<Probe<T>>): Promise<T> {
  const { clock, pace, signal } = options;
  const deadline = clock.now().getTime() + options.timeoutSeconds * 1000;
  let delay = pace.first;
  let last = '';
  for (;;) {
    signal?.throwIfAborted();
    const outcome = await probe();
    if ('done' in outcome) return outcome.done;
    if (outcome.retry !== last) {
      last = outcome.retry;
      options.onChange?.(last);
    }
    const left = deadline - clock.now().getTime();
    if (left <= 0) throw new DeadlineError({ what: options.what, seconds: options.timeoutSeconds, last });
    await clock.sleep(Math.min(delay, left), signal);
    delay = Math.min(delay * pace.factor, pace.longest);
  }
}
