/**
 * Keeps the calls of one session within EC2's request buckets, so that throttling is the exception. EC2 counts each
 * operation of an account and region on its own (EC2 developer guide, "Request throttling for the Amazon EC2 API"). An
 * account's sizes may differ from these; a call that is throttled all the same is sent again. A fifth is left for other
 * users of the account.
 */
import type { Clock } from '../../runtime/clock.ts';

interface Bucket {
  /** Calls it holds when full. */
  readonly capacity: number;
  /** Calls a second. */
  readonly refill: number;
}

const describe: Bucket = { capacity: 100, refill: 20 };
const mutate: Bucket = { capacity: 50, refill: 5 };
const own: Readonly<Record<string, Bucket>> = {
  CreateSnapshot: { capacity: 100, refill: 5 },
  CreateSnapshots: { capacity: 100, refill: 5 },
  CopySnapshot: { capacity: 100, refill: 5 },
  DeleteSnapshot: { capacity: 100, refill: 5 },
  CreateTags: { capacity: 100, refill: 10 },
  DeleteTags: { capacity: 100, refill: 10 },
};
const share = 0.8;

export class Pacer {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits until a call of this operation is within its bucket. Calls proceed in the order in which they came. */
  async take(operation: string, signal?: AbortSignal): Promise<void> {
    const size = own[operation] ?? (operation.startsWith('Describe') ? describe : mutate);
    const [capacity, refill] = [size.capacity * share, size.refill * share];
    const now = this.#clock.now().getTime();
    const bucket = this.#buckets.get(operation) ?? { tokens: capacity, at: now };
    this.#buckets.set(operation, bucket);
    bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.at) / 1000) * refill);
    bucket.at = now;
    // A negative number counts the calls that wait: each waits for its own token.
    bucket.tokens -= 1;
    if (bucket.tokens < 0) await this.#clock.sleep((-bucket.tokens / refill) * 1000, signal);
  }
}
