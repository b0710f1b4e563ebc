/** Executes the plan of copies: each change on its own, none stops the others. */
import type { Tags } from '../../domain/ec2.ts';
import { each } from '../../runtime/each.ts';
import { AwsError } from '../../runtime/errors.ts';
import { type RetryDecision, retry } from '../../runtime/retry.ts';
import type { CopyDecision, RetagDecision, WaitDecision } from '../plan/copy.ts';
import { rotationTags } from '../plan/tags.ts';
import { concurrency, type Execution } from './execution.ts';
import { findMade } from './lost-answer.ts';

export interface Copied {
  readonly decision: CopyDecision;
  readonly id: string;
}

export interface CopyResults {
  readonly copied: readonly Copied[];
  /** Not copied because the destination takes no more copies now. */
  readonly waiting: readonly WaitDecision[];
  /** Not copied because the call failed. */
  readonly refused: readonly CopyDecision[];
}

export async function executeCopies(decisions: readonly CopyDecision[], execution: Execution): Promise<CopyResults> {
  const copied: Copied[] = [];
  const waiting: WaitDecision[] = [];
  const refused: CopyDecision[] = [];
  const full = new Set<string>();
  const copy = async (decision: CopyDecision): Promise<void> => {
    const { source, destination } = decision;
    const later = (): void =>
      void waiting.push({ source, destination, reason: 'the region takes no more copies at once', soon: true });
    if (full.has(destination)) return later();
    try {
      const id = await copySnapshot(decision, execution);
      copied.push({ decision, id });
      execution.logger.info(`copy ${source.id} to ${destination}: ${id}`);
    } catch (error) {
      // Deleted since the plan was made.
      if (error instanceof AwsError && error.kind === 'not-found') return;
      if (error instanceof AwsError && error.code === 'ResourceLimitExceeded') {
        full.add(destination);
        return later();
      }
      refused.push(decision);
      execution.failed({ what: `copy ${source.id} to ${destination}`, error });
    }
  };
  await each(decisions, concurrency, copy, execution.signal);
  return { copied, waiting, refused };
}

/** @returns the id of the copy */
function copySnapshot(decision: CopyDecision, execution: Execution): Promise<string> {
  const { source, destination } = decision;
  const { clock, logger, signal, random } = execution;
  const region = execution.regions.in(destination);
  const what = `copy ${source.id} to ${destination}`;
  const findCopy = async (): Promise<string | undefined> => {
    const copies = await region.snapshots({ [rotationTags.sourceSnapshot]: source.id });
    return copies.find((one) => one.state !== 'error')?.id;
  };
  const decide = async (error: unknown): Promise<RetryDecision<string>> => {
    if (!(error instanceof AwsError)) return { fatal: error };
    if (error.outcome === 'maybe-done') {
      const made = await findMade(what, execution, findCopy);
      return made === undefined ? { again: error.code } : { done: made };
    }
    return error.kind === 'throttled' ? { again: error.code, atLeast: error.retryAfterMs } : { fatal: error };
  };
  const backoff = { first: 1_000, longest: 15_000, random };
  const onRetry = ({ reason, waitMs }: { reason: string; waitMs: number }): void =>
    logger.info(`${what}: ${reason}; trying again in ${(waitMs / 1000).toFixed(1)} s`);
  return retry({ clock, signal, attempts: 6, backoff, decide, onRetry }, () =>
    region.copySnapshot({
      sourceRegion: decision.tags[rotationTags.sourceRegion] ?? '',
      sourceId: source.id,
      description: decision.description,
      kmsKeyId: decision.kmsKeyId,
      tags: decision.tags,
    }),
  );
}

/** Brings the tags of copies back in step with their primaries. @returns the number of copies changed */
export async function executeRetags(decisions: readonly RetagDecision[], execution: Execution): Promise<number> {
  let done = 0;
  const retag = async ({ copy, destination, set, remove }: RetagDecision): Promise<void> => {
    const region = execution.regions.in(destination);
    try {
      // Tags that keep a copy longer are set before anything else can fail. KeepForever has a call of its own: the role may
      // set it only where there is none yet.
      for (const tags of keepForeverFirst(set)) await region.setTags(copy.id, tags);
      if (remove.length > 0) await region.removeTags(copy.id, remove);
      done += 1;
    } catch (error) {
      // Deleted since the plan was made.
      if (error instanceof AwsError && error.kind === 'not-found') return;
      execution.failed({ what: `tag the copy ${copy.id} in ${destination}`, error });
    }
  };
  await each(decisions, concurrency, retag, execution.signal);
  return done;
}

function keepForeverFirst(set: Tags): Tags[] {
  const keeps = (name: string): boolean => name === rotationTags.keepForever || name === rotationTags.keptByPrimary;
  const only = (wanted: boolean): Tags =>
    Object.fromEntries(Object.entries(set).filter(([name]) => keeps(name) === wanted));
  return [only(true), only(false)].filter((tags) => Object.keys(tags).length > 0);
}
