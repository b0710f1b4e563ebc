/**
 * EC2's request token buckets: each call takes a token, a bucket refills steadily, an empty one throttles. Every
 * operation has its own in every region ("each API is evaluated individually", API request throttling).
 */
import type { LabClock } from '../../../clock/clock.ts';
import { LabAwsError } from '../../protocol/service.ts';
import type { BucketSize, Ec2Options } from '../options.ts';

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

  /** Whether there is a token to take. */
  has(): boolean {
    const now = this.#clock.now().getTime();
    this.#tokens = Math.min(this.#size.capacity, this.#tokens + ((now - this.#at) / 1000) * this.#size.refill);
    this.#at = now;
    return this.#tokens >= 1;
  }

  /** Takes a token; false when there is none. */
  take(): boolean {
    if (!this.has()) return false;
    this.#tokens -= 1;
    return true;
  }
}

function throttled(): LabAwsError {
  return new LabAwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
}

/** EC2's own sizes (API request throttling): describe calls, most that change something, and the exceptions. */
const describing: BucketSize = { capacity: 100, refill: 20 };
const mutating: BucketSize = { capacity: 50, refill: 5 };
const exceptions: Readonly<Record<string, BucketSize>> = {
  CreateSnapshot: { capacity: 100, refill: 5 },
  CreateSnapshots: { capacity: 100, refill: 5 },
  CopySnapshot: { capacity: 100, refill: 5 },
  DeleteSnapshot: { capacity: 100, refill: 5 },
  CreateTags: { capacity: 100, refill: 10 },
  DeleteTags: { capacity: 100, refill: 10 },
};

/** @returns takes a token of the operation in the region, or throws EC2's throttling error */
export function requestBuckets({ clock, buckets: sizes }: Ec2Options): (region: string, operation: string) => void {
  const buckets = new Map<string, TokenBucket>();
  const sizeOf = (operation: string): BucketSize =>
    operation.startsWith('Describe')
      ? (sizes?.describe ?? describing)
      : (sizes?.mutate ?? exceptions[operation] ?? mutating);
  return (region, operation) => {
    const key = `${region} ${operation}`;
    const bucket = buckets.get(key) ?? new TokenBucket(sizeOf(operation), clock);
    buckets.set(key, bucket);
    if (!bucket.take()) throw throttled();
  };
}

/** @returns takes a token of every volume, or of none and throws: snapshots that one volume may begin in 15 seconds */
export function snapshotRates({ clock, snapshotsPerVolume = 5 }: Ec2Options): (volumeIds: readonly string[]) => void {
  const buckets = new Map<string, TokenBucket>();
  return (volumeIds) => {
    const wanted = volumeIds.map((id) => {
      const size = { capacity: snapshotsPerVolume, refill: snapshotsPerVolume / 15 };
      const bucket = buckets.get(id) ?? new TokenBucket(size, clock);
      buckets.set(id, bucket);
      return bucket;
    });
    if (!wanted.every((bucket) => bucket.has())) {
      throw new LabAwsError(
        'SnapshotCreationPerVolumeRateExceeded',
        'The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or variable sleep interval between requests.',
      );
    }
    for (const bucket of wanted) bucket.take();
  };
}
