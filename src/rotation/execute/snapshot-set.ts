/** Takes the snapshots of one instance: quiesces it, makes one call, and finds the snapshots when the answer was lost. */
import type { Snapshot, Tags } from '../../domain/ec2.ts';
import type { Consistency } from '../../domain/rotation.ts';
import { tagNames } from '../../domain/tags.ts';
import type { Ec2Region } from '../../ports/ec2-region.ts';
import { gravest, latestCallMs } from '../../quiesce/hold.ts';
import {
  type QuiescedInstance,
  type QuiescePorts,
  quiesceInstance,
  type ResumedInstance,
} from '../../quiesce/instance.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { AwsError, BackupError, explain } from '../../runtime/errors.ts';
import { type RetryDecision, retry } from '../../runtime/retry.ts';
import type { CreateDecision } from '../plan/create.ts';
import { rotationTags } from '../plan/tags.ts';
import { describeSet, describeSnapshots, describeVolumes } from './descriptions.ts';
import { findMade } from './lost-answer.ts';
import { snapshotWithVss } from './vss.ts';

export interface SnapshotSet {
  readonly decision: CreateDecision;
  readonly snapshots: readonly Snapshot[];
  readonly consistency: Consistency;
  /** How long the source was quiesced, by its own clock; undefined when it was not, or when nobody knows. */
  readonly pauseMs: number | undefined;
  readonly notes: readonly string[];
  /** Errors of what went wrong although the snapshots were taken. */
  readonly failures: readonly unknown[];
}

export interface SnapshotSetRequest {
  readonly decision: CreateDecision;
  /** Names this attempt of this run, at most 40 characters. */
  readonly attempt: string;
  readonly maxPauseSeconds: number;
  /** Seconds that each half of a document, or the VSS document, may take. */
  readonly documentSeconds: number;
}

export interface SnapshotSetPorts extends QuiescePorts {
  readonly region: Ec2Region;
  /** Gives numbers from 0 to 1 that spread the waits of retries. */
  readonly random: () => number;
}

/** What one pause after the other adds to. */
interface Work {
  readonly request: SnapshotSetRequest;
  readonly ports: SnapshotSetPorts;
  readonly context: WorkContext;
  readonly notes: string[];
  readonly failures: unknown[];
}

/** The snapshots of one pause. */
interface Paused {
  readonly snapshots: readonly Snapshot[];
  readonly quiesced: QuiescedInstance;
  readonly resumed: ResumedInstance;
}

/** Pauses in all: another follows only when a call without an answer made nothing. */
const mostPauses = 3;

/** Milliseconds for which a throttled call is repeated when nothing is quiesced. */
const patience = 5 * 60_000;

/** @throws AwsError or BackupError when no snapshots were taken; the source is resumed in any case */
export async function takeSnapshotSet(
  request: SnapshotSetRequest,
  ports: SnapshotSetPorts,
  context: WorkContext,
): Promise<SnapshotSet> {
  const { decision } = request;
  const work: Work = { request, ports, context, notes: [], failures: [] };
  const { notes, failures } = work;
  if (decision.vss) {
    const vss = await snapshotWithVss(request, ports, context.signal);
    if ('snapshots' in vss) {
      failures.push(...(await describeSnapshots(vss.snapshots, decision, ports.region)));
      return { decision, snapshots: vss.snapshots, consistency: 'vss', pauseMs: undefined, notes, failures };
    }
    notes.push(`${vss.reason}, so the snapshot is crash-consistent`);
    if (vss.failure !== undefined) failures.push(vss.failure);
  }
  const problem = decision.descriptions === 'volume' ? await describeVolumes(decision, ports.region) : undefined;
  if (problem !== undefined) notes.push(problem);
  const paused = await pauseUntilMade(work);
  const consistency = await provenConsistency(paused, work);
  if (decision.descriptions === 'afterwards' || problem !== undefined)
    failures.push(...(await describeSnapshots(paused.snapshots, decision, ports.region)));
  return { decision, snapshots: paused.snapshots, consistency, pauseMs: paused.resumed.pauseMs, notes, failures };
}

/** A call without an answer that made nothing, as far as EC2 shows. */
class NothingMade extends Error {}

async function pauseUntilMade(work: Work): Promise<Paused> {
  const { clock, signal, logger } = work.context;
  const { id } = work.request.decision.instance;
  const decide = (error: unknown): RetryDecision<Paused> =>
    error instanceof NothingMade ? { again: 'the call without an answer made nothing' } : { fatal: error };
  const onRetry = ({ reason }: { reason: string }): void => logger.info(`${id}: ${reason}; calling again`);
  try {
    return await retry({ clock, signal, attempts: mostPauses, backoff: { first: 0 }, decide, onRetry }, (pause) =>
      pauseOnce(work, `${work.request.attempt}-${pause}`),
    );
  } catch (error) {
    signal.throwIfAborted();
    const failure = error instanceof NothingMade ? error.cause : error;
    if (work.failures.length === 0) throw failure;
    // The call's error must not hide that the source could not be resumed, nor the reverse.
    const all = [failure, ...work.failures];
    throw new BackupError({
      ...explain(gravest(all, (one) => one)),
      what: all.map((one) => explain(one).what).join('; '),
      cause: new AggregateError(all),
    });
  }
}

