/** Carries out the plans of copy and expire: each call on its own, none stops the others. */
import type { Estate, Estates } from '../../ports/ec2-region.ts';
import type { Clock } from '../../runtime/clock.ts';
import { each } from '../../runtime/each.ts';
import { AwsError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { CopyDecision, RetagDecision, WaitDecision } from '../plan/copy.ts';
import type { ExpiryDecision } from '../plan/expire.ts';
import { rotationTags } from '../plan/tags.ts';

export interface Failure {
  /** "copy snap-1 to eu-west-1". */
  readonly what: string;
  readonly error: unknown;
}

export interface EffectTools {
  readonly estates: Estates;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly failed: (failure: Failure) => void;
}

/** Milliseconds between looks for what a call without an answer may have made: EC2 shows it only after a while. */
export const looks = [1_000, 4_000, 10_000] as const;

/** Calls under way at once; the session's pace sets the rate. */
export const atOnce = 8;

export interface Copied {
  readonly decision: CopyDecision;
  readonly id: string;
}

export async function carryOutCopies(
  decisions: readonly CopyDecision[],
  tools: EffectTools,
): Promise<{ copied: Copied[]; waiting: WaitDecision[]; refused: CopyDecision[] }> {
  const copied: Copied[] = [];
  const refused: CopyDecision[] = [];
  const waiting: WaitDecision[] = [];
  const full = new Set<string>();
  await each(
    decisions,
    atOnce,
    async (decision) => {
      const { source, destination } = decision;
      const later = (): void =>
        void waiting.push({ source, destination, reason: 'the region takes no more copies at once', soon: true });
      if (full.has(destination)) return later();
      try {
        const id = await copyOnce(decision, tools);
        copied.push({ decision, id });
        tools.logger.info(`copy ${source.id} to ${destination}: ${id}`);
      } catch (error) {
        // Deleted since the plan was made: there is nothing to copy any more.
        if (error instanceof AwsError && error.kind === 'not-found') return;
        if (error instanceof AwsError && error.code === 'ResourceLimitExceeded') {
          full.add(destination);
          return later();
        }
        refused.push(decision);
        tools.failed({ what: `copy ${source.id} to ${destination}`, error });
      }
    },
    tools.signal,
  );
  return { copied, waiting, refused };
}

/** CopySnapshot has no client token: before it is sent again the destination is asked whether it was heard. */
async function copyOnce(decision: CopyDecision, tools: EffectTools): Promise<string> {
  const { source, destination } = decision;
  const estate = tools.estates.in(destination);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await estate.copySnapshot({
        sourceRegion: decision.tags[rotationTags.sourceRegion] ?? '',
        sourceId: source.id,
        description: decision.description,
        kmsKeyId: decision.kmsKeyId,
        tags: decision.tags,
      });
    } catch (error) {
      const again = error instanceof AwsError && (error.kind === 'throttled' || error.outcome === 'maybe-done');
      if (!again || attempt === 6) throw error;
      if (error.outcome === 'maybe-done') {
        const heard = await lookForCopy(decision, tools);
        if (heard !== undefined) return heard;
        continue;
      }
      const wait = Math.min(15_000, 500 * 2 ** attempt) * (0.5 + tools.random() / 2);
      tools.logger.info(`copy ${source.id} to ${destination}: ${error.code}; trying again in ${wait / 1000} s`);
      await tools.clock.sleep(wait, tools.signal);
    }
  }
}

async function lookForCopy({ source, destination }: CopyDecision, { estates, clock, logger, signal }: EffectTools) {
  for (const wait of looks) {
    logger.info(`copy ${source.id} to ${destination}: it was not answered; looking whether it was heard`);
    await clock.sleep(wait, signal);
    const there = await estates.in(destination).snapshots({ [rotationTags.sourceSnapshot]: source.id });
    const [heard] = there.filter((one) => one.state !== 'error');
    if (heard) return heard.id;
  }
  return undefined;
}

/** @returns how many copies say again what their primaries say */
export async function carryOutRetags(decisions: readonly RetagDecision[], tools: EffectTools): Promise<number> {
  let done = 0;
  await each(
    decisions,
    atOnce,
    async ({ copy, destination, set, remove }) => {
      const estate = tools.estates.in(destination);
      try {
        // Keeping longer comes before anything else that may fail.
        if (Object.keys(set).length > 0) await estate.setTags(copy.id, set);
        if (remove.length > 0) await estate.removeTags(copy.id, remove);
        done += 1;
      } catch (error) {
        if (error instanceof AwsError && error.kind === 'not-found') return;
        tools.failed({ what: `tag the copy ${copy.id} in ${destination}`, error });
      }
    },
    tools.signal,
  );
  return done;
}

export type Deletions = readonly Extract<ExpiryDecision, { kind: 'delete' }>[];

export async function carryOutExpiry(
  decisions: Deletions,
  estate: Estate,
  tools: EffectTools,
): Promise<{ expired: Deletions; kept: { id: string; reason: string }[] }> {
  const expired: Extract<ExpiryDecision, { kind: 'delete' }>[] = [];
  const kept: { id: string; reason: string }[] = [];
  await each(
    decisions,
    atOnce,
    async (decision) => {
      const { id } = decision.snapshot;
      try {
        const outcome = await estate.deleteSnapshot(id);
        if (outcome.kind === 'kept') kept.push({ id, reason: outcome.reason });
        else expired.push(decision);
        tools.logger.info(`expire ${id}: ${outcome.kind}`);
      } catch (error) {
        tools.failed({ what: `delete ${id}`, error });
      }
    },
    tools.signal,
  );
  return { expired, kept };
}
