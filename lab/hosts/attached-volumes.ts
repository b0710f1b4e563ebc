/** Volumes attached to a host: loop devices that appear under the names of its hypervisor, on Nitro with their serial numbers. */

import { attempt, command } from './command.ts';
import type { Hypervisor, StoredImage } from './host.ts';
import { knowPartitions, type Partition } from './partitions.ts';

interface Attached {
  readonly loop: string;
  /** Its name on the host, such as /dev/nvme1n1. */
  readonly device: string;
  /** `major:minor`. */
  readonly number: string;
  readonly partitions: readonly Partition[];
  /** Whether udev makes a link of its serial number. */
  readonly serial: boolean;
}

/** Runs a program inside the host. @throws Error when it fails */
export type RunInside = (...command: readonly string[]) => Promise<string>;

const byId = (volumeId: string): string =>
  `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volumeId.replace('vol-', 'vol')}`;

export class AttachedVolumes {
  readonly #attached = new Map<string, Attached>();
  readonly #hypervisor: Hypervisor;

  constructor(hypervisor: Hypervisor) {
    this.#hypervisor = hypervisor;
  }

  /**
   * @param wanted the device name that EC2 knows
   * @param inside undefined while the host is off: the device appears when it boots
   */
  async attach(volumeId: string, image: StoredImage, wanted: string, inside: RunInside | undefined): Promise<void> {
    const loop = await command('losetup', '--find', '--show', '--partscan', image.path);
    const number = await command('cat', `/sys/block/${loop.replace('/dev/', '')}/dev`);
    const serial = this.#hypervisor === 'nitro';
    const device = serial ? this.#freeDevice() : xenName(wanted, this.#hypervisor === 'xen-rhel6' ? 4 : 0);
    const partitions = await knowPartitions(loop, image.path);
    const attached = { loop, device, number, partitions, serial };
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
        for (const { name } of nodesOf(attached)) await inside('umount', '-l', name).catch(() => {});
      }
      await inside(
        'rm',
        '-f',
        ...nodesOf(attached).map(({ name }) => name),
        ...linksOf(volumeId, attached).map(({ link }) => link),
      );
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

/** The disk and its partitions on the host. */
function nodesOf({ device, number, partitions }: Attached): { name: string; number: string }[] {
  const prefix = /\d$/.test(device) ? `${device}p` : device;
  return [
    { name: device, number },
    ...partitions.map((one) => ({ name: `${prefix}${one.index}`, number: one.number })),
  ];
}

async function appear(volumeId: string, attached: Attached, inside: RunInside): Promise<void> {
  for (const { name, number } of nodesOf(attached)) {
    const [major = '', minor = ''] = number.split(':');
    await inside('rm', '-f', name);
    await inside('mknod', '-m', '660', name, 'b', major, minor);
  }
  for (const { link, name } of attached.serial ? linksOf(volumeId, attached) : [])
    await inside('ln', '-sf', name, link);
}

/** What udev makes of the serial number: a link to the disk, and one to each partition (systemd's 60-persistent-storage.rules). */
function linksOf(volumeId: string, attached: Attached): { link: string; name: string }[] {
  const [disk, ...partitions] = nodesOf(attached);
  const own = byId(volumeId);
  return [
    { link: own, name: disk?.name ?? '' },
    ...partitions.map(({ name }, at) => ({ link: `${own}-part${attached.partitions[at]?.index}`, name })),
  ];
}

async function isMounted(attached: Attached, inside: RunInside): Promise<boolean> {
  const numbers = nodesOf(attached).map(({ number }) => number);
  const mounts = await inside('cat', '/proc/self/mountinfo');
  return mounts.split('\n').some((line) => numbers.includes(line.split(' ')[2] ?? ''));
}

/** `/dev/sdf` is `/dev/xvdf` for the kernel (EC2 user guide, device names), or a letter further on. */
function xenName(wanted: string, shift: number): string {
  return wanted.replace(/^(?:\/dev\/)?(?:sd|xvd)([a-z])(.*)$/, (_all, letter: string, rest: string) => {
    return `/dev/xvd${String.fromCharCode(letter.charCodeAt(0) + shift)}${rest}`;
  });
}