/** @param attempt names this pause in the tags of its snapshots */
async function pauseOnce({ request, ports, context, notes, failures }: Work, attempt: string): Promise<Paused> {
  const { decision, maxPauseSeconds, documentSeconds } = request;
  const { id: instanceId } = decision.instance;
  const { document, freeze } = decision;
  const holdId = `${attempt}-${instanceId.slice(-6)}`;
  const quiesced = await quiesceInstance(
    { instance: decision.instance, document, freeze, holdId, maxPauseSeconds, documentSeconds },
    ports,
    context,
  );
  notes.push(...quiesced.notes);
  const tags = {
    ...decision.tags,
    [rotationTags.consistency]: quiesced.consistency,
    [tagNames.attempt]: attempt,
  };
  const call = await createSnapshots(decision, tags, quiesced.untilMs, ports, context).then(
    (snapshots) => ({ snapshots }),
    (error: unknown) => ({ error }),
  );
  const resumed = await quiesced.resume();
  failures.push(...resumed.failures);
  if ('snapshots' in call) return { snapshots: call.snapshots, quiesced, resumed };
  context.signal.throwIfAborted();
  return { snapshots: await findSnapshots(call.error, instanceId, attempt, ports.region, context), quiesced, resumed };
}

/** The call, repeated while AWS says that nothing was done, and no longer than the source stays quiesced. */
function createSnapshots(
  decision: CreateDecision,
  tags: Tags,
  untilMs: number,
  { region, random }: SnapshotSetPorts,
  { clock, logger, signal }: WorkContext,
): Promise<readonly Snapshot[]> {
  const { instance, excludeRoot, excludeVolumes } = decision;
  const giveUpAt =
    untilMs === Number.POSITIVE_INFINITY ? clock.now().getTime() + patience : latestCallMs(clock, untilMs);
  const decide = (error: unknown): RetryDecision<readonly Snapshot[]> =>
    error instanceof AwsError && error.kind === 'throttled'
      ? { again: error.code, atLeast: error.retryAfterMs }
      : { fatal: error };
  const onRetry = ({ reason, waitMs }: { reason: string; waitMs: number }): void =>
    logger.info(`CreateSnapshots for ${instance.id}: ${reason}; trying again in ${(waitMs / 1000).toFixed(1)} s`);
  const backoff = { first: 500, longest: 15_000, random };
  return retry({ clock, signal, giveUpAt, backoff, decide, onRetry }, () =>
    region.createSnapshots({
      instanceId: instance.id,
      description: describeSet(instance, region.region),
      excludeRoot,
      excludeVolumes,
      copyVolumeTags: decision.descriptions === 'volume',
      tags,
    }),
  );
}

/** @returns what a call that failed has made all the same. @throws its error, or NothingMade */
async function findSnapshots(
  error: unknown,
  instanceId: string,
  attempt: string,
  region: Ec2Region,
  context: WorkContext,
): Promise<readonly Snapshot[]> {
  if (!(error instanceof AwsError) || error.outcome !== 'maybe-done') throw error;
  const made = await findMade(`CreateSnapshots for ${instanceId}`, context, async () => {
    const snapshots = await region.snapshots({ [rotationTags.instance]: instanceId, [tagNames.attempt]: attempt });
    return snapshots.length > 0 ? snapshots : undefined;
  });
  if (made === undefined) throw new NothingMade(error.message, { cause: error });
  return made;
}

/** Snapshots that began after a lease had ended may show a running source: they count as crash-consistent. */
async function provenConsistency(
  { snapshots, quiesced, resumed }: Paused,
  { ports, notes, failures }: Work,
): Promise<Consistency> {
  const endMs = resumed.leaseAtMs ?? quiesced.untilMs;
  const late = snapshots.some(({ startedAt }) => startedAt.getTime() > endMs);
  if (quiesced.consistency === 'crash' || !late) return quiesced.consistency;
  notes.push('the lease resumed the source before the snapshots began, so they are crash-consistent');
  for (const { id } of snapshots) {
    try {
      await ports.region.setTags(id, { [rotationTags.consistency]: 'crash' });
    } catch (error) {
      const why = explain(error);
      const what = `${id} is tagged ${quiesced.consistency}, but is crash-consistent: ${why.what}`;
      failures.push(new BackupError({ ...why, what, cause: error }));
    }
  }
  return 'crash';
}
