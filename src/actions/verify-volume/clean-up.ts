/** Finds what runs left on the verification host, and removes what this run may remove. */
import type { Instance } from '../../domain/ec2.ts';
import { tagNames } from '../../domain/tags.ts';
import type { Compute } from '../../ports/compute.ts';
import type { Runs } from '../../ports/github.ts';
import { explain } from '../../runtime/errors.ts';
import { stopInstance } from '../../volume/copy/verification-host.ts';
import { removeVolume } from '../../volume/copy/volume.ts';
import { decideSweep, type Maker, makersToAsk, type Sweep } from '../../volume/sweep.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';

export async function findLeftovers(
  instance: Instance,
  compute: Compute,
  runs: Runs,
  { clock, run: own }: Pick<Context, 'clock' | 'run'>,
): Promise<Sweep> {
  const volumes = await compute.volumesByTags({ [tagNames.madeBy]: 'verify-volume' });
  const makers = new Map<string, Maker>();
  for (const key of makersToAsk(volumes, instance)) makers.set(key, key === own.key ? 'own' : await runs.state(key));
  return decideSweep({ volumes, instance, makers, now: clock.now() });
}

/**
 * Removes this run's volumes, then stops the instance if this run, or a dead one before it, started it. Tries every part
 * before it fails.
 */
export async function cleanUp(
  instance: Instance,
  settings: Pick<Settings, 'mountPoint' | 'service'>,
  ports: Pick<Ports, 'cleanupCompute' | 'hosts' | 'runs'>,
  { clock, logger, run }: Pick<Context, 'clock' | 'logger' | 'run'>,
): Promise<void> {
  // Without the run's signal: a cancelled run cleans up too.
  const [own, context] = [
    { compute: ports.cleanupCompute, hosts: ports.hosts },
    { clock, logger },
  ];
  const now = await own.compute.instance(instance.id);
  const leftovers = await findLeftovers(now, own.compute, ports.runs, { clock, run });
  const failures: unknown[] = [];
  for (const { volume } of leftovers.remove)
    await removeVolume(volume, settings, own, context).catch((error: unknown) => failures.push(error));
  if (leftovers.inheritedStart !== undefined && leftovers.busy === undefined)
    await stopInstance(now.id, own, context).catch((error: unknown) => failures.push(error));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map((one) => explain(one).what).join('; '));
}
