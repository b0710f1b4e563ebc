/** What EC2 holds, as far as decisions speak of it. */

/** The tags of one AWS resource, by key. */
export type Tags = Readonly<Record<string, string>>;

export type InstanceState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';

export interface Instance {
  readonly id: string;
  readonly name: string | undefined;
  readonly state: InstanceState;
  readonly zone: string;
  readonly tags: Tags;
  /** Block devices in use, by the device name given at attach (`/dev/sdf`). */
  readonly devices: Readonly<Record<string, string>>;
  readonly rootDevice: string | undefined;
  /** When it was started last, by AWS's clock. */
  readonly launchedAt: Date;
  /** Instance type, such as `m5.large`. */
  readonly type: string;
  readonly windows: boolean;
}

export type VolumeState = 'creating' | 'available' | 'in-use' | 'deleting' | 'deleted' | 'error';
export type AttachmentState = 'attaching' | 'attached' | 'detaching' | 'busy' | 'detached';

export interface Volume {
  readonly id: string;
  readonly state: VolumeState;
  readonly sizeGiB: number;
  readonly zone: string;
  readonly snapshotId: string | undefined;
  readonly tags: Tags;
  readonly attachment:
    | { readonly instanceId: string; readonly device: string; readonly state: AttachmentState }
    | undefined;
  readonly encrypted: boolean;
}

export type SnapshotState = 'pending' | 'completed' | 'error' | 'recoverable' | 'recovering';

export interface Snapshot {
  readonly id: string;
  readonly volumeId: string;
  readonly state: SnapshotState;
  readonly stateMessage: string | undefined;
  /** Percent, 0 to 100. */
  readonly progress: number;
  readonly startedAt: Date;
  readonly sizeGiB: number;
  readonly tags: Tags;
  /** The field of that name, which is not the tag. */
  readonly description: string;
  readonly tier: 'standard' | 'archive';
  /** Bytes of the blocks that were ever written, where AWS says so; an increment is stored as less. */
  readonly fullBytes: number | undefined;
}

export function newestFirst(snapshots: readonly Snapshot[]): Snapshot[] {
  return [...snapshots].sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
}
