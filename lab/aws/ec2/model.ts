/** What EC2 holds: plain records by id, one world per region. */
import type { StoredImage } from '../../contracts.ts';

export interface InstanceRecord {
  readonly id: string;
  state: 'pending' | 'running' | 'stopping' | 'stopped';
  readonly zone: string;
  readonly type: string;
  readonly tags: Map<string, string>;
  readonly rootVolumeId: string;
  readonly launchedAt: Date;
}

export interface AttachmentRecord {
  readonly instanceId: string;
  readonly device: string;
  state: 'attaching' | 'attached' | 'detaching' | 'busy';
  readonly attachedAt: Date;
}

export interface VolumeRecord {
  readonly id: string;
  state: 'creating' | 'available' | 'in-use' | 'deleting' | 'error';
  readonly zone: string;
  readonly sizeGiB: number;
  readonly type: string;
  readonly snapshotId: string;
  readonly tags: Map<string, string>;
  readonly createdAt: Date;
  attachment: AttachmentRecord | undefined;
  /** Absent for root volumes, which the lab does not store, and while a volume is being filled. */
  image: StoredImage | undefined;
}

export interface SnapshotRecord {
  readonly id: string;
  readonly volumeId: string;
  readonly owner: string;
  state: 'pending' | 'completed' | 'error';
  stateMessage: string;
  progress: number;
  readonly startedAt: Date;
  completedAt: Date | undefined;
  readonly sizeGiB: number;
  readonly description: string;
  readonly tags: Map<string, string>;
  image: StoredImage | undefined;
}

export interface World {
  readonly region: string;
  readonly instances: Map<string, InstanceRecord>;
  readonly volumes: Map<string, VolumeRecord>;
  readonly snapshots: Map<string, SnapshotRecord>;
  /** Client tokens of CreateVolume with the request they stand for. */
  readonly tokens: Map<string, { readonly volumeId: string; readonly request: string }>;
}

export function newWorld(region: string): World {
  return { region, instances: new Map(), volumes: new Map(), snapshots: new Map(), tokens: new Map() };
}
