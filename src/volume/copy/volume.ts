/** The volume of a restored copy: made, attached to the verification host, and removed again. */
import type { Instance, Volume } from '../../domain/ec2.ts';
import type { Compute } from '../../ports/compute.ts';
import { BackupError, explain, HostError } from '../../runtime/errors.ts';
import { DeadlineError } from '../../runtime/interruptions.ts';
import { agentOnline, type HostContext, type HostPorts, waitFor } from './verification-host.ts';

/** Seconds each wait may take; what takes longer is stuck. */
const volumeSeconds = 900;
const attachSeconds = 300;
/** Detaching an unmounted volume takes seconds; after this it is forced, which then loses nothing. */
const detachSeconds = 30;
/** A clean-up waits this long for an agent: the instance may just be starting. */
const releaseAgentSeconds = 60;
const releaseSeconds = 300;

/** Where a copy is mounted and which service runs on it. */
export interface MountedCopy {
  readonly mountPoint: string;
  readonly service: string;
}

/** Waits until the volume can be attached. */
export function volumeReady(id: string, { compute }: HostPorts, context: HostContext): Promise<Volume> {
  return waitFor({ id, what: `${id} to be available`, timeoutSeconds: volumeSeconds }, context, async () => {
    const now = await compute.volume(id);
    if (now?.state === 'available' || now?.state === 'in-use') return { done: now };
    if (now?.state === 'error')
      throw new BackupError({
        what: `${id} ended in the state "error": AWS could not make it from the snapshot`,
        likelyCause: 'the KMS key of the snapshot cannot be used, or AWS had no capacity',
        fix: 'look at the volume in the console, then run again',
      });
    return { retry: now?.state ?? 'not listed yet' };
  });
}

/** Waits for the volume's own attachment to be `attached`; the SDK's waiter looks at the volume's state instead. */
export async function attach(
  volume: Volume,
  instance: Instance,
  device: string,
  { compute }: HostPorts,
  context: HostContext,
): Promise<void> {
  if (volume.attachment?.instanceId !== instance.id) await compute.attachVolume(volume.id, instance.id, device);
  const what = `${volume.id} to be attached to ${instance.id}`;
  await waitFor({ id: volume.id, what, timeoutSeconds: attachSeconds }, context, async () => {
    const state = (await compute.volume(volume.id))?.attachment?.state;
    return state === 'attached' ? { done: undefined } : { retry: state ?? 'not attached yet' };
  });
}

/**
 * Stops the service, unmounts, and only then detaches and deletes. Looks again first: since the volumes were listed, whoever made this one
 * may have attached or deleted it.
 * @throws when the copy could not be unmounted (it is then left attached) or the volume could not be deleted
 */
export async function removeVolume(
  { id }: Pick<Volume, 'id'>,
  copy: MountedCopy,
  ports: HostPorts,
  context: HostContext,
): Promise<void> {
  const { compute } = ports;
  const volume = await compute.volume(id);
  if (volume === undefined || volume.state === 'deleting' || volume.state === 'deleted') {
    context.logger.info(`${id} is gone already`);
    return;
  }
  const { attachment } = volume;
  if (attachment && attachment.state !== 'detached') {
    const holder = await compute.instance(attachment.instanceId);
    const unmounted = holder.state === 'running' ? await releaseCopy(volume, holder, copy, ports, context) : true;
    if (!unmounted) {
      throw new BackupError({
        what: `${id} could not be unmounted on ${holder.id}, so it was not detached`,
        likelyCause: `the host does not answer, or something still uses ${copy.mountPoint}`,
        fix: 'look at the host; the next run sweeps the volume once it can be unmounted (docs/runbook.md, "Verification is stuck")',
      });
    }
    await detach(id, compute, context);
  }
  await compute.deleteVolume(id);
  context.logger.info(`${id} is deleted`);
}

/** @returns whether the copy is unmounted */
async function releaseCopy(
  volume: Volume,
  instance: Instance,
  { mountPoint, service }: MountedCopy,
  { hosts }: HostPorts,
  context: HostContext,
): Promise<boolean> {
  try {
    await agentOnline(instance, releaseAgentSeconds, hosts, context);
    const parameters = { VolumeId: volume.id, MountPoint: mountPoint, Service: service };
    const command = { script: 'release-copy', parameters, timeoutSeconds: releaseSeconds } as const;
    await hosts.run(instance.id, command, context.signal);
    return true;
  } catch (error) {
    if (!(error instanceof HostError || error instanceof DeadlineError)) throw error;
    context.logger.warning(`${instance.id} did not unmount ${volume.id}: ${explain(error).what}`);
    return false;
  }
}

async function detach(id: string, compute: Compute, context: HostContext): Promise<void> {
  const detached = (timeoutSeconds: number): Promise<void> =>
    waitFor({ id, what: `${id} to be detached`, timeoutSeconds }, context, async () => {
      const now = await compute.volume(id);
      if (now === undefined || now.state === 'available') return { done: undefined };
      return { retry: now.attachment?.state ?? now.state };
    });
  await compute.detachVolume(id, { force: false });
  try {
    await detached(detachSeconds);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    // The filesystem was unmounted, so nothing is left to flush: forcing cannot lose anything.
    context.logger.warning(`${explain(error).what}; it is unmounted, so it is now detached by force`);
    await compute.detachVolume(id, { force: true });
    await detached(attachSeconds);
  }
}
