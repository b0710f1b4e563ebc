/**
 * The pause: quiesce, one snapshot call, resume. The source comes back whatever happens in between, first through this
 * code, else through the post step, else through the lease on the host.
 */
import type { Snapshot, Tags } from '../domain/ec2.ts';
import type { QuiesceMode } from '../domain/receipt.ts';
import { tagNames } from '../domain/tags.ts';
import type { HostAnswer, HostParameters } from '../host/catalogue/catalogue.ts';
import type { Compute } from '../ports/compute.ts';
import type { Hosts } from '../ports/hosts.ts';
import type { Clock } from '../runtime/clock.ts';
import { AwsError, BackupError } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';

/** The answer of the host script `quiesce`; times are the host's, epoch ms. */
export type Quiesced = HostAnswer<'quiesce'>;

/** The answer of the host script `resume`. */
export type Resumed = HostAnswer<'resume'>;

export interface PauseRequest {
  readonly instanceId: string;
  readonly volumeId: string;
  readonly holdId: string;
  readonly run: string;
  readonly mode: QuiesceMode;
  /** Parameters that quiesce and resume share: mount point, service, socket, defaults file. */
  readonly hostParameters: HostParameters<'inspect'>;
  /** Parameters of a fingerprint under the lock, or none. */
  readonly underLock: { readonly Method: string; readonly Checks: string } | undefined;
  readonly maxPauseSeconds: number;
  readonly description: string;
  readonly tags: Tags;
}

export interface PauseTools {
  readonly compute: Compute;
  readonly hosts: Hosts;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface PauseResult {
  readonly snapshot: Snapshot;
  readonly quiesced: Quiesced;
  readonly resumed: Resumed;
}

/** Seconds the service may need to stop, beyond which quiesce gives up and resumes by itself. */
const quiesceSeconds = (request: PauseRequest): number => Math.max(30, request.maxPauseSeconds);
/** Starting again may need recovery of the database's own; the lease's unit waits as long. */
export const resumeSeconds = 900;

export async function pause(request: PauseRequest, tools: PauseTools): Promise<PauseResult> {
  const { hosts, clock, logger } = tools;
  let snapshot: Snapshot | undefined;
  let failure: unknown;
  let quiesced: Quiesced | undefined;
  try {
    quiesced = await hosts.run(
      request.instanceId,
      {
        script: 'quiesce',
        parameters: {
          ...request.hostParameters,
          HoldId: request.holdId,
          Run: request.run,
          Mode: request.mode,
          LeaseSeconds: String(request.maxPauseSeconds),
          // A command that is delivered late, when nobody waits for it any more, must not bring the source to rest.
          NotAfterMs: String(clock.now().getTime() + request.maxPauseSeconds * 1000),
          UnderLock: request.underLock ? 'true' : 'false',
          ...(request.underLock ?? {}),
        },
        timeoutSeconds: quiesceSeconds(request),
        pace: 'pause',
      },
      tools.signal,
    );
    logger.info('the source is at rest; calling CreateSnapshot');
    snapshot = await snapshotAtRest(request, tools);
    logger.info(`${snapshot.id} has begun; resuming the source`);
  } catch (error) {
    failure = error;
  }
  // Not with the run's own signal: a cancelled run still brings the source back.
  const resumed = await resume(request, tools).catch((error: unknown) => {
    throw failure === undefined
      ? error
      : new AggregateError(
          [failure, error],
          `${words(failure)}; and then the source could not be resumed: ${words(error)}`,
        );
  });
  if (failure !== undefined) throw failure;
  if (quiesced === undefined || snapshot === undefined) throw new Error('unreachable: neither a snapshot nor an error');
  return { snapshot, quiesced, resumed };
}

/** Brings the source back and confirms that it serves: the mount is there and the server answers. */
export async function resume(
  request: Pick<PauseRequest, 'instanceId' | 'holdId' | 'hostParameters'>,
  tools: Pick<PauseTools, 'hosts'>,
): Promise<Resumed> {
  const resumed = await tools.hosts.run(request.instanceId, {
    script: 'resume',
    parameters: { ...request.hostParameters, HoldId: request.holdId },
    timeoutSeconds: resumeSeconds,
    pace: 'pause',
  });
  if (resumed.mounted && resumed.answers) return resumed;
  throw new BackupError({
    what: `the source on ${request.instanceId} was resumed, but ${resumed.mounted ? 'its service does not answer' : 'its volume is not mounted'}`,
    likelyCause: 'the service or the mount failed to come back; its journal on the host says why',
    fix: 'look at the host now (docs/runbook.md, "The source did not come back")',
  });
}

/**
 * CreateSnapshot has no client token, so a repeated call may make a second snapshot. It is repeated while the source is
 * at rest only where AWS said that nothing was done, or where a look by tag finds nothing; one extra snapshot at most
 * can come of it, tagged so that it expires.
 */
async function snapshotAtRest(request: PauseRequest, tools: PauseTools): Promise<Snapshot> {
  const { compute, clock, logger, signal } = tools;
  // The last quarter of the lease is left to the resume.
  const giveUpAt = clock.now().getTime() + request.maxPauseSeconds * 750;
  const mine: Tags = {
    [tagNames.madeBy]: 'ib-snapshot',
    [tagNames.run]: request.run,
    [tagNames.attempt]: request.tags[tagNames.attempt] ?? '',
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await compute.createSnapshot(request.volumeId, request.description, request.tags);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.outcome === 'maybe-done') {
        logger.info(`CreateSnapshot: ${error.code}; looking whether it was made all the same`);
        const [found] = newestFirst((await compute.snapshotsByTags(mine)).filter((one) => one.state !== 'error'));
        if (found) return found;
      } else if (error.kind !== 'throttled') {
        throw error;
      }
      const wait = error.code === 'SnapshotCreationPerVolumeRateExceeded' ? 15_000 : 200 * 2 ** attempt;
      if (attempt >= (error.outcome === 'maybe-done' ? 2 : 6) || clock.now().getTime() + wait > giveUpAt) throw error;
      logger.info(`CreateSnapshot: ${error.code}; trying again in ${wait / 1000} s while the source is at rest`);
      await clock.sleep(wait, signal);
    }
  }
}

export function newestFirst(snapshots: readonly Snapshot[]): Snapshot[] {
  return [...snapshots].sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
}

/**
 * Whether the snapshot can be of the source at rest: when the lease brought the source back, the call may have come
 * too late. EC2 gives StartTime in whole or milliseconds of AWS's clock; hosts on EC2 keep the same time.
 */
export function takenAtRest(snapshot: Snapshot, resumed: Resumed): boolean {
  if (!resumed.leaseFired) return true;
  return resumed.resumeStartedMs !== null && snapshot.startedAt.getTime() <= resumed.resumeStartedMs;
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
