/**
 * Whether a backup has a fingerprint of the very moment of its lock. It is exact where the source goes on changing, and costs
 * what must be read under the lock: with `freeze` the tables whose engine has no snapshot, with `stop` all of them.
 */
import type { Fingerprint, QuiesceMode } from '../domain/receipt.ts';

export interface UnderLockFacts {
  /** The input: `auto` wants it with freeze, where it is affordable. */
  readonly asked: 'auto' | 'true' | 'false';
  readonly mode: QuiesceMode;
  readonly maxPauseSeconds: number;
  /** The fingerprint before the pause, which shows how long reading takes. */
  readonly before: Pick<Fingerprint, 'seconds' | 'lockedSeconds'>;
}

export type UnderLockDecision =
  | { readonly kind: 'take'; readonly readSeconds: number }
  /** @property why for a note; undefined when nobody asked for it */
  | { readonly kind: 'leave'; readonly why: string | undefined }
  | { readonly kind: 'refuse'; readonly problem: string };

/** Seconds that the session may read on after the lock: reading in its transaction may be slower than it was before. */
const readSecondsAtLeast = 600;
const readSecondsAtMost = 6 * 3600;

export function decideUnderLock({ asked, mode, maxPauseSeconds, before }: UnderLockFacts): UnderLockDecision {
  if (asked === 'false' || (asked === 'auto' && mode === 'stop')) return { kind: 'leave', why: undefined };
  const seconds = mode === 'stop' ? before.seconds : before.lockedSeconds;
  if (seconds === undefined)
    return { kind: 'leave', why: 'the host does not say how long reading under the lock takes' };
  // The host gives up a lock that is not complete after half the lease.
  const limit = maxPauseSeconds / 2;
  if (seconds <= limit) {
    const readSeconds = Math.ceil(Math.min(readSecondsAtMost, Math.max(readSecondsAtLeast, 4 * before.seconds)));
    return { kind: 'take', readSeconds };
  }
  const what = mode === 'stop' ? 'all tables' : 'the tables whose engine has no snapshot';
  const why = `reading ${what} took ${Math.ceil(seconds)} s before the pause, more than half of max-pause (${maxPauseSeconds} s)`;
  if (asked === 'auto') return { kind: 'leave', why: `no fingerprint of the moment of the lock: ${why}` };
  return {
    kind: 'refuse',
    problem: `fingerprint-under-lock: ${why}; allowed: true with a max-pause of at least ${Math.ceil(seconds * 2)} s, or false`,
  };
}
