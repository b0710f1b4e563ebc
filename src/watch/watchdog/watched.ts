/** What the watchdog says of a source. */
import type { KeptBackup } from '../../domain/backup.ts';
import type { PromisedSource } from '../promises/promise.ts';

/**
 * - `missing`: a promised run has made no backup, or a tagged instance has none.
 * - `too-old`: the newest proven backup is older than the recovery point objective.
 * - `too-slow`: the last restore took longer than the restore time objective.
 */
export const watchFailures = ['missing', 'too-old', 'too-slow'] as const;
export type WatchFailureKind = (typeof watchFailures)[number];

export interface WatchFailure {
  readonly kind: WatchFailureKind;
  /** When it began (ISO 8601). */
  readonly since: string;
  readonly what: string;
  readonly likelyCause?: string | undefined;
  readonly fix?: string | undefined;
}

/** A database of a server, or a volume of an instance. */
export interface WatchedPart extends Pick<WatchedSource, 'newest' | 'proven' | 'failures' | 'unknown'> {
  /** `srv/orders`, or `vol-1`. */
  readonly id: string;
  /** `srv/orders`, or `volume vol-1 of web`. */
  readonly name: string;
}

export interface WatchedSource {
  readonly promised: PromisedSource;
  /** The newest backup that can be restored; of several parts, that of the part whose newest is oldest, undefined when one has none. */
  readonly newest?: KeptBackup | undefined;
  /** The newest one that is proven; of several parts as `newest`. */
  readonly proven?: KeptBackup | undefined;
  /** The promised run that counts now (ISO 8601); undefined while none is due. */
  readonly due?: string | undefined;
  /** The next promised run (ISO 8601). */
  readonly next?: string | undefined;
  readonly failures: readonly WatchFailure[];
  /** That the backup of the run that counts came after its allowance: perhaps between two looks, so that no failure was ever told. */
  readonly late?: string | undefined;
  /** Why it cannot be said whether a backup is missing: then only a failure that is sure is told, and none is over. */
  readonly unknown?: string | undefined;
  /** Each database of a server, each volume of an instance: judged by itself. */
  readonly parts?: readonly WatchedPart[] | undefined;
  /** What is no failure and should not pass in silence. */
  readonly notes?: readonly string[] | undefined;
}
