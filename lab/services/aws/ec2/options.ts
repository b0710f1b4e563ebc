/** How the lab's EC2 behaves: delays, limits, and the switches that named faults set. */

import type { LabHosts, StoredImage } from '../../../hosts/host.ts';
import type { LabClock } from '../../clock/clock.ts';
import type { Seed } from './model/seed.ts';

/** Lab milliseconds that each change of state takes. The order of the states is EC2's. */
export interface Ec2Delays {
  readonly volumeCreate: number;
  readonly attach: number;
  readonly detach: number;
  readonly snapshot: number;
  /** Of a copy of a snapshot, in the same or another region. */
  readonly copy: number;
  readonly instanceStart: number;
  readonly instanceStop: number;
  readonly agentOnline: number;
}

export const rehearsalDelays: Ec2Delays = {
  volumeCreate: 1000,
  attach: 500,
  detach: 500,
  snapshot: 3000,
  copy: 3000,
  instanceStart: 1000,
  instanceStop: 500,
  agentOnline: 500,
};

/** A token bucket: the calls it holds, and the calls added each second (EC2, API request throttling). */
export interface BucketSize {
  readonly capacity: number;
  readonly refill: number;
}

export interface Ec2Options {
  readonly clock: LabClock;
  readonly hosts: LabHosts;
  readonly seed: Seed;
  readonly delays?: Partial<Ec2Delays>;
  /** Largest page of any listing; default 100. Small pages make a client fail that does not follow them. */
  readonly pageSize?: number;
  /** Replaces EC2's own sizes for all operations of a kind; each operation still has its own bucket. */
  readonly buckets?: { readonly describe?: BucketSize; readonly mutate?: BucketSize };
  /** Snapshots of one volume that may start within 15 seconds; default 5. */
  readonly snapshotsPerVolume?: number;
  /** Pending snapshot copies that a destination region may have; default 20. */
  readonly copiesAtOnce?: number;
}

/** Switches that named faults set while the lab runs. */
export interface Ec2Switches {
  /** Awaited before a volume that was filled from a snapshot becomes available. */
  onVolumeFilled: ((volumeId: string, snapshotId: string, image: StoredImage) => Promise<void>) | undefined;
  /** Snapshots created from now on end in `error`. */
  snapshotsFail: boolean;
  /** Snapshot copies created from now on end in `error`. */
  copiesFail: boolean;
  /** A volume that is detached without force stays `busy`. */
  detachStuck: boolean;
  /** Called when an instance has booted, and before it shuts down. */
  onInstance: (instanceId: string, running: boolean) => void;
  /** Regions that answer every call with `Unavailable`. */
  readonly regionsDown: Set<string>;
}
