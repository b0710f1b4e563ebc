/** One set of snapshots: at rest, in one call, found again when the answer was lost. */
import type { Snapshot, Tags } from '../../domain/ec2.ts';
import { tagNames } from '../../domain/tags.ts';
import type { Estate } from '../../ports/ec2-region.ts';
import { bringToRest, type RestTools } from '../../quiesce/instance.ts';
import type { Clock } from '../../runtime/clock.ts';
import { AwsError, BackupError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Consistency, CreateDecision } from '../plan/create.ts';
import { describeSnapshot, rotationTags } from '../plan/tags.ts';
import { looks } from './changes.ts';

export interface TakenSet {
  readonly decision: CreateDecision;
  readonly snapshots: readonly Snapshot[];
  readonly consistency: Consistency;
  /** How long the source was at rest, by its own clock; undefined when it was not. */
  readonly pauseMs: number | undefined;
  readonly notes: readonly string[];
  /** What went wrong although the snapshots were taken. */
  readonly failures: readonly string[];
}

export interface TakeTools extends RestTools {
  readonly estate: Estate;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Names this attempt of this run, at most 40 characters. */
  readonly attempt: string;
  readonly random: () => number;
}

/** Whole pauses that are tried when nobody knows whether a call was heard. */
const rounds = 3;

/** @throws AwsError, or BackupError, when there is no set; the source is back in any case */
export async function takeSet(decision: CreateDecision, tools: TakeTools): Promise<TakenSet> {
  const { estate, logger } = tools;
  const notes: string[] = [];
  if (decision.vss) {
    const made = await takeByVss(decision, tools, notes);
    if (made) return made;
  }
  const copyVolumeTags = decision.descriptions === 'volume';
  const carried = copyVolumeTags && (await describeVolumes(decision, tools, notes));
  for (let round = 1; ; round += 1) {
    const mark = `${tools.attempt}-${round}`;
    const rest = await bringToRest(decision, `${tools.attempt}-${round}-${decision.instance.id.slice(-6)}`, tools);
    notes.push(...rest.notes);
    const tags = {
      ...decision.tags,
      [rotationTags.consistency]: rest.consistency,
      [tagNames.attempt]: mark,
    };
    let made: readonly Snapshot[] | undefined;
    let failure: unknown;
    try {
      made = await callAtRest(decision, tags, copyVolumeTags, rest.untilMs, tools);
    } catch (error) {
      failure = error;
    }
    const ended = await rest.end();
    if (failure !== undefined) {
      tools.signal.throwIfAborted();
      if (!(failure instanceof AwsError) || failure.outcome !== 'maybe-done') throw told(failure, ended.failures);
      made = await lookFor(decision, mark, tools);
      if (made === undefined) {
        if (round === rounds) throw told(failure, ended.failures);
        logger.info(`${decision.instance.id}: nothing was made by the call without an answer; taking it again`);
        continue;
      }
    }
    const snapshots = made ?? [];
    const failures = [...ended.failures];
    let { consistency } = rest;
    const late = snapshots.some((one) => one.startedAt.getTime() > (ended.leaseAtMs ?? rest.untilMs));
    if (consistency !== 'crash' && late) {
      consistency = 'crash';
      notes.push('the lease brought the source back before the call was heard, so the snapshot is crash-consistent');
      for (const one of snapshots) {
        try {
          await estate.setTags(one.id, { [rotationTags.consistency]: 'crash' });
        } catch (error) {
          failures.push(`${one.id} says ${rest.consistency}, but is crash-consistent: ${words(error)}`);
        }
      }
    }
    if (!carried) await describeSnapshots(snapshots, tools, decision, failures);
    return { decision, snapshots, consistency, pauseMs: ended.pauseMs, notes, failures };
  }
}

