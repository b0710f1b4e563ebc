/** Snapshots every tagged instance that has no snapshots of this slot yet. */
import type { Snapshot } from '../../domain/ec2.ts';
import { claimSlot, type HeldSlot } from '../../rotation/execute/claim.ts';
import { concurrency, type Execution } from '../../rotation/execute/execution.ts';
import { executeLocks, locksDue } from '../../rotation/execute/locks.ts';
import { type SnapshotSet, type SnapshotSetPorts, takeSnapshotSet } from '../../rotation/execute/snapshot-set.ts';
import type { Configuration } from '../../rotation/plan/configuration.ts';
import { type CreateDecision, type CreatePlan, planCreate, type Repair } from '../../rotation/plan/create.ts';
import { rotationTags } from '../../rotation/plan/tags.ts';
import { createLines, lockLines } from '../../rotation/report/plan-lines.ts';
import { createdRow, skippedRows } from '../../rotation/report/rows.ts';
import { each } from '../../runtime/each.ts';
import { lockOf } from '../common/inputs.ts';
import { executionOf, type Rotation, showPlan, warn } from './rotation.ts';

export async function create(rotation: Rotation): Promise<void> {
  const { settings, context, inventory, results } = rotation;
  const { configurations, problems, warnings } = await inventory.configurations(settings.retention);
  const plan = await planNow(rotation, configurations);
  for (const one of [...problems, ...plan.problems]) results.problem('create', one);
  warn(warnings, rotation);
  results.set({ skipped: skippedRows(plan) });
  const unlocked = locksDue(await inventory.snapshots(), context.clock.now());
  const lines = [...createLines(plan), ...lockLines('create', unlocked)];
  await showPlan(rotation, lines, 'every tagged instance has its snapshots of this slot');
  if (settings.dryRun) return;
  const execution = executionOf(rotation, 'create');
  await executeRepairs(plan.repairs, rotation, execution);
  await executeLocks(unlocked, inventory.region, execution);
  const sets = await createUnderClaim(plan, configurations, rotation, execution);
  await inventory.addSnapshots(sets.flatMap((one) => one.snapshots));
}

async function planNow(
  { settings, context, inventory, slot }: Rotation,
  configurations: readonly Configuration[],
): Promise<CreatePlan> {
  return planCreate({
    region: settings.awsRegion,
    configurations,
    snapshots: await inventory.snapshots(),
    volumeTags: await inventory.volumes(),
    slot,
    run: context.run,
    lock: lockOf(settings),
  });
}

function decisionsOf(plan: CreatePlan): readonly CreateDecision[] {
  return plan.decisions.flatMap((one) => (one.kind === 'create' ? [one] : []));
}

/** Seconds that reading, describing and calling may take for one instance, beside what quiesces it. */
const ordinarySeconds = 15 * 60;

/** Creates what is missing, unless another rotation does it meanwhile. */
async function createUnderClaim(
  plan: CreatePlan,
  configurations: readonly Configuration[],
  rotation: Rotation,
  execution: Execution,
): Promise<readonly SnapshotSet[]> {
  const { settings, ports, context, inventory, results, slot } = rotation;
  if (decisionsOf(plan).length === 0) return [];
  const leaseSeconds = ordinarySeconds + 3 * settings.documentTimeout + settings.maxPause;
  const isOver = async (run: string): Promise<boolean> => (await ports.runs.state(run)) === 'over';
  const held = await claimSlot({ slot, run: context.run, leaseSeconds, isOver }, ports.claims, context);
  try {
    // What another run has made since the plan was made is not made again.
    inventory.forgetSnapshots();
    const now = await planNow(rotation, configurations);
    if (held.waited) results.set({ skipped: skippedRows(now) });
    return await takeSnapshotSets(decisionsOf(now), held, rotation, execution);
  } finally {
    await held.release();
  }
}

/** Sets the descriptions that dead runs did not set. */
async function executeRepairs(
  repairs: readonly Repair[],
  { inventory: { region } }: Rotation,
  { signal, failed }: Execution,
): Promise<void> {
  const repair = async ({ snapshotId, text }: Repair): Promise<void> => {
    try {
      await region.setTags(snapshotId, { [rotationTags.description]: text });
    } catch (error) {
      failed({ what: `describe ${snapshotId}`, error });
    }
  };
  await each(repairs, concurrency, repair, signal);
}

async function takeSnapshotSets(
  decisions: readonly CreateDecision[],
  held: HeldSlot,
  { settings, ports, context, inventory, results }: Rotation,
  execution: Execution,
): Promise<readonly SnapshotSet[]> {
  const { failed } = execution;
  const { logger, run, signal } = context;
  const sets: SnapshotSet[] = [];
  const setPorts: SnapshotSetPorts = { ...ports, region: inventory.region };
  const attempt = `${run.id}-${run.attempt}`.slice(-40);
  const lock = (snapshots: readonly Snapshot[]): Promise<void> =>
    executeLocks(locksDue(snapshots, context.clock.now()), inventory.region, execution);
  const take = async (decision: CreateDecision): Promise<void> => {
    const { id } = decision.instance;
    const { maxPause: maxPauseSeconds, documentTimeout: documentSeconds } = settings;
    try {
      await held.renew();
      const set = await takeSnapshotSet({ decision, attempt, maxPauseSeconds, documentSeconds }, setPorts, context);
      sets.push(set);
      await lock(set.snapshots);
      logger.info(`${id}: ${set.snapshots.map((one) => one.id).join(' ')} (${set.consistency})`);
      for (const note of set.notes) logger.warning(`${id}: ${note}`);
      for (const error of set.failures) failed({ what: id, error });
    } catch (error) {
      failed({ what: `snapshot ${id}`, error });
    } finally {
      results.set({ created: sets.map(createdRow) });
    }
  };
  await each(decisions, concurrency, take, signal);
  return sets;
}
