/**
 * The verification instance and the volume on it, brought up and taken down. Taking down never gives up half-way: it
 * tries each part, and says at the end what it could not do.
 */
import type { Instance, Volume } from '../domain/ec2.ts';
import { tagNames } from '../domain/tags.ts';
import type { Compute } from '../ports/compute.ts';
import type { Hosts } from '../ports/hosts.ts';
import type { Clock } from '../runtime/clock.ts';
import { BackupError, HostError } from '../runtime/errors.ts';
import { DeadlineError } from '../runtime/interruptions.ts';
import type { Logger } from '../runtime/logger.ts';
import { paces, poll } from '../runtime/poll.ts';

export interface MachineTools {
  readonly compute: Compute;
  readonly hosts: Hosts;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Absent in a clean-up, which goes on when the run was cancelled. */
  readonly signal?: AbortSignal | undefined;
}

/** Seconds each wait may take; what exceeds them is stuck. */
const instanceSeconds = 600;
const agentSeconds = 300;
const volumeSeconds = 900;
const attachSeconds = 300;
/** Detaching an unmounted volume takes seconds; after this it is forced, which then loses nothing. */
const detachSeconds = 30;
/** A clean-up waits so long for an agent: the instance may just be starting. */
const releaseAgentSeconds = 60;

type ReleaseParameters = { readonly mountPoint: string; readonly service: string };

/** Starts the instance if it is stopped, tagged first so that a dead run's start is known. */
export async function startInstance(instance: Instance, run: string, tools: MachineTools): Promise<Instance> {
  const { compute, logger } = tools;
  let current = instance;
  if (current.state === 'stopping') current = await instanceState(current.id, 'stopped', tools);
  if (current.state === 'stopped') {
    await compute.setTags(current.id, { [tagNames.startedBy]: run });
    await compute.startInstance(current.id);
    logger.info(`starting ${current.id}`);
  }
  if (current.state !== 'running') current = await instanceState(current.id, 'running', tools);
  await agentOnline(current.id, agentSeconds, tools);
  return current;
}

function agentOnline(id: string, timeoutSeconds: number, tools: MachineTools): Promise<void> {
  const { hosts, clock, signal, logger } = tools;
  const what = `the SSM agent of ${id} to come online`;
  return poll(
    { what, timeoutSeconds, pace: paces.normal, clock, signal, onChange: (seen) => logger.info(`${id}: ${seen}`) },
    async () => {
      const { online, detail } = await hosts.reachable(id);
      return online ? { done: undefined } : { retry: detail };
    },
  );
}

function instanceState(id: string, wanted: 'running' | 'stopped', tools: MachineTools): Promise<Instance> {
  return poll(
    {
      what: `${id} to be ${wanted}`,
      timeoutSeconds: instanceSeconds,
      pace: paces.normal,
      clock: tools.clock,
      signal: tools.signal,
      onChange: (seen) => tools.logger.info(`${id} is ${seen}`),
    },
    async () => {
      const now = await tools.compute.instance(id);
      if (now.state === wanted) return { done: now };
      if (now.state === 'terminated' || now.state === 'shutting-down') throw new Error(`${id} is being terminated`);
      return { retry: now.state };
    },
  );
}

/** Waits until the volume is in one of the states; its vanishing is an error unless `deleted` was wanted. */
export function volumeReady(id: string, tools: MachineTools): Promise<Volume> {
  return poll(
    {
      what: `${id} to be available`,
      timeoutSeconds: volumeSeconds,
      pace: paces.normal,
      clock: tools.clock,
      signal: tools.signal,
      onChange: (seen) => tools.logger.info(`${id} is ${seen}`),
    },
    async () => {
      const now = await tools.compute.volume(id);
      if (now?.state === 'available' || now?.state === 'in-use') return { done: now };
      if (now?.state === 'error')
        throw new Error(`${id} ended in the state "error": AWS could not make it from the snapshot`);
      return { retry: now?.state ?? 'not listed yet' };
    },
  );
}

