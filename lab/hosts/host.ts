/** What a host of the lab is to EC2 and SSM, and the storage behind its volumes. */

/** The data of an EBS volume or snapshot: a file in the lab's pool. */
export interface StoredImage {
  readonly path: string;
  readonly sizeGiB: number;
}

/** How a host sees its disks: on Nitro with serial numbers, on Xen by names, which a kernel of RHEL 6 moves on by four letters. */
export type Hypervisor = 'nitro' | 'xen' | 'xen-rhel6';

/** Stores volumes and snapshots as images; on the real pool a copy is instant (reflinks). */
export interface Storage {
  /** Copies the image as it is now: what CreateSnapshot and CreateVolume need. */
  copy(image: StoredImage, name: string): Promise<StoredImage>;
  remove(image: StoredImage): Promise<void>;
}

/** The host behind an EC2 instance: systemd in a container, or a double in the tests of EC2 and SSM. */
export interface Host {
  readonly instanceId: string;
  boot(): Promise<void>;
  shutdown(): Promise<void>;
  readonly running: boolean;
  /**
   * Runs a script as root in a process group of its own, as the SSM agent does. An abort sends SIGKILL to the group.
   * @param environment added to the agent's own
   */
  run(
    script: string,
    environment: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ stdout: string; stderr: string; exitCode: number }>;
  /**
   * Attaches the volume, which EC2 knows by a device name: as the next free NVMe device with its serial number under
   * /dev/disk/by-id, or as Xen names it.
   */
  attach(volumeId: string, image: StoredImage, device: string): Promise<void>;
  /** Resolves true when the device is gone; false while something on the host still has it open or mounted. */
  detach(volumeId: string, options: { force: boolean }): Promise<boolean>;
}

/** The hosts behind the instances, as far as EC2 and SSM know them. */
export interface LabHosts {
  readonly storage: Storage;
  host(instanceId: string): Host | undefined;
}
