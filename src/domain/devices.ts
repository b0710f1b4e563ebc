/**
 * Which disk of a host is which EBS volume. A Nitro instance tells by the disks' serial numbers. A Xen instance (t2, m4, r3, …)
 * has none: there the name given at attach decides, which the kernel changes by known rules (EC2 user guide, "Device names on
 * Amazon EC2 instances"): `/dev/sdf` becomes `xvdf`, a root volume `/dev/sda1` the disk `xvda`; kernels of RHEL 6 and its
 * relatives move every letter on by four, so that `/dev/sda` becomes `xvde`.
 */
import type { Instance } from './ec2.ts';

/** A whole disk as the host sees it. */
export interface HostDisk {
  /** The kernel's name: `nvme1n1`, `xvdf`. */
  readonly name: string;
  readonly bytes: number;
  /** By its serial number; null when it has none of EBS. */
  readonly volumeId: string | null;
}

export type Located = { readonly disk: HostDisk } | { readonly problem: string };

/** Generations on the Xen hypervisor (EC2 instance types guide, "Instances built on the AWS Nitro System"); no new ones appear. */
const xenFamilies = /^(t1|t2|m1|m2|m3|m4|c1|c3|c4|cc2|cr1|r3|r4|x1|x1e|d2|h1|hs1|i2|i3|g2|g3|g3s|p2|p3|f1)\./;

/** Whether the disks of this instance type may have no serial numbers. A few large sizes of these families are Nitro all the same. */
export function mayLackSerials({ type }: Pick<Instance, 'type'>): boolean {
  return xenFamilies.test(type);
}

/** How far a kernel of RHEL 6 moves the letters. */
const shifted = 4;

interface Name {
  readonly letters: string;
  readonly digits: string;
}

/** `/dev/sdf`, `xvdf`, `sda1`: the letters after the kind of disk, and the digits after them. */
function nameOf(device: string): Name | undefined {
  const [, letters, digits] = /^(?:\/dev\/)?(?:xvd|sd|hd)([a-z]{1,2})(\d*)$/.exec(device) ?? [];
  return letters === undefined ? undefined : { letters, digits: digits ?? '' };
}

function move(letters: string, by: number): string {
  return by === 0 || letters.length > 1 ? letters : String.fromCharCode(letters.charCodeAt(0) + by);
}

/** The disk that a device name of EC2 is on a host whose kernel moves letters by `shift`. */
function diskFor(device: string, disks: readonly HostDisk[], shift: number): HostDisk | undefined {
  const wanted = nameOf(device);
  if (wanted === undefined) return undefined;
  const named = disks.filter(({ name }) => nameOf(name)?.letters === move(wanted.letters, shift));
  // A paravirtual kernel has a disk xvda1 for /dev/sda1; any other has xvda, with partitions.
  return (
    named.find(({ name }) => nameOf(name)?.digits === wanted.digits) ??
    named.find(({ name }) => nameOf(name)?.digits === '')
  );
}

/** What was seen, for a refusal. */
function seen(disks: readonly HostDisk[], { devices }: Pick<Instance, 'devices'>): string {
  const onHost = disks.map(({ name, bytes }) => `${name} of ${bytes} bytes`).join(', ') || 'no disk';
  const onEc2 = Object.entries(devices).map(([device, id]) => `${id} as ${device}`);
  return `the host has ${onHost}; EC2 has ${onEc2.join(', ') || 'no volume'} attached`;
}

/**
 * The disk of a volume.
 * @param sizeGiB the volume's, as EC2 knows it; a disk of another size is another disk
 */
export function diskOfVolume(
  volumeId: string,
  disks: readonly HostDisk[],
  instance: Pick<Instance, 'devices' | 'rootDevice'>,
  sizeGiB?: number,
): Located {
  const bySerial = disks.find((one) => one.volumeId === volumeId);
  if (bySerial) return { disk: bySerial };
  const nameless = disks.filter((one) => one.volumeId === null && nameOf(one.name) !== undefined);
  const device = Object.entries(instance.devices).find(([, id]) => id === volumeId)?.[0];
  const refuse = (why: string): Located => ({ problem: `${why}: ${seen(disks, instance)}` });
  if (device === undefined) return refuse(`EC2 does not list ${volumeId} as attached`);
  // The root's name is always known, so it shows whether this kernel moves the letters.
  const root = instance.rootDevice;
  const shift = [0, shifted].find((one) => root !== undefined && diskFor(root, nameless, one) !== undefined);
  if (shift === undefined)
    return refuse(`no disk has a serial number of EBS, nor the name of the root device ${root ?? '(unknown)'}`);
  const disk = diskFor(device, nameless, shift);
  if (disk === undefined) return refuse(`no disk has the name of ${volumeId} (${device})`);
  if (sizeGiB !== undefined && disk.bytes !== sizeGiB * 1024 ** 3)
    return refuse(`${disk.name} has the name of ${volumeId} (${device}) but not its size of ${sizeGiB} GiB`);
  return { disk };
}

/** The volume that a disk of the host is. */
export function volumeOfDisk(
  name: string,
  disks: readonly HostDisk[],
  instance: Pick<Instance, 'devices' | 'rootDevice'>,
): { readonly volumeId: string } | { readonly problem: string } {
  const own = disks.find((one) => one.name === name);
  if (own?.volumeId) return { volumeId: own.volumeId };
  const ids = Object.values(instance.devices).filter((id) => {
    const located = diskOfVolume(id, disks, instance);
    return 'disk' in located && located.disk.name === name;
  });
  const [volumeId, ...others] = ids;
  if (volumeId !== undefined && others.length === 0) return { volumeId };
  const why = others.length > 0 ? `${name} may be each of ${ids.join(', ')}` : `no volume has the name of ${name}`;
  return { problem: `${why}: ${seen(disks, instance)}` };
}
