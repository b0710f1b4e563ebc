/** Volumes attached to a host: loop devices that appear under NVMe names with their serials, as on Nitro instances. */

import { attempt, command } from './command.ts';
import type { StoredImage } from './host.ts';

interface Attached {
  readonly loop: string;
  /** Its name on the host, such as /dev/nvme1n1. */
  readonly device: string;
  /** `major:minor`. */
  readonly number: string;
}

/** Runs a program inside the host. @throws Error when it fails */
export type RunInside = (...command: readonly string[]) => Promise<string>;

const byId = (volumeId: string): string =>
  `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volumeId.replace('vol-', 'vol')}`;

export class AttachedVolumes {
  readonly #attached = new Map<string, Attached>();

  /** @param inside undefined while the host is off: the device appears when it boots */
  async attach(volumeId: string, image: StoredImage, inside: RunInside | undefined): Promise<void> {
    const loop = await command('losetup', '--find', '--show', image.path);
    const number = await command('cat', `/sys/block/${loop.replace('/dev/', '')}/dev`);
    const attached = { loop, device: this.#freeDevice(), number };
    this.#attached.set(volumeId, attached);
    if (inside) await appear(volumeId, attached, inside);
  }

  #freeDevice(): string {
    const used = new Set([...this.#attached.values()].map(({ device }) => device));
    const names = Array.from({ length: 26 }, (_, index) => `/dev/nvme${index + 1}n1`);
    return names.find((name) => !used.has(name)) ?? '';
  }

  /** Makes the devices of a host that has booted. */
  async appearAll(inside: RunInside): Promise<void> {
    await inside('mkdir', '-p', '/dev/disk/by-id');
    for (const [volumeId, attached] of this.#attached) await appear(volumeId, attached, inside);
  }

  /** False while the host has the volume mounted, unless it is forced off. */
  async detach(volumeId: string, force: boolean, inside: RunInside | undefined): Promise<boolean> {
    const attached = this.#attached.get(volumeId);
    if (!attached) return true;
    if (inside) {
      if (await isMounted(attached, inside)) {
        if (!force) return false;
        // It may be unmounted meanwhile.
        await inside('umount', '-l', attached.device).catch(() => {});
      }
      await inside('rm', '-f', attached.device, byId(volumeId));
    }
    await command('losetup', '--detach', attached.loop);
    this.#attached.delete(volumeId);
    return true;
  }

  /** Frees the loop devices, whatever the host does with them. */
  async release(): Promise<void> {
    for (const { loop } of this.#attached.values()) await attempt('losetup', '--detach', loop);
    this.#attached.clear();
  }
}

async function appear(volumeId: string, { device, number }: Attached, inside: RunInside): Promise<void> {
  const [major = '', minor = ''] = number.split(':');
  await inside('rm', '-f', device);
  await inside('mknod', '-m', '660', device, 'b', major, minor);
  await inside('ln', '-sf', device, byId(volumeId));
}

async function isMounted({ number }: Attached, inside: RunInside): Promise<boolean> {
  const mounts = await inside('cat', '/proc/self/mountinfo');
  return mounts.split('\n').some((line) => line.split(' ')[2] === number);
}
