/** Copies snapshots to other regions, and waits as long as the settings allow for what only needs time. */
import type { Snapshot } from '../../domain/ec2.ts';
import { missingLock } from '../../domain/snapshot-lock.ts';
import { type Copied, executeCopies, executeRetags } from '../../rotation/execute/copies.ts';
import type { Execution } from '../../rotation/execute/execution.ts';
import { executeLocks, type LockDecision, locksDue } from '../../rotation/execute/locks.ts';
import { type CopyPlan, destinationsOf, planCopy, type WaitDecision } from '../../rotation/plan/copy.ts';
import { rotationTags } from '../../rotation/plan/tags.ts';
import { copyLines, lockLines } from '../../rotation/report/plan-lines.ts';
import { copiedRows, waitingRows } from '../../rotation/report/rows.ts';
import { executionOf, type Rotation, showPlan } from './rotation.ts';

/** How long to wait between two rounds, in milliseconds. */
const pace = { first: 2_000, factor: 1.5, longest: 30_000 };

export async function copy(rotation: Rotation): Promise<void> {
  const { settings, context, inventory, results } = rotation;
  const { clock, logger, signal } = context;
  const giveUpAt = clock.now().getTime() + settings.copyWait * 1000;
  const copied: Copied[] = [];
  const refused = new Set<string>();
  let retagged = 0;
  for (let wait = pace.first; ; wait = Math.min(wait * pace.factor, pace.longest)) {
    const round = await copyRound(rotation, refused);
    copied.push(...round.copied);
    retagged += round.retagged;
    results.set({ copied: copiedRows(copied), retagged, waiting: waitingRows(round.waiting) });
    const soon = round.waiting.filter((one) => one.soon).length;
    const left = giveUpAt - clock.now().getTime();
    if (settings.dryRun || soon === 0 || left <= 0) return;
    logger.info(`${soon} snapshots cannot be copied yet; trying again for ${Math.ceil(left / 1000)} s`);
    await clock.sleep(Math.min(wait, left), signal);
    inventory.forgetSnapshots();
  }
}

interface CopyRound {
  readonly copied: readonly Copied[];
  readonly retagged: number;
  readonly waiting: readonly WaitDecision[];
}

/** @param refused copies that failed in this run, which are left to the next one; this round adds its own */
async function copyRound(rotation: Rotation, refused: Set<string>): Promise<CopyRound> {
  const { settings, results } = rotation;
  const execution = executionOf(rotation, 'copy');
  const { plan, locks } = await planRound(rotation, execution);
  for (const one of plan.problems) results.problem('copy', one);
  for (const { source, destination, reason } of plan.failed)
    execution.failed({ what: `copy ${source.id} to ${destination}`, error: new Error(reason) });
  const fresh = { ...plan, copies: plan.copies.filter((one) => !refused.has(pairOf(one))) };
  const lines = [...locks].flatMap(([destination, due]) => lockLines('copy', due, ` in ${destination}`));
  await showPlan(rotation, [...copyLines(fresh), ...lines], 'every completed snapshot has its copies');
  if (settings.dryRun) return { copied: [], retagged: 0, waiting: plan.waiting };
  // Tags first: a date that was moved on must reach the copies before anything expires.
  const retagged = await executeRetags(plan.retags, execution);
  const executed = await executeCopies(fresh.copies, execution);
  await lockCopies(locks, executed.copied, rotation, execution);
  for (const one of executed.refused) refused.add(pairOf(one));
  return { copied: executed.copied, retagged, waiting: [...plan.waiting, ...executed.waiting] };
}

function pairOf({ source, destination }: { readonly source: Snapshot; readonly destination: string }): string {
  return `${source.id} ${destination}`;
}

/** Copies of dead runs and of this one. */
async function lockCopies(
  unlocked: ReadonlyMap<string, readonly LockDecision[]>,
  copied: readonly Copied[],
  { context }: Rotation,
  execution: Execution,
): Promise<void> {
  const due = new Map(unlocked);
  for (const { id, decision } of copied) {
    const { destination, tags, source } = decision;
    const lock = missingLock({ tags, state: 'pending', startedAt: source.startedAt }, context.clock.now());
    if (lock !== undefined) due.set(destination, [...(due.get(destination) ?? []), { id, lock }]);
  }
  for (const [destination, decisions] of due)
    await executeLocks(decisions, execution.regions.in(destination), execution);
}

interface Round {
  readonly plan: CopyPlan;
  /** What dead runs left unlocked, by destination. */
  readonly locks: ReadonlyMap<string, readonly LockDecision[]>;
}

async function planRound({ settings, context, inventory, today }: Rotation, execution: Execution): Promise<Round> {
  const region = settings.awsRegion;
  const snapshots = await inventory.snapshots();
  const regions = await inventory.regionNames();
  const now = context.clock.now();
  const copies = await findCopies(destinationsOf(snapshots, { region, regions }), execution);
  const plan = planCopy({
    region,
    snapshots,
    copies,
    regions,
    kmsKeys: settings.kmsKeys,
    maxCopies: settings.maxCopies,
    today,
    now,
  });
  const own = (one: Snapshot): boolean => one.tags[rotationTags.sourceRegion] === region;
  const locks = [...copies].map(([name, all]) => [name, locksDue(all.filter(own), now)] as const);
  return { plan, locks: new Map(locks) };
}

/** The copies in each destination; a region that does not answer is absent, and a failure. */
async function findCopies(
  destinations: readonly string[],
  { regions, signal, failed }: Execution,
): Promise<ReadonlyMap<string, readonly Snapshot[]>> {
  const copies = new Map<string, readonly Snapshot[]>();
  for (const destination of destinations) {
    try {
      copies.set(destination, await regions.in(destination).snapshots({ [rotationTags.sourceSnapshot]: undefined }));
    } catch (error) {
      signal.throwIfAborted();
      failed({ what: `copies to ${destination}`, error });
    }
  }
  return copies;
}
