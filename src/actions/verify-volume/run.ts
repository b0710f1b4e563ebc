/**
 * A verification from start to end: choose a snapshot, sweep, restore a copy on the verification host, read all of it,
 * compare it with the fingerprint, write the verdict, and clean up.
 */
import type { Instance } from '../../domain/ec2.ts';
import { instanceProblems } from '../../domain/instances.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import { takenAt } from '../../rotation/plan/origin.ts';
import { BackupError, ConfigurationError } from '../../runtime/errors.ts';
import { freeDevice } from '../../volume/choose.ts';
import { removeVolume } from '../../volume/copy/volume.ts';
import { starterOf, wordsOf } from '../../volume/maker.ts';
import { isProvenAgain } from '../../volume/proofs.ts';
import { type Sweep, sweepPlan } from '../../volume/sweep.ts';
import { type Choice, chooseSnapshot } from './choose.ts';
import { findLeftovers, jobOf, stopUnlessUsed } from './clean-up.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';
import { verify } from './verify.ts';

export async function run(settings: Settings, ports: Ports, context: Context): Promise<void> {
  const { timeline, report } = context;
  const choice = await timeline.step('Choose the snapshot', (note) => chooseSnapshot(settings, ports, context, note));
  const instance = await timeline.step('Find the verification host', () => findInstance(settings, ports, context));
  const sweep = await timeline.step('Find what dead runs left', () =>
    findLeftovers(instance, ports.compute, ports.runs, context),
  );
  const plan = [...sweepPlan(sweep), ...(choice ? verificationPlan(choice, instance, sweep, settings) : [])];
  report({ plan, ...(choice ? { snapshotId: choice.snapshot.id } : {}) });
  if (choice?.receipt) report({ receipt: choice.receipt });
  if (choice && isAgain(choice)) report({ again: { takenAt: takenAtOf(choice), id: choice.snapshot.id } });
  await showPlan(plan, context);
  if (settings.dryRun) return report({ outcome: 'dry-run' });
  ports.remember(instance.id);
  await removeLeftovers(sweep, settings, ports, context);
  if (choice === undefined) {
    await stopAbandoned(sweep, instance, ports, context);
    return report({ outcome: 'nothing-to-do' });
  }
  if (sweep.busy) {
    throw new BackupError({
      what: `the verification host ${instance.id} is in use by ${wordsOf(sweep.busy, jobOf(context))}`,
      likelyCause: 'another verification is running',
      fix: 'wait for it; give all jobs that verify on this host the same concurrency group',
    });
  }
  await verify(choice, instance, settings, ports, context);
}

/** Whether the run is about that one snapshot, and not about the newest backup of its source. */
function isAgain(choice: Choice): boolean {
  return choice.receipt === undefined || choice.isCopy || isProvenAgain(choice.receipt);
}

function takenAtOf({ snapshot, receipt }: Choice): string {
  return receipt?.takenAt ?? new Date(takenAt(snapshot)).toISOString();
}

async function findInstance(settings: Settings, { compute }: Ports, { logger }: Context): Promise<Instance> {
  const instances = await compute.findInstances(settings.instance);
  const problems = instanceProblems(instances, settings.instance, 'verification');
  const [instance] = instances;
  if (problems.length > 0 || instance === undefined)
    throw new ConfigurationError({ what: 'nothing can be verified', problems });
  logger.info(`${instance.id} (${instance.name ?? 'unnamed'}) in ${instance.zone} is ${instance.state}`);
  return instance;
}

function showPlan(plan: readonly PlanDecision[], { logger }: Context): Promise<void> {
  return logger.group('Plan', async () => {
    for (const { decision, reason } of plan) logger.info(`${decision}: ${reason}`);
    if (plan.length === 0) logger.info('nothing to do');
  });
}

async function removeLeftovers(sweep: Sweep, settings: Settings, ports: Ports, context: Context): Promise<void> {
  if (sweep.remove.length === 0) return;
  await context.timeline.step('Sweep', async (note) => {
    for (const { volume, reason } of sweep.remove) {
      context.logger.info(`${volume.id}: ${reason}`);
      await removeVolume(volume, settings, ports, context);
    }
    note(sweep.remove.map(({ volume }) => volume.id).join(', '));
  });
}

/** With nothing to verify, an instance that a dead run started is stopped here and now. */
async function stopAbandoned(sweep: Sweep, instance: Instance, ports: Ports, context: Context): Promise<void> {
  if (sweep.inheritedStart === undefined || sweep.busy !== undefined) return;
  await context.timeline.step('Stop the instance that a dead run started', () =>
    stopUnlessUsed(instance.id, ports, context),
  );
}

function verificationPlan(
  { snapshot, receipt }: Choice,
  instance: Instance,
  sweep: Sweep,
  settings: Settings,
): PlanDecision[] {
  const starts = instance.state !== 'running';
  const starter = sweep.inheritedStart ? `${starterOf(sweep.inheritedStart).key} started it` : 'this run starts it';
  return [
    ...(starts ? [{ decision: `start ${instance.id}`, reason: `it is ${instance.state}` }] : []),
    {
      decision: `create a ${settings.volumeType} volume from ${snapshot.id}`,
      reason: `in ${instance.zone}, where ${instance.id} is`,
    },
    {
      decision: `attach it to ${instance.id} as ${freeDevice(instance) ?? '(no device name is free)'}`,
      reason: `mounted at ${settings.mountPoint}`,
    },
    receipt
      ? {
          decision: `start ${settings.service} on it`,
          reason: 'read every file, run the checks, compare with the fingerprint',
        }
      : { decision: 'mount each of its filesystems', reason: 'read every file, and run their checkers' },
    { decision: `tag ${snapshot.id} with the verdict`, reason: 'unless the machinery fails' },
    { decision: 'unmount, detach and delete the volume', reason: 'it is only for this verification' },
    ...(starts || sweep.inheritedStart ? [{ decision: `stop ${instance.id}`, reason: starter }] : []),
  ];
}
