/** EC2 as a backup of a volume and its proof need it, over the lab's storage: no states that take time, no errors. */
import type { Instance, Snapshot, Tags, Volume } from '../../../src/domain/ec2.ts';
import type { Compute, NewVolume } from '../../../src/ports/compute.ts';
import type { LabHosts, StoredImage } from '../../hosts/host.ts';

const zone = 'us-east-1a';

interface Stored<T> {
  readonly item: T;
  readonly image: StoredImage;
}

export class StorageCompute implements Compute {
  readonly #hosts: LabHosts;
  readonly #volumes = new Map<string, Stored<Volume>>();
  readonly #snapshots = new Map<string, Stored<Snapshot>>();
  #made = 0;
  /** Called with the file of every new volume, before it is attached. */
  onVolume: (path: string) => Promise<void> = async () => {};

  /** @param data the volume of the source, by its id */
  constructor(
    hosts: LabHosts,
    data: { readonly id: string; readonly image: StoredImage; readonly instanceId: string },
  ) {
    this.#hosts = hosts;
    const attachment = { instanceId: data.instanceId, device: '/dev/sdf', state: 'attached' } as const;
    this.#volumes.set(data.id, { image: data.image, item: { ...newVolume(data.id), state: 'in-use', attachment } });
  }

  #id(kind: 'vol' | 'snap'): string {
    this.#made += 1;
    return `${kind}-${String(this.#made).padStart(17, '0')}`;
  }

  async findInstances(id: string): Promise<Instance[]> {
    return [await this.instance(id)];
  }

  async instance(id: string): Promise<Instance> {
    const devices: [string, string][] = [];
    for (const { item } of this.#volumes.values())
      if (item.attachment?.instanceId === id) devices.push([item.attachment.device, item.id]);
    const state = this.#hosts.host(id)?.running === true ? 'running' : 'stopped';
    return {
      id,
      name: id,
      state,
      zone,
      tags: {},
      launchedAt: new Date(0),
      type: 'm5.large',
      devices: Object.fromEntries(devices),
      rootDevice: '/dev/xvda',
      windows: false,
    };
  }

  startInstance = refuse;
  stopInstance = refuse;
  lockSnapshot = refuse;
  setTags = async (): Promise<void> => {};
  removeTags = async (): Promise<void> => {};

  async volume(id: string): Promise<Volume | undefined> {
    return this.#volumes.get(id)?.item;
  }

  async volumesByTags(tags: Tags): Promise<Volume[]> {
    return [...this.#volumes.values()].map(({ item }) => item).filter((one) => hasTags(one.tags, tags));
  }

  async createVolume({ snapshotId, tags }: NewVolume): Promise<Volume> {
    const id = this.#id('vol');
    const image = await this.#hosts.storage.copy(this.#stored(snapshotId).image, id);
    await this.onVolume(image.path);
    const item = { ...newVolume(id), snapshotId, tags };
    this.#volumes.set(id, { item, image });
    return item;
  }

  async attachVolume(id: string, instanceId: string, device: string): Promise<void> {
    const { item, image } = this.#volume(id);
    await this.#hosts.host(instanceId)?.attach(id, image, device);
    const attachment = { instanceId, device, state: 'attached' } as const;
    this.#volumes.set(id, { image, item: { ...item, state: 'in-use', attachment } });
  }

  async detachVolume(id: string, options: { force: boolean }): Promise<void> {
    const { item, image } = this.#volume(id);
    const gone = await this.#hosts.host(item.attachment?.instanceId ?? '')?.detach(id, options);
    if (gone !== false) this.#volumes.set(id, { image, item: { ...item, state: 'available', attachment: undefined } });
  }

  async deleteVolume(id: string): Promise<void> {
    await this.#hosts.storage.remove(this.#volume(id).image);
    this.#volumes.delete(id);
  }

  async snapshot(id: string): Promise<Snapshot | undefined> {
    return this.#snapshots.get(id)?.item;
  }

  async snapshotsByTags(tags: Tags): Promise<Snapshot[]> {
    return [...this.#snapshots.values()].map(({ item }) => item).filter((one) => hasTags(one.tags, tags));
  }

  async createSnapshot(volumeId: string, description: string, tags: Tags): Promise<Snapshot> {
    const id = this.#id('snap');
    const startedAt = new Date();
    const { image, item } = this.#volume(volumeId);
    const copy = await this.#hosts.storage.copy(image, id);
    const fixed = {
      state: 'completed',
      stateMessage: undefined,
      progress: 100,
      tier: 'standard',
      fullBytes: undefined,
    } as const;
    const snapshot = { ...fixed, id, volumeId, startedAt, sizeGiB: item.sizeGiB, tags, description };
    this.#snapshots.set(id, { item: snapshot, image: copy });
    return snapshot;
  }

  async deleteSnapshot(id: string): Promise<void> {
    await this.#hosts.storage.remove(this.#stored(id).image);
    this.#snapshots.delete(id);
  }

  #volume(id: string): Stored<Volume> {
    return found(this.#volumes.get(id), id);
  }

  #stored(id: string): Stored<Snapshot> {
    return found(this.#snapshots.get(id), id);
  }
}

function newVolume(id: string): Volume {
  const nothing = { snapshotId: undefined, attachment: undefined };
  return { id, state: 'available', sizeGiB: 1, zone, tags: {}, encrypted: false, ...nothing };
}

function found<T>(one: T | undefined, id: string): T {
  if (one === undefined) throw new Error(`there is no ${id}`);
  return one;
}

const hasTags = (tags: Tags, wanted: Tags): boolean =>
  Object.entries(wanted).every(([key, value]) => tags[key] === value);

function refuse(): Promise<never> {
  return Promise.reject(new Error('the hosts of this lab run all the time'));
}
