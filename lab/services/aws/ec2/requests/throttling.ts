/**
 * EC2's token buckets: each call takes a token, a bucket refills steadily, and an empty one throttles. Every operation
 * has its own bucket in every region ("each API is evaluated individually", API request throttling).
 */
import type { LabClock } from '../../../clock/clock.ts';
import { LabAwsError } from '../../protocol/service.ts';
import type { BucketSize, Ec2Options } from '../options.ts';

class TokenBucket {
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

  /** Whether the bucket holds a token. */
  has(): boolean {
    const now = this.#clock.now().getTime();
    this.#tokens = Math.min(this.#size.capacity, this.#tokens + ((now - this.#at) / 1000) * this.#size.refill);
    this.#at = now;
    return this.#tokens >= 1;
  }

  /** Takes a token; false when the bucket is empty. */
  take(): boolean {
    if (!this.has()) return false;
    this.#tokens -= 1;
    return true;
  }
}

function throttled(): LabAwsError {
  return new LabAwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
}

/** EC2's own sizes (API request throttling): for calls that describe, for most that change something, and exceptions. */
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

/** @returns a function that takes a token of the operation in the region, or throws EC2's throttling error */
export function requestLimiter({ clock, buckets: sizes }: Ec2Options): (region: string, operation: string) => void {
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

/**
 * Limits how many snapshots of one volume start within 15 seconds.
 * @returns a function that takes a token for each of the volumes, or takes none and throws
 */
export function snapshotLimiter({ clock, snapshotsPerVolume = 5 }: Ec2Options): (volumeIds: readonly string[]) => void {
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
