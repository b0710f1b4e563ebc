/**
 * The pause: quiesce, one snapshot call, resume. Whatever happens in between, the source is resumed: by this code, or by
 * the post step, or by the lease on the host.
 */
import { newestFirst, type Snapshot, type Tags } from '../domain/ec2.ts';
import type { QuiesceMode } from '../domain/receipt.ts';
import { tagNames } from '../domain/tags.ts';
import type { HostAnswer, HostParameters } from '../host/catalogue/catalogue.ts';
import type { Compute } from '../ports/compute.ts';
import type { Hosts } from '../ports/hosts.ts';
import type { WorkContext } from '../runtime/context.ts';
import { AwsError, BackupError, explain } from '../runtime/errors.ts';
import { type RetryDecision, retry } from '../runtime/retry.ts';
import { endHold, latestCallMs, leaseEndMs, leaseParameters, lookAtTheHost, notResumed } from './hold.ts';

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
  /** Parameters of a fingerprint of the moment of the lock, or none. */
  readonly underLock: { readonly Method: string; readonly ReadSeconds: string } | undefined;
  readonly maxPauseSeconds: number;
  readonly description: string;
  readonly tags: Tags;
}

export interface PausePorts {
  readonly compute: Compute;
  readonly hosts: Hosts;
}

export interface PauseResult {
  readonly snapshot: Snapshot;
  readonly quiesced: Quiesced;
  readonly resumed: Resumed;
}

/** Seconds the service may need to stop, beyond which quiesce gives up and resumes by itself. */
const quiesceSeconds = (request: PauseRequest): number => Math.max(30, request.maxPauseSeconds);
/** The database may need crash recovery when it starts; the unit of the lease waits as long. */
export const resumeSeconds = 900;

/** @throws BackupError with the code `resume-failed` when nobody knows that the source serves again */
export async function pause(request: PauseRequest, ports: PausePorts, context: WorkContext): Promise<PauseResult> {
  let failure: unknown;
  let quiesced: Quiesced | undefined;
  let snapshot: Snapshot | undefined;
  try {
    quiesced = await quiesce(request, ports.hosts, context);
    context.logger.info('the source is quiesced; calling CreateSnapshot');
    snapshot = await createSnapshot(request, ports.compute, context);
    context.logger.info(`${snapshot.id} has begun; resuming the source`);
  } catch (error) {
    failure = error;
  }
  const resumed = await resume(request, ports.hosts).catch((error: unknown) => {
    throw sourceNotResumed(request, error, failure);
  });
  if (failure !== undefined) throw failure;
  if (quiesced === undefined || snapshot === undefined) throw new Error('unreachable: neither a snapshot nor an error');
  return { snapshot, quiesced, resumed };
}

function quiesce(request: PauseRequest, hosts: Hosts, { clock, signal }: WorkContext): Promise<Quiesced> {
  const parameters = {
    ...request.hostParameters,
    ...leaseParameters(request.holdId, request.maxPauseSeconds, clock),
    Run: request.run,
    Mode: request.mode,
    UnderLock: request.underLock ? 'true' : 'false',
    ...request.underLock,
  };
  const timeoutSeconds = quiesceSeconds(request);
  return hosts.run(request.instanceId, { script: 'quiesce', parameters, timeoutSeconds, pace: 'pause' }, signal);
}

/** Resumes the source and confirms that it serves: the volume is mounted and the server answers. */
export async function resume(
  request: Pick<PauseRequest, 'instanceId' | 'holdId' | 'hostParameters'>,
  hosts: Hosts,
): Promise<Resumed> {
  const parameters = { ...request.hostParameters, HoldId: request.holdId };
  const command = { script: 'resume', parameters, timeoutSeconds: resumeSeconds } as const;
  const resumed = await endHold(request.instanceId, command, hosts);
  if (resumed.mounted && resumed.answers) return resumed;
  throw new BackupError({
    what: `the source on ${request.instanceId} was resumed, but ${resumed.mounted ? 'its service does not answer' : 'its volume is not mounted'}`,
    likelyCause: 'the service or the mount failed to come back; its journal on the host says why',
    fix: lookAtTheHost,
    code: 'resume-failed',
  });
}

/** Whatever failed before, the source may be down, and that is what a reader must see. */
function sourceNotResumed({ instanceId }: PauseRequest, error: unknown, before: unknown): BackupError {
  const source = `the source on ${instanceId} could not be resumed`;
  if (before === undefined) return notResumed(source, error);
  return notResumed(`${explain(before).what}; and then ${source}`, error, new AggregateError([before, error]));
}

/**
 * CreateSnapshot has no client token, so a repeated call may make a second snapshot. While the source is quiesced it is
 * repeated only where AWS said that nothing was done, or where no snapshot of the volume with this attempt's tags exists: another job of
 * the run may take one of another volume. At most one extra snapshot can come of it, tagged so that it expires.
 */
function createSnapshot(request: PauseRequest, compute: Compute, context: WorkContext): Promise<Snapshot> {
  const { clock, logger, signal } = context;
  const own: Tags = {
    [tagNames.madeBy]: 'ib-snapshot',
    [tagNames.source]: request.tags[tagNames.source] ?? '',
    [tagNames.run]: request.run,
    [tagNames.attempt]: request.tags[tagNames.attempt] ?? '',
  };
  const decide = async (error: unknown): Promise<RetryDecision<Snapshot>> => {
    if (!(error instanceof AwsError)) return { fatal: error };
    if (error.kind === 'throttled' && error.outcome === 'not-done')
      return { again: error.code, atLeast: error.retryAfterMs, attempts: 6 };
    if (error.outcome === 'not-done') return { fatal: error };
    logger.info(`CreateSnapshot: ${error.code}; checking whether the snapshot was made all the same`);
    const [made] = newestFirst(
      (await compute.snapshotsByTags(own)).filter((one) => one.volumeId === request.volumeId && one.state !== 'error'),
    );
    return made ? { done: made } : { again: error.code, atLeast: error.retryAfterMs, attempts: 2 };
  };
  const giveUpAt = latestCallMs(clock, clock.now().getTime() + request.maxPauseSeconds * 1000);
  const onRetry = ({ reason, waitMs }: { reason: string; waitMs: number }): void =>
    logger.info(`CreateSnapshot: ${reason}; trying again in ${waitMs / 1000} s while the source is quiesced`);
  return retry({ clock, signal, giveUpAt, backoff: { first: 400 }, decide, onRetry }, () =>
    compute.createSnapshot(request.volumeId, request.description, request.tags),
  );
}

/**
 * Whether the snapshot is surely of the quiesced source: when the lease resumed the source, the call may have come too
 * late. EC2 gives StartTime in whole seconds or milliseconds of AWS's clock; hosts on EC2 keep the same time.
 */
export function takenWhileQuiesced(snapshot: Snapshot, resumed: Resumed): boolean {
  return snapshot.startedAt.getTime() <= (leaseEndMs(resumed) ?? Number.POSITIVE_INFINITY);
}
