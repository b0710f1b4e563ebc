/**
 * Locks of snapshots: for how long, and how their tags say so. The tag `holdfast:lock` is set when a snapshot is made and says
 * what was asked for; `holdfast:locked` is set once it is locked. Between the two a run may have died.
 */
import type { Snapshot, Tags } from './ec2.ts';
import { tagNames } from './tags.ts';

export const lockModes = ['governance', 'compliance'] as const;
export type LockMode = (typeof lockModes)[number];

export interface SnapshotLock {
  readonly mode: LockMode;
  /** Whole days, 1 to 36,500. */
  readonly days: number;
}

/** A lock as EC2 shows it. */
export interface LockedSnapshot {
  /** `governance`, `compliance`, or `compliance-cooloff`. */
  readonly state: string;
  readonly until: Date | undefined;
}

const day = 24 * 3_600_000;

/** The tag with which a snapshot is made; none without a lock. */
export function lockTags(lock: SnapshotLock | undefined): Tags {
  return lock === undefined ? {} : { [tagNames.lock]: `${lock.mode} ${lock.days}` };
}

/** The tag that says that a snapshot is locked. The stack's roles lock nothing that has it, so that they can shorten no lock. */
export function lockedTags(until: Date | undefined): Tags {
  return { [tagNames.locked]: until?.toISOString() ?? 'Yes' };
}

/**
 * The lock that a snapshot was made to have and does not have yet; undefined for none. It ends when it was asked to, counted from
 * the moment that the data is of, so that neither a copy nor a late lock outlasts the retention.
 */
export function missingLock(
  { tags, state, startedAt }: Pick<Snapshot, 'tags' | 'state' | 'startedAt'>,
  now: Date,
  takenAt = startedAt,
): SnapshotLock | undefined {
  if (state === 'error' || tags[tagNames.locked] !== undefined) return undefined;
  const [, mode, days] = /^(governance|compliance) (\d{1,5})$/.exec(tags[tagNames.lock] ?? '') ?? [];
  if (mode === undefined) return undefined;
  const left = Math.ceil((takenAt.getTime() + Number(days) * day - now.getTime()) / day);
  return left < 1 ? undefined : { mode: mode as LockMode, days: Math.min(left, Number(days)) };
}

/** `governance, locked until 2026-12-03`. */
export function lockWords({ state, until }: LockedSnapshot): string {
  return until === undefined ? state : `${state}, locked until ${until.toISOString().slice(0, 16)}Z`;
}
