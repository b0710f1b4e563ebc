/** The disk that the copy is on the verification host: mount-copy finds it by its serial number, or is told its name. */
import { diskOfVolume, type HostDisk, mayLackSerials } from '../../domain/devices.ts';
import type { Instance, Volume } from '../../domain/ec2.ts';
import type { Hosts } from '../../ports/hosts.ts';
import { BackupError } from '../../runtime/errors.ts';
import { DeadlineError } from '../../runtime/interruptions.ts';
import { type HostContext, type HostPorts, waitFor } from './verification-host.ts';

/** Seconds after the attachment within which the disk must appear. */
const appearSeconds = 60;
const listSeconds = 30;

async function listDisks(instanceId: string, hosts: Hosts, { signal }: HostContext): Promise<readonly HostDisk[]> {
  const command = { script: 'list-disks', parameters: {}, timeoutSeconds: listSeconds } as const;
  return (await hosts.run(instanceId, command, signal)).disks;
}

/** The disks of the host before the copy is attached; undefined where serial numbers tell them apart. */
export async function disksBefore(
  instance: Instance,
  { hosts }: HostPorts,
  context: HostContext,
): Promise<readonly HostDisk[] | undefined> {
  if (!mayLackSerials(instance)) return undefined;
  return listDisks(instance.id, hosts, context);
}

/**
 * @param before as `disksBefore` gave them: a disk that was there then is not the copy, whatever its name
 * @returns the disk's name; empty where its serial number tells
 * @throws BackupError with the code `device-not-found`
 */
export async function diskOfCopy(
  volume: Volume,
  instanceId: string,
  before: readonly HostDisk[] | undefined,
  { compute, hosts }: HostPorts,
  context: HostContext,
): Promise<string> {
  if (before === undefined) return '';
  const known = new Set(before.filter((one) => one.volumeId === null).map((one) => one.name));
  const instance = await compute.instance(instanceId);
  const what = `${volume.id} to appear on ${instanceId}`;
  try {
    return await waitFor({ id: volume.id, what, timeoutSeconds: appearSeconds }, context, async () => {
      const located = diskOfVolume(volume.id, await listDisks(instanceId, hosts, context), instance, volume.sizeGiB);
      if ('problem' in located) return { retry: located.problem };
      const { name, volumeId } = located.disk;
      if (volumeId !== null) return { done: '' };
      return known.has(name) ? { retry: `${name} was on the host before ${volume.id} was attached` } : { done: name };
    });
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    throw new BackupError({
      what: error.message,
      likelyCause:
        'the instance has no serial numbers of its disks (Xen), and their names do not tell which is the copy',
      fix: 'use a verification host of the Nitro generation, or detach what is left of earlier volumes and restart it',
      code: 'device-not-found',
      cause: error,
    });
  }
}

/**
 * The partition on which the source had its data, as `mount-copy` takes it. Receipts of earlier versions only name the device.
 * @returns 0 for a whole disk; empty when nobody knows
 */
export function partitionOf(host: { readonly device: string; readonly partition?: number | undefined }): string {
  if (host.partition !== undefined) return String(host.partition);
  const [, ofNvme, ofOther] = /^\/dev\/(?:nvme\d+n\d+(?:p(\d+))?|(?:xvd|sd|hd|vd)[a-z]+(\d*))$/.exec(host.device) ?? [];
  if (ofNvme === undefined && ofOther === undefined) return /^\/dev\/nvme\d+n\d+$/.test(host.device) ? '0' : '';
  return ofNvme ?? (ofOther || '0');
}
