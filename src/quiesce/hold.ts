/** A hold on a host, which all ways to quiesce have in common: it begins with a lease, and ends with `resume` or `thaw`. */
import type { HostAnswer } from '../host/catalogue/catalogue.ts';
import type { HostCommand, Hosts } from '../ports/hosts.ts';
import type { Clock } from '../runtime/clock.ts';
import { AwsError, BackupError, explain } from '../runtime/errors.ts';

/** Parameters of a host script that quiesces the source under a lease. */
export function leaseParameters(holdId: string, leaseSeconds: number, clock: Clock) {
  return {
    HoldId: holdId,
    LeaseSeconds: String(leaseSeconds),
    // A command that is delivered late, when nobody waits for it any more, must not quiesce the source.
    NotAfterMs: String(clock.now().getTime() + leaseSeconds * 1000),
  };
}

/** Ends a hold on its host. A hold that no longer exists is not an error. */
export function endHold<S extends 'resume' | 'thaw'>(
  instanceId: string,
  command: HostCommand<S>,
  hosts: Hosts,
): Promise<HostAnswer<S>> {
  // Not with the run's signal: a cancelled run still resumes the source.
  return hosts.run(instanceId, { pace: 'pause', ...command });
}

/** Epoch ms by the host's clock at which the lease ended the hold; undefined when the lease did not end it. */
export function leaseEndMs(
  ended: Pick<HostAnswer<'resume' | 'thaw'>, 'leaseFired' | 'resumeStartedMs'>,
): number | undefined {
  return ended.leaseFired ? (ended.resumeStartedMs ?? 0) : undefined;
}

/** Epoch ms up to which a snapshot call may be repeated: the last quarter of the lease is left to the resume. */
export function latestCallMs(clock: Clock, leaseUntilMs: number): number {
  const now = clock.now().getTime();
  return now + (leaseUntilMs - now) * 0.75;
}

/** Code of the errors of a source that may not serve: it was quiesced, and nobody knows that it was resumed. */
const notResumedCode = 'resume-failed';

/** What comes before everything else while a source may not serve. */
export const lookAtTheHost = 'look at the host now (docs/runbook.md, "The source did not come back")';

/**
 * The worst that can happen: the source may not serve.
 * @param error why it could not be resumed, or that it does not serve although it was
 * @param cause more than `error`, when something else failed before
 */
export function notResumed(what: string, error: unknown, cause: unknown = error): BackupError {
  const { what: why, likelyCause, detail } = explain(error);
  return new BackupError({
    what: `${what}: ${why}`,
    likelyCause,
    fix: lookAtTheHost,
    detail,
    code: notResumedCode,
    cause,
  });
}

/** The error a reader must see first: one that leaves a source quiesced, else the first. */
export function gravest<T>(errors: readonly T[], errorOf: (one: T) => unknown): T | undefined {
  return errors.find((one) => explain(errorOf(one)).code === notResumedCode) ?? errors[0];
}

/**
 * Whether the source could not be quiesced because the account lacks something: a document in this region, or a permission.
 * The snapshot is taken all the same, but the run fails: nobody looks at notes of green runs, and every night would be alike.
 */
export function mustBeMended(error: unknown): boolean {
  return error instanceof AwsError && (error.code === 'InvalidDocument' || error.kind === 'denied');
}

/** The reason of a failed attempt, for a note. */
export function whyNotQuiesced(error: unknown): string {
  if (error instanceof AwsError && error.code === 'InvalidInstanceId') return 'no SSM agent is registered for it';
  return explain(error).what;
}