/** The volume's own attachment must be `attached`; the SDK's waiter looks at the volume's state instead. */
export async function attach(volume: Volume, instance: Instance, device: string, tools: MachineTools): Promise<void> {
  if (volume.attachment?.instanceId !== instance.id) await tools.compute.attachVolume(volume.id, instance.id, device);
  await poll(
    {
      what: `${volume.id} to be attached to ${instance.id}`,
      timeoutSeconds: attachSeconds,
      pace: paces.normal,
      clock: tools.clock,
      signal: tools.signal,
    },
    async () => {
      const now = await tools.compute.volume(volume.id);
      return now?.attachment?.state === 'attached'
        ? { done: undefined }
        : { retry: now?.attachment?.state ?? 'not attached yet' };
    },
  );
}

/**
 * Stops the service, unmounts, and only then detaches and deletes.
 * @throws when the copy could not be unmounted (it is then left attached) or the volume could not be deleted
 */
export async function removeVolume(volume: Volume, release: ReleaseParameters, tools: MachineTools): Promise<void> {
  const { compute, logger } = tools;
  const attachment = volume.attachment;
  if (attachment && attachment.state !== 'detached') {
    const holder = await compute.instance(attachment.instanceId);
    const unmounted = holder.state === 'running' ? await releaseCopy(volume, holder.id, release, tools) : true;
    if (!unmounted) {
      throw new BackupError({
        what: `${volume.id} could not be unmounted on ${holder.id}, so it was not detached`,
        likelyCause: `the host does not answer, or something still uses ${release.mountPoint}`,
        fix: 'look at the host; the next run sweeps the volume once it can be unmounted (docs/runbook.md, "Verification is stuck")',
      });
    }
    await detach(volume.id, tools);
  }
  await compute.deleteVolume(volume.id);
  logger.info(`${volume.id} is deleted`);
}

async function releaseCopy(
  volume: Volume,
  instanceId: string,
  release: ReleaseParameters,
  tools: MachineTools,
): Promise<boolean> {
  const { hosts, logger } = tools;
  try {
    await agentOnline(instanceId, releaseAgentSeconds, tools);
    await hosts.run(
      instanceId,
      {
        script: 'release-copy',
        parameters: { VolumeId: volume.id, MountPoint: release.mountPoint, Service: release.service },
        timeoutSeconds: 300,
      },
      tools.signal,
    );
    return true;
  } catch (error) {
    if (!(error instanceof HostError || error instanceof DeadlineError)) throw error;
    logger.warning(`${instanceId} did not unmount ${volume.id}: ${error.message}`);
    return false;
  }
}

async function detach(volumeId: string, tools: MachineTools): Promise<void> {
  const { compute, clock, logger, signal } = tools;
  const detached = (timeoutSeconds: number): Promise<void> =>
    poll(
      {
        what: `${volumeId} to be detached`,
        timeoutSeconds,
        pace: paces.normal,
        clock,
        signal,
        onChange: (seen) => logger.info(`${volumeId} is ${seen}`),
      },
      async () => {
        const now = await compute.volume(volumeId);
        if (now === undefined || now.state === 'available') return { done: undefined };
        return { retry: now.attachment?.state ?? now.state };
      },
    );
  await compute.detachVolume(volumeId, { force: false });
  try {
    await detached(detachSeconds);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    // The filesystem was unmounted, so nothing is left to flush: forcing cannot lose anything.
    logger.warning(`${error.message}; it is unmounted, so it is now detached by force`);
    await compute.detachVolume(volumeId, { force: true });
    await detached(attachSeconds);
  }
}

/** Stops the instance that a run of ours started, and takes its tag off once it is stopping. */
export async function stopInstance(id: string, tools: MachineTools): Promise<void> {
  const now = await tools.compute.instance(id);
  if (now.state === 'running' || now.state === 'pending') {
    await tools.compute.stopInstance(id);
    tools.logger.info(`stopping ${id}`);
  }
  await tools.compute.removeTags(id, [tagNames.startedBy]);
}
