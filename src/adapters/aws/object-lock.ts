/** Object Lock: what a bucket's default retention still locks, so that deleting it is not even tried. */
import { GetObjectLockConfigurationCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { type ObjectLock, type ObjectPlace, s3Url } from '../../domain/s3.ts';
import { AwsError } from '../../runtime/errors.ts';
import type { AwsSession } from './session.ts';

const day = 24 * 3_600_000;

export class ObjectLocks {
  readonly #session: AwsSession;
  readonly #signal: AbortSignal | undefined;
  readonly #byBucket = new Map<string, Promise<ObjectLock | undefined>>();

  constructor(session: AwsSession, signal: AbortSignal | undefined) {
    this.#session = session;
    this.#signal = signal;
  }

  ofBucket(bucket: string): Promise<ObjectLock | undefined> {
    const known = this.#byBucket.get(bucket) ?? this.#ask(bucket);
    this.#byBucket.set(bucket, known);
    return known;
  }

  /** When the lock of a version ends; undefined when it has ended, or when there is none. Delete markers are never locked. */
  async lockedUntil({ bucket, key, versionId }: ObjectPlace): Promise<Date | undefined> {
    if (versionId === undefined) return undefined;
    const lock = await this.ofBucket(bucket);
    if (lock === undefined) return undefined;
    const call = { operation: 'HeadObject', resource: s3Url({ bucket, key, versionId }), signal: this.#signal };
    const written = await this.#session
      .call(call, (abortSignal) =>
        this.#session.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }), {
          abortSignal,
        }),
      )
      .then(
        ({ LastModified }) => LastModified,
        // A delete marker, or gone: then the deletion itself shows it.
        () => undefined,
      );
    const until = written && new Date(written.getTime() + lock.days * day);
    return until && until > this.#session.clock.now() ? until : undefined;
  }

  async #ask(bucket: string): Promise<ObjectLock | undefined> {
    const call = { operation: 'GetObjectLockConfiguration', resource: `s3://${bucket}`, signal: this.#signal };
    try {
      const { ObjectLockConfiguration } = await this.#session.call(call, (abortSignal) =>
        this.#session.s3.send(new GetObjectLockConfigurationCommand({ Bucket: bucket }), { abortSignal }),
      );
      const { Mode, Days, Years } = ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
      const days = Days ?? (Years === undefined ? 0 : Years * 365);
      return Mode === undefined || days === 0 ? undefined : { mode: Mode, days };
    } catch {
      this.#signal?.throwIfAborted();
      // No lock, a server that knows none, or no permission to ask: then a refused deletion shows it.
      return undefined;
    }
  }
}

/**
 * Whether S3 refused a deletion because of a lock. It answers 403 with the code AccessDenied, and says why in the text
 * ("… because object protected by object lock").
 */
export function isLocked(error: unknown): boolean {
  return error instanceof AwsError && error.kind === 'denied' && /object lock|WORM/i.test(error.what);
}
