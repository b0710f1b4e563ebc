/** EC2's shapes as the ports have them, and the filters that Compute and Ec2Region share. */
import type {
  Instance as Ec2Instance,
  Snapshot as Ec2Snapshot,
  Filter,
  ResourceType,
  Tag,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import type { Instance, Snapshot, SnapshotState, Tags } from '../../domain/ec2.ts';
import { AwsError } from '../../runtime/errors.ts';

/** A resource that AWS no longer knows is `undefined`, not an error. */
export async function gone<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AwsError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

/** EC2 filters know `*`, `?` and `\`: a name that holds one means that very character. */
export function literal(value: string): string {
  return value.replace(/[\\*?]/g, '\\$&');
}

export function filters(tags: Tags): Filter[] {
  return Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [literal(value)] }));
}

export function words(tags: Tags): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

export function toTags(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function specification(ResourceType: ResourceType, tags: Tags): TagSpecification {
  return { ResourceType, Tags: toTags(tags) };
}

export function fromTags(tags: Tag[] | undefined): Tags {
  return Object.fromEntries((tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']));
}

export function toInstance(from: Ec2Instance): Instance {
  const tags = fromTags(from.Tags);
  const devices = (from.BlockDeviceMappings ?? []).map((one) => [one.DeviceName ?? '', one.Ebs?.VolumeId ?? '']);
  return {
    id: from.InstanceId ?? '',
    name: tags.Name || undefined,
    state: (from.State?.Name ?? 'pending') as Instance['state'],
    zone: from.Placement?.AvailabilityZone ?? '',
    tags,
    devices: Object.fromEntries(devices) as Record<string, string>,
    rootDevice: from.RootDeviceName,
    launchedAt: from.LaunchTime ?? new Date(0),
    type: from.InstanceType ?? '',
    windows: from.Platform?.toLowerCase() === 'windows',
  };
}

export function toSnapshot(from: Ec2Snapshot): Snapshot {
  return {
    id: from.SnapshotId ?? '',
    volumeId: from.VolumeId ?? '',
    state: (from.State ?? 'pending') as SnapshotState,
    stateMessage: from.StateMessage || undefined,
    progress: Number.parseInt(from.Progress ?? '0', 10) || 0,
    startedAt: from.StartTime ?? new Date(0),
    sizeGiB: from.VolumeSize ?? 0,
    tags: fromTags(from.Tags),
    description: from.Description ?? '',
    tier: from.StorageTier === 'archive' ? 'archive' : 'standard',
    fullBytes: from.FullSnapshotSizeInBytes,
  };
}