/** The call, again and again while AWS says that nothing was done and the rest lasts. */
async function callAtRest(
  decision: CreateDecision,
  tags: Tags,
  copyVolumeTags: boolean,
  untilMs: number,
  { estate, clock, logger, random, signal }: TakeTools,
): Promise<readonly Snapshot[]> {
  const { instance } = decision;
  const now = clock.now().getTime();
  // The last quarter of the lease is left to the way back.
  const giveUpAt = now + (untilMs === Number.POSITIVE_INFINITY ? 5 * 60_000 : (untilMs - now) * 0.75);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await estate.createSnapshots({
        instanceId: instance.id,
        description: `${instance.name ?? instance.id} (${instance.id}) - ${estate.region}`.slice(0, 255),
        excludeRoot: decision.excludeRoot,
        excludeVolumes: decision.excludeVolumes,
        copyVolumeTags,
        tags,
      });
    } catch (error) {
      if (!(error instanceof AwsError) || error.kind !== 'throttled') throw error;
      const least = error.code === 'SnapshotCreationPerVolumeRateExceeded' ? 15_000 : 0;
      const wait = Math.max(least, Math.min(15_000, 250 * 2 ** attempt) * (0.5 + random() / 2));
      if (clock.now().getTime() + wait > giveUpAt) throw error;
      logger.info(`CreateSnapshots for ${instance.id}: ${error.code}; trying again in ${(wait / 1000).toFixed(1)} s`);
      await clock.sleep(wait, signal);
    }
  }
}

async function lookFor(decision: CreateDecision, mark: string, { estate, clock, signal, logger }: TakeTools) {
  const { id } = decision.instance;
  for (const wait of looks) {
    logger.info(`${id}: CreateSnapshots was not answered; looking whether it was heard`);
    await clock.sleep(wait, signal);
    const found = await estate.snapshots({ [rotationTags.instance]: id, [tagNames.attempt]: mark });
    if (found.length > 0) return found;
  }
  return undefined;
}

/** Puts each volume's description where EC2 copies it from. @returns false when that failed: then it is added later */
async function describeVolumes(decision: CreateDecision, { estate }: TakeTools, notes: string[]): Promise<boolean> {
  try {
    for (const one of decision.describe) await estate.setTags(one.volumeId, { [rotationTags.description]: one.text });
    return true;
  } catch (error) {
    notes.push(`a volume could not be given its description, so the snapshots get theirs afterwards: ${words(error)}`);
    return false;
  }
}

async function describeSnapshots(
  snapshots: readonly Snapshot[],
  { estate }: TakeTools,
  { instance, volumes }: CreateDecision,
  failures: string[],
): Promise<void> {
  for (const one of snapshots) {
    const device = volumes.find(({ id }) => id === one.volumeId)?.device ?? '-';
    const text = describeSnapshot({
      name: instance.name,
      instanceId: instance.id,
      volumeId: one.volumeId,
      device,
      region: estate.region,
    });
    try {
      await estate.setTags(one.id, { [rotationTags.description]: text });
    } catch (error) {
      failures.push(`${one.id} could not be given its description: ${words(error)}`);
    }
  }
}

/** Windows makes the snapshots itself, inside its own freeze of at most ten seconds. Undefined when it did not. */
async function takeByVss(decision: CreateDecision, tools: TakeTools, notes: string[]): Promise<TakenSet | undefined> {
  const { estate, hooks, signal } = tools;
  const { instance } = decision;
  if (decision.excludeVolumes.length > 0) {
    notes.push('VSS can leave out no volume but the root, so the snapshot is crash-consistent');
    return undefined;
  }
  const mark = `${tools.attempt}-vss`;
  const tags = { ...decision.tags, [rotationTags.consistency]: 'vss', [tagNames.attempt]: mark };
  try {
    await hooks.vss(instance.id, {
      description: `${instance.name ?? instance.id} (${instance.id}) - ${estate.region}`,
      excludeRoot: decision.excludeRoot,
      tags,
      timeoutSeconds: tools.documentSeconds,
    });
    const snapshots = await estate.snapshots({ [rotationTags.instance]: instance.id, [tagNames.attempt]: mark });
    const whole = decision.volumes.every(({ id }) => snapshots.some((one) => one.volumeId === id));
    if (!whole) throw new BackupError({ what: 'VSS did not snapshot every volume' });
    const failures: string[] = [];
    await describeSnapshots(snapshots, tools, decision, failures);
    return { decision, snapshots, consistency: 'vss', pauseMs: undefined, notes, failures };
  } catch (error) {
    signal.throwIfAborted();
    notes.push(`VSS failed, so the snapshot is crash-consistent: ${words(error)}`);
    return undefined;
  }
}

/** The failure, with what could not be brought back beside it: neither may hide the other. */
function told(failure: unknown, left: readonly string[]): unknown {
  return left.length === 0 ? failure : new BackupError({ what: [words(failure), ...left].join('; ') });
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
