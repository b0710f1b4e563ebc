/** Snapshots every tagged instance that has no snapshots of this slot yet. */
import type { Snapshot } from '../../domain/ec2.ts';
import { concurrency, type Execution } from '../../rotation/execute/execution.ts';
import { executeLocks, locksDue } from '../../rotation/execute/locks.ts';
import { type SnapshotSet, type SnapshotSetPorts, takeSnapshotSet } from '../../rotation/execute/snapshot-set.ts';
import { type CreateDecision, planCreate, type Repair } from '../../rotation/plan/create.ts';
import { rotationTags } from '../../rotation/plan/tags.ts';
import { createLines, lockLines } from '../../rotation/report/plan-lines.ts';
import { createdRow, skippedRows } from '../../rotation/report/rows.ts';
import { each } from '../../runtime/each.ts';
import { lockOf } from '../common/inputs.ts';
import { executionOf, type Rotation, showPlan, warn } from './rotation.ts';

export async function create(rotation: Rotation): Promise<void> {
  const { settings, context, inventory, results, slot } = rotation;
  const { configurations, problems, warnings } = await inventory.configurations(settings.retention);
  const plan = planCreate({
    region: settings.awsRegion,
    configurations,
    snapshots: await inventory.snapshots(),
    volumeTags: await inventory.volumes(),
    slot,
    run: context.run,
    lock: lockOf(settings),
  });
  for (const one of [...problems, ...plan.problems]) results.problem('create', one);
  warn(warnings, rotation);
  results.set({ skipped: skippedRows(plan) });
  const unlocked = locksDue(await inventory.snapshots(), context.clock.now());
  await showPlan(
    rotation,
    [...createLines(plan), ...lockLines('create', unlocked)],
    'every tagged instance has its snapshots of this slot',
  );
  if (settings.dryRun) return;
  const execution = executionOf(rotation, 'create');
  await executeRepairs(plan.repairs, rotation, execution);
  await executeLocks(unlocked, inventory.region, execution);
  const decisions = plan.decisions.flatMap((one) => (one.kind === 'create' ? [one] : []));
  const sets = await takeSnapshotSets(decisions, rotation, execution);
  await inventory.addSnapshots(sets.flatMap((one) => one.snapshots));
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
