/** Finds what runs left on the verification host, and removes what this job may remove. */
import type { Instance } from '../../domain/ec2.ts';
import { tagNames } from '../../domain/tags.ts';
import type { Compute } from '../../ports/compute.ts';
import type { Runs } from '../../ports/github.ts';
import { explain } from '../../runtime/errors.ts';
import { type HostContext, markStart, stopInstance } from '../../volume/copy/verification-host.ts';
import { removeVolume } from '../../volume/copy/volume.ts';
import { type Job, type RunState, startMark, wordsOf } from '../../volume/maker.ts';
import { decideSweep, runsToAsk, type Sweep } from '../../volume/sweep.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';

/** What a look at the leftovers needs. */
type Looker = Pick<Context, 'clock' | 'run' | 'job'>;

export async function findLeftovers(
  instance: Instance,
  compute: Compute,
  runs: Runs,
  { clock, ...own }: Looker,
): Promise<Sweep> {
  const volumes = await compute.volumesByTags({ [tagNames.madeBy]: 'verify-volume' });
  const job = jobOf(own);
  const states = new Map<string, RunState>();
  for (const key of runsToAsk(volumes, instance, job)) states.set(key, await runs.state(key));
  return decideSweep({ volumes, instance, own: job, runs: states, now: clock.now() });
}

/** This job, as it marks what it makes. */
export function jobOf({ run, job }: Pick<Context, 'run' | 'job'>): Job {
  return { key: run.key, attempt: run.attempt, job };
}

/**
 * Removes this job's volumes and those of dead runs, then stops the instance if this job, or a dead one before it, started it. Tries every
 * part before it fails.
 */
export async function cleanUp(
  instance: Instance,
  settings: Pick<Settings, 'mountPoint' | 'service'>,
  ports: Pick<Ports, 'cleanupCompute' | 'hosts' | 'runs'>,
  { clock, logger, run, job }: Pick<Context, 'clock' | 'logger' | 'run' | 'job'>,
): Promise<void> {
  // Without the run's signal: a cancelled run cleans up too.
  const own = { compute: ports.cleanupCompute, hosts: ports.hosts, runs: ports.runs };
  const context = { clock, logger, run, job };
  const now = await own.compute.instance(instance.id);
  const leftovers = await findLeftovers(now, own.compute, ports.runs, context);
  const failures: unknown[] = [];
  for (const { volume } of leftovers.remove)
    await removeVolume(volume, settings, own, context).catch((error: unknown) => failures.push(error));
  if (leftovers.inheritedStart !== undefined)
    await stopUnlessUsed(now.id, own, context).catch((error: unknown) => failures.push(error));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map((one) => explain(one).what).join('; '));
}

/**
 * Stops an instance that this job, or a dead one, started. Looks again: others come and go while a copy is removed. Whoever uses it now
 * gets the duty to stop it.
 */
export async function stopUnlessUsed(
  id: string,
  ports: Pick<Ports, 'compute' | 'hosts' | 'runs'>,
  context: HostContext & Looker,
): Promise<void> {
  const now = await ports.compute.instance(id);
  const { inheritedStart, busy } = await findLeftovers(now, ports.compute, ports.runs, context);
  if (inheritedStart === undefined) return;
  if (busy === undefined) return stopInstance(id, inheritedStart, ports, context);
  context.logger.info(`${id} goes on running: ${wordsOf(busy, jobOf(context))} uses it`);
  if (busy.job === '') return;
  await markStart(id, busy, ports.compute);
  // It may have gone before it had the duty.
  const later = await findLeftovers(now, ports.compute, ports.runs, context);
  if (later.busy === undefined) await stopInstance(id, startMark(busy), ports, context);
}
