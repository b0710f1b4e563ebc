/**
 * Quiesces an application with the user's SSM document: `pre-script` before the snapshot, `post-script` after it.
 * The document's lease waits on the host and then runs `post-script`, whatever becomes of this run.
 */
import type { Hooks } from '../ports/hooks.ts';
import type { WorkContext } from '../runtime/context.ts';
import { AwsError } from '../runtime/errors.ts';
import { mustBeMended, notResumed, whyNotQuiesced } from './hold.ts';
import type { Attempt, InstanceHold, OpenHold } from './instance-hold.ts';

export interface DocumentRequest {
  readonly instanceId: string;
  readonly document: string;
  /** Seconds that each half of the document may take. */
  readonly documentSeconds: number;
  /** Seconds for which the application stays quiesced at most, once `pre-script` has ended. */
  readonly maxPauseSeconds: number;
}

/** Sets the lease and runs `pre-script`. Never rejects: an application that cannot be quiesced is snapshotted as it is. */
export async function quiesceApplication(
  request: DocumentRequest,
  hold: OpenHold,
  hooks: Hooks,
  context: WorkContext,
): Promise<Attempt> {
  const { instanceId, document, documentSeconds } = request;
  try {
    await endEarlierLeases(request, hooks, context);
    const leaseSeconds = documentSeconds + request.maxPauseSeconds;
    // The host counts from later on, so that it resumes the application no earlier.
    const leaseEndMs = context.clock.now().getTime() + leaseSeconds * 1000;
    hold.change({ document });
    hold.change({ leaseId: await hooks.arm(instanceId, document, leaseSeconds) });
    await hooks.run(instanceId, document, 'pre-script', documentSeconds);
    context.logger.info(`${instanceId}: ${document} has quiesced the application`);
    return { untilMs: leaseEndMs, notes: [], failures: [] };
  } catch (error) {
    const failures: unknown[] = mustBeMended(error) ? [error] : [];
    // A pre-script that may still be running could quiesce the application later: then the lease stays.
    const ended = error instanceof AwsError && error.code === 'Failed';
    await resumeApplication(hold.current, documentSeconds, hooks, { disarm: ended }).catch((failure: unknown) => {
      failures.push(failure);
    });
    hold.change({ document: undefined, leaseId: undefined });
    return {
      untilMs: undefined,
      notes: [`${document} did not quiesce the application: ${whyNotQuiesced(error)}`],
      failures,
    };
  }
}

/**
 * Runs `post-script`, and deletes the lease only when it has run.
 * @throws BackupError with the code `resume-failed` when it has not run; AwsError when the lease could not be deleted
 */
export async function resumeApplication(
  { instanceId, document, leaseId }: InstanceHold,
  documentSeconds: number,
  hooks: Hooks,
  { disarm }: { readonly disarm: boolean } = { disarm: true },
): Promise<void> {
  if (document === undefined) return;
  try {
    await hooks.run(instanceId, document, 'post-script', documentSeconds);
  } catch (error) {
    const what = `${document} could not resume the application on ${instanceId}, its lease will do it`;
    throw notResumed(what, error);
  }
  if (!disarm) return;
  const leases = leaseId === undefined ? await hooks.leases(instanceId) : [leaseId];
  for (const one of leases) await hooks.disarm(one);
}

/** A dead run may have left the application quiesced: it is resumed before it is quiesced again. */
async function endEarlierLeases(
  { instanceId, document, documentSeconds }: DocumentRequest,
  hooks: Hooks,
  { logger }: WorkContext,
): Promise<void> {
  const leases = await hooks.leases(instanceId);
  if (leases.length === 0) return;
  logger.info(`${instanceId}: an earlier run left ${leases.length} leases; running ${document} (post-script) for them`);
  await hooks.run(instanceId, document, 'post-script', documentSeconds);
  for (const one of leases) await hooks.disarm(one);
}
