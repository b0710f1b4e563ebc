/** Deletes the snapshots that are due, and estimates what the others cost. */
import type { Snapshot } from '../../domain/ec2.ts';
import { executeDeletions } from '../../rotation/execute/deletions.ts';
import { estimateCost } from '../../rotation/plan/cost.ts';
import { clockProblem, type ExpiryPlan, isMassExpiry, planExpiry, volumesToAsk } from '../../rotation/plan/expire.ts';
import { expiryLines } from '../../rotation/report/plan-lines.ts';
import { expiredRows, keptRows } from '../../rotation/report/rows.ts';
import { BackupError, explain } from '../../runtime/errors.ts';
import { executionOf, type Rotation, showPlan, warn } from './rotation.ts';

export async function expire(rotation: Rotation): Promise<void> {
  const { settings, context, inventory, results } = rotation;
  const snapshots = await inventory.snapshots();
  requireRightClock(snapshots, rotation);
  const plan = await planDeletions(snapshots, rotation);
  for (const one of plan.problems) results.problem('expire', one);
  warn(plan.warnings, rotation);
  results.set({ kept: keptRows(plan.decisions, []) });
  const due = plan.decisions.flatMap((one) => (one.kind === 'delete' ? [one] : []));
  await showPlan(rotation, expiryLines(plan), 'nothing is due');
  if (isMassExpiry(plan, settings.maxExpiryShare) && !settings.allowMassExpiry)
    askFirst(massExpiry(plan, due.length, settings.maxExpiryShare), rotation);
  if (settings.dryRun) return;
  const { deleted, kept } = await executeDeletions(due, inventory.region, executionOf(rotation, 'expire'));
  const gone = new Set(deleted.map(({ snapshot }) => snapshot.id));
  const left = snapshots.filter(({ id }) => !gone.has(id));
  results.set({ expired: expiredRows(deleted), kept: keptRows(plan.decisions, kept) });
  results.cost = estimateCost(left, settings.awsRegion, settings.pricePerGib);
  context.logger.info(`${left.length} snapshots stay`);
}

/** Estimates the cost, unless `expire` has; without one when the region cannot be read. */
export async function reportCost({ inventory, results, settings }: Rotation): Promise<void> {
  if (results.cost !== undefined) return;
  const snapshots = await inventory.snapshots().catch(() => undefined);
  if (snapshots) results.cost = estimateCost(snapshots, settings.awsRegion, settings.pricePerGib);
}

/** @throws BackupError when the runner's clock must not decide what is due */
function requireRightClock(snapshots: readonly Snapshot[], { now, inventory }: Rotation): void {
  const problem = clockProblem(snapshots, now, inventory.region.clockOffset());
  if (problem === undefined) return;
  throw new BackupError({
    what: `nothing is deleted: ${problem}`,
    likelyCause: 'the clock of the runner is wrong',
    fix: 'run again on a runner whose clock is right',
    code: 'clock',
  });
}

async function planDeletions(snapshots: readonly Snapshot[], rotation: Rotation): Promise<ExpiryPlan> {
  const { settings, inventory, today } = rotation;
  const here = await inventory.volumes();
  const elsewhere = await volumesElsewhere(snapshots, rotation);
  return planExpiry({
    region: settings.awsRegion,
    snapshots,
    today,
    volumeExists: ({ region, id }) =>
      region === settings.awsRegion ? here.has(id) : (elsewhere.get(region)?.has(id) ?? 'unknown'),
    images: await inventory.region.imagesBySnapshot(),
    locks: await inventory.region.locks(),
  });
}

/** Which volumes exist in other regions. A region that does not answer is absent, so nothing of its volumes is deleted. */
async function volumesElsewhere(
  snapshots: readonly Snapshot[],
  { settings, ports, context, today }: Rotation,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const existing = new Map<string, ReadonlySet<string>>();
  for (const [region, ids] of volumesToAsk({ snapshots, region: settings.awsRegion, today })) {
    try {
      existing.set(region, await ports.regions.in(region).existingVolumes(ids));
    } catch (error) {
      context.signal.throwIfAborted();
      context.logger.warning(`${region} does not say which volumes exist: ${explain(error).what}`);
    }
  }
  return existing;
}

function massExpiry(plan: ExpiryPlan, due: number, mostPercent: number): BackupError {
  return new BackupError({
    what: `nothing is deleted: ${due} of the region's automated snapshots (${plan.share.toFixed(0)} %) are due at once, and max-expiry-share is ${mostPercent} %`,
    likelyCause: 'the rotation did not run for a while, or a retention was lowered',
    fix: 'check the plan; if all of it may be deleted, run the workflow by hand with allow-mass-expiry: true',
    code: 'mass-expiry',
  });
}

/** Stops before too much is deleted; a dry run only notes it, because its plan is there to show just that. */
function askFirst(question: BackupError, { settings, results }: Rotation): void {
  if (!settings.dryRun) throw question;
  results.note(question.what);
}
