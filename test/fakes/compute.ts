import type { Instance, Snapshot, Tags, Volume } from '../../src/domain/ec2.ts';
import type { SnapshotLock } from '../../src/domain/snapshot-lock.ts';
import type { Compute, NewVolume } from '../../src/ports/compute.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { AwsError } from '../../src/runtime/errors.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** EC2 in memory: states settle at once, the rules are EC2's (test/contract/ports/compute.ts holds for both). */
export class FakeCompute implements Compute {
  readonly instances = new Map<string, Mutable<Instance>>();
  readonly volumes = new Map<string, Mutable<Volume>>();
  readonly snapshots = new Map<string, Mutable<Snapshot>>();
  readonly calls: string[] = [];
  readonly #tokens = new Map<string, { readonly id: string; readonly request: string }>();
  readonly #clock: Clock;
  #next = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  addInstance(instance: Partial<Instance> & { id: string }): void {
    this.instances.set(instance.id, {
      name: instance.tags?.Name,
      state: 'running',
      zone: 'us-east-1a',
      tags: {},
      devices: { '/dev/xvda': `vol-root-${instance.id}` },
      rootDevice: '/dev/xvda',
      launchedAt: new Date('2026-01-01T00:00:00Z'),
      type: 'm5.large',
      windows: false,
      ...instance,
    });
  }

  addVolume(volume: Partial<Volume> & { id: string }): void {
    this.volumes.set(volume.id, {
      state: volume.attachment ? 'in-use' : 'available',
      sizeGiB: 1,
      zone: 'us-east-1a',
      snapshotId: undefined,
      tags: {},
      attachment: undefined,
      encrypted: false,
      ...volume,
    });
    if (volume.attachment)
      this.#devices(volume.attachment.instanceId, (devices) => ({
        ...devices,
        [volume.attachment?.device ?? '']: volume.id,
      }));
  }

  #devices(instanceId: string, change: (devices: Readonly<Record<string, string>>) => Record<string, string>): void {
    const instance = this.instances.get(instanceId);
    if (instance) instance.devices = change(instance.devices);
  }

  #need<T>(map: Map<string, T>, id: string, code: string): T {
    const found = map.get(id);
    if (found) return found;
    throw new AwsError({
      what: `${id} does not exist`,
      operation: 'Describe',
      resource: id,
      requestId: 'r',
      code,
      kind: 'not-found',
      outcome: 'not-done',
    });
  }

  #refuse(operation: string, id: string, code: string): never {
    throw new AwsError({
      what: `${operation} ${id}: ${code}`,
      operation,
      resource: id,
      requestId: 'r',
      code,
      kind: 'other',
      outcome: 'not-done',
    });
  }

  async findInstances(idOrName: string): Promise<Instance[]> {
    this.calls.push('findInstances');
    return [...this.instances.values()]
      .filter((one) => (one.id === idOrName || one.name === idOrName) && one.state !== 'terminated')
      .map((one) => ({ ...one }));
  }
  async instance(id: string): Promise<Instance> {
    return { ...this.#need(this.instances, id, 'InvalidInstanceID.NotFound') };
  }
  async startInstance(id: string): Promise<void> {
    this.calls.push('startInstance');
    this.#need(this.instances, id, 'InvalidInstanceID.NotFound').state = 'running';
  }
  async stopInstance(id: string): Promise<void> {
    this.calls.push('stopInstance');
    this.#need(this.instances, id, 'InvalidInstanceID.NotFound').state = 'stopped';
  }

  async volume(id: string): Promise<Volume | undefined> {
    const found = this.volumes.get(id);
    return found && { ...found };
  }
  async volumesByTags(tags: Tags): Promise<Volume[]> {
    return [...this.volumes.values()].filter((one) => carries(one.tags, tags)).map((one) => ({ ...one }));
  }
  async createVolume(volume: NewVolume): Promise<Volume> {
    this.calls.push('createVolume');
    const request = JSON.stringify(volume);
    const known = this.#tokens.get(volume.clientToken);
    if (known !== undefined) {
      if (known.request !== request) this.#refuse('CreateVolume', known.id, 'IdempotentParameterMismatch');
      return { ...this.#need(this.volumes, known.id, 'InvalidVolume.NotFound') };
    }
    const from = this.#need(this.snapshots, volume.snapshotId, 'InvalidSnapshot.NotFound');
    if (from.state !== 'completed') this.#refuse('CreateVolume', volume.snapshotId, 'IncorrectState');
    const id = `vol-${this.#next++}`;
    this.#tokens.set(volume.clientToken, { id, request });
    const { snapshotId, zone, tags } = volume;
    this.addVolume({ id, snapshotId, zone, tags, sizeGiB: from.sizeGiB });
    return { ...this.#need(this.volumes, id, 'InvalidVolume.NotFound') };
  }
  async attachVolume(volumeId: string, instanceId: string, device: string): Promise<void> {
    this.calls.push('attachVolume');
    const volume = this.#need(this.volumes, volumeId, 'InvalidVolume.NotFound');
    if (volume.attachment?.instanceId === instanceId) return;
    if (volume.attachment) this.#refuse('AttachVolume', volumeId, 'VolumeInUse');
    const { devices } = this.#need(this.instances, instanceId, 'InvalidInstanceID.NotFound');
    if (devices[device] !== undefined) this.#refuse('AttachVolume', volumeId, 'InvalidParameterValue');
    volume.state = 'in-use';
    volume.attachment = { instanceId, device, state: 'attached' };
    this.#devices(instanceId, (devices) => ({ ...devices, [device]: volumeId }));
  }
  async detachVolume(volumeId: string): Promise<void> {
    this.calls.push('detachVolume');
    const volume = this.volumes.get(volumeId);
    if (!volume?.attachment) return;
    this.#devices(volume.attachment.instanceId, (devices) =>
      Object.fromEntries(Object.entries(devices).filter(([, id]) => id !== volumeId)),
    );
    volume.state = 'available';
    volume.attachment = undefined;
  }
  readonly locked = new Map<string, SnapshotLock>();
  /** Whether LockSnapshot is refused. */
  refusesLocks = false;
  async lockSnapshot(id: string, lock: SnapshotLock): Promise<Date> {
    this.calls.push('lockSnapshot');
    this.#need(this.snapshots, id, 'InvalidSnapshot.NotFound');
    if (this.refusesLocks) this.#refuse('LockSnapshot', id, 'UnauthorizedOperation');
    this.locked.set(id, lock);
    return new Date(this.#clock.now().getTime() + lock.days * 24 * 3_600_000);
  }

  async deleteVolume(volumeId: string): Promise<void> {
    this.calls.push('deleteVolume');
    if (this.volumes.get(volumeId)?.attachment) this.#refuse('DeleteVolume', volumeId, 'VolumeInUse');
    this.volumes.delete(volumeId);
  }

  async snapshot(id: string): Promise<Snapshot | undefined> {
    const found = this.snapshots.get(id);
    // Completed once somebody looks a second time, so that waiting is exercised.
    if (found?.state === 'pending')
      Object.assign(
        found,
        found.progress >= 50 ? { state: 'completed', progress: 100 } : { progress: found.progress + 50 },
      );
    return found && { ...found };
  }
  async snapshotsByTags(tags: Tags): Promise<Snapshot[]> {
    return [...this.snapshots.values()].filter((one) => carries(one.tags, tags)).map((one) => ({ ...one }));
  }
  async createSnapshot(volumeId: string, description: string, tags: Tags): Promise<Snapshot> {
    this.calls.push('createSnapshot');
    const { sizeGiB } = this.#need(this.volumes, volumeId, 'InvalidVolume.NotFound');
    const id = `snap-${this.#next++}`;
    const made = {
      id,
      volumeId,
      state: 'pending' as const,
      stateMessage: undefined,
      progress: 0,
      startedAt: this.#clock.now(),
      sizeGiB,
      tags,
      description,
      tier: 'standard' as const,
      fullBytes: undefined,
    };
    this.snapshots.set(id, made);
    return { ...made };
  }

  async setTags(resourceId: string, tags: Tags): Promise<void> {
    this.calls.push('setTags');
    const resource = this.#resource(resourceId);
    resource.tags = { ...resource.tags, ...tags };
  }
  async removeTags(resourceId: string, keys: readonly string[]): Promise<void> {
    this.calls.push('removeTags');
    const resource = this.#resource(resourceId);
    resource.tags = Object.fromEntries(Object.entries(resource.tags).filter(([key]) => !keys.includes(key)));
  }

  #resource(id: string): { tags: Tags } {
    const resource = this.instances.get(id) ?? this.volumes.get(id);
    return resource ?? this.#need(this.snapshots, id, 'InvalidSnapshot.NotFound');
  }
}

function carries(tags: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(([key, value]) => tags[key] === value);
}
