/** How the lab's EC2 behaves: delays of its states, request buckets, and the hooks of the named faults. */

import type { LabHosts, StoredImage } from '../../../hosts/host.ts';
import type { LabClock } from '../../clock/clock.ts';
import type { Seed } from './model/seed.ts';

/** Lab milliseconds that each change of state takes. Short for rehearsals; the order of states is EC2's. */
export interface Ec2Delays {
  readonly volumeCreate: number;
  readonly attach: number;
  readonly detach: number;
  readonly snapshot: number;
  /** Of a snapshot, to this or another region. */
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

/** A token bucket: calls it holds, and calls a second it is refilled with (EC2 API request throttling). */
export interface BucketSize {
  readonly capacity: number;
  readonly refill: number;
}

export interface Ec2Options {
  readonly clock: LabClock;
  readonly hosts: LabHosts;
  readonly seed: Seed;
  readonly delays?: Partial<Ec2Delays>;
  /** Largest page of any list: small, so that a client which does not follow pages fails. */
  readonly pageSize?: number;
  /** Instead of EC2's own sizes, for every operation of the kind; each operation still has a bucket of its own. */
  readonly buckets?: { readonly describe?: BucketSize; readonly mutate?: BucketSize };
  /** Snapshots one volume may begin in 15 seconds. */
  readonly snapshotsPerVolume?: number;
  /** Pending snapshot copies that a destination region may have; default 20 (EBS quotas). */
  readonly copiesAtOnce?: number;
}

/** What the named faults change while the lab runs. */
export interface Ec2Switches {
  /** Awaited before a volume made from a snapshot becomes available. */
  onVolumeFilled: ((volumeId: string, snapshotId: string, image: StoredImage) => Promise<void>) | undefined;
  /** Snapshots made from now on end in `error`. */
  snapshotsFail: boolean;
  /** Snapshot copies begun from now on end in `error`. */
  copiesFail: boolean;
  /** A detach that is not forced stays `busy`. */
  detachStuck: boolean;
  /** Told when an instance has booted, and before it shuts down. */
  onInstance: (instanceId: string, running: boolean) => void;
  /** Regions that answer every call with `Unavailable`. */
  readonly regionsDown: Set<string>;
}
