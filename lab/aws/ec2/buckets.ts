/** EC2's request token buckets: each call takes a token, a bucket refills steadily, an empty one throttles. */
import type { LabClock } from '../../contracts.ts';
import { LabAwsError } from '../service.ts';
import type { BucketSize } from './options.ts';

export class TokenBucket {
  readonly #size: BucketSize;
  readonly #clock: LabClock;
  #tokens: number;
  #at: number;

  constructor(size: BucketSize, clock: LabClock) {
    this.#size = size;
    this.#clock = clock;
    this.#tokens = size.capacity;
    this.#at = clock.now().getTime();
  }

  /** Takes a token; false when there is none. */
  take(): boolean {
    const now = this.#clock.now().getTime();
    this.#tokens = Math.min(this.#size.capacity, this.#tokens + ((now - this.#at) / 1000) * this.#size.refill);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

export function throttled(): LabAwsError {
  return new LabAwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
}
