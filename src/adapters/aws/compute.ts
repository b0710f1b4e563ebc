/** EC2 as the Compute port: pages are followed, tags become plain objects, errors are AwsErrors. */
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeSnapshotsCommand,
  type DescribeSnapshotsCommandInput,
  DescribeVolumesCommand,
  type DescribeVolumesCommandInput,
  DetachVolumeCommand,
  type Volume as Ec2Volume,
  StartInstancesCommand,
  StopInstancesCommand,
  type VolumeType,
} from '@aws-sdk/client-ec2';
import type { AttachmentState, Instance, Snapshot, Tags, Volume } from '../../domain/ec2.ts';
import type { SnapshotLock } from '../../domain/snapshot-lock.ts';
import type { Compute, NewVolume } from '../../ports/compute.ts';
import { AwsError } from '../../runtime/errors.ts';
import {
  filters,
  fromTags,
  gone,
  literal,
  specification,
  toInstance,
  toSnapshot,
  toTags,
  words,
} from './ec2-shapes.ts';
import { toAwsError } from './errors.ts';
import type { AwsSession } from './session.ts';
import { lockSnapshot } from './snapshot-lock.ts';

/** Entries asked for with each page; EC2 allows 1,000 for these lists. */
const pageSize = 500;

/** EC2's codes for a volume that may be detached already. */
const detachedCodes = new Set(['IncorrectState', 'InvalidVolume.NotFound', 'InvalidAttachment.NotFound']);

export class Ec2Compute implements Compute {
  readonly #session: AwsSession;
  readonly #signal: AbortSignal | undefined;

  /** @param signal ends calls early when the run is cancelled; a clean-up uses a Compute without one */
  constructor(session: AwsSession, signal?: AbortSignal) {
    this.#session = session;
    this.#signal = signal;
  }

  #call<T>(
    operation: string,
    resource: string,
    send: (abortSignal: AbortSignal) => Promise<T>,
    repeat?: 'again' | 'once' | 'until-heard',
  ): Promise<T> {
    return this.#session.call({ operation, resource, signal: this.#signal, ...(repeat ? { repeat } : {}) }, send);
  }

  async #pages<A extends { NextToken?: string | undefined }>(
    operation: string,
    resource: string,
    ask: (token: string | undefined, abortSignal: AbortSignal) => Promise<A>,
  ): Promise<A[]> {
    const pages: A[] = [];
    let token: string | undefined;
    do {
      const page = await this.#call(operation, resource, (abortSignal) => ask(token, abortSignal));
      pages.push(page);
      token = page.NextToken || undefined;
    } while (token !== undefined);
    return pages;
  }

  async #instances(input: DescribeInstancesCommandInput, resource: string): Promise<Instance[]> {
    // EC2 refuses MaxResults beside instance ids.
    const size = input.InstanceIds ? {} : { MaxResults: pageSize };
    const pages = await this.#pages('DescribeInstances', resource, (NextToken, abortSignal) =>
      this.#session.ec2.send(new DescribeInstancesCommand({ ...input, ...size, NextToken }), { abortSignal }),
    );
    return pages
      .flatMap((page) => page.Reservations ?? [])
      .flatMap((one) => one.Instances ?? [])
      .map(toInstance);
  }

  async findInstances(idOrName: string): Promise<Instance[]> {
    const isId = /^i-[0-9a-f]{8,17}$/.test(idOrName);
    try {
      const found = await this.#instances(
        isId ? { InstanceIds: [idOrName] } : { Filters: [{ Name: 'tag:Name', Values: [literal(idOrName)] }] },
        idOrName,
      );
      return found.filter((one) => one.state !== 'terminated' && one.state !== 'shutting-down');
    } catch (error) {
      if (error instanceof AwsError && error.code.startsWith('InvalidInstanceID')) return [];
      throw error;
    }
  }

  async instance(id: string): Promise<Instance> {
    const [found] = await this.#instances({ InstanceIds: [id] }, id);
    if (found) return found;
    throw new AwsError({
      what: `instance ${id} is no longer listed`,
      operation: 'DescribeInstances',
      resource: id,
      requestId: undefined,
      code: 'InvalidInstanceID.NotFound',
      kind: 'not-found',
      outcome: 'not-done',
    });
  }

  async startInstance(id: string): Promise<void> {
    await this.#call('StartInstances', id, (abortSignal) =>
      this.#session.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }), { abortSignal }),
    );
  }

  async stopInstance(id: string): Promise<void> {
    await this.#call('StopInstances', id, (abortSignal) =>
      this.#session.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }), { abortSignal }),
    );
  }

  async #volumes(input: DescribeVolumesCommandInput, resource: string): Promise<Volume[]> {
    const size = input.VolumeIds ? {} : { MaxResults: pageSize };
    const pages = await this.#pages('DescribeVolumes', resource, (NextToken, abortSignal) =>
      this.#session.ec2.send(new DescribeVolumesCommand({ ...input, ...size, NextToken }), { abortSignal }),
    );
    return pages.flatMap((page) => page.Volumes ?? []).map(toVolume);
  }

  async volume(id: string): Promise<Volume | undefined> {
    return gone(async () => (await this.#volumes({ VolumeIds: [id] }, id))[0]);
  }

  volumesByTags(tags: Tags): Promise<Volume[]> {
    return this.#volumes({ Filters: filters(tags) }, `volumes tagged ${words(tags)}`);
  }

  async createVolume(volume: NewVolume): Promise<Volume> {
    const made = await this.#call('CreateVolume', `a volume from ${volume.snapshotId}`, (abortSignal) =>
      this.#session.ec2.send(
        new CreateVolumeCommand({
          SnapshotId: volume.snapshotId,
          AvailabilityZone: volume.zone,
          VolumeType: volume.type as VolumeType,
          ClientToken: volume.clientToken,
          ...(volume.initializationRate === undefined ? {} : { VolumeInitializationRate: volume.initializationRate }),
          TagSpecifications: [specification('volume', volume.tags)],
        }),
        { abortSignal },
      ),
    );
    return toVolume(made);
  }

  async attachVolume(volumeId: string, instanceId: string, device: string): Promise<void> {
    await this.#call('AttachVolume', `${volumeId} to ${instanceId} as ${device}`, async (abortSignal) => {
      try {
        await this.#session.ec2.send(
          new AttachVolumeCommand({ VolumeId: volumeId, InstanceId: instanceId, Device: device }),
          { abortSignal },
        );
      } catch (error) {
        // The answer to an earlier, successful call was lost: the volume is attached where it was wanted.
        const now =
          toAwsError(error, 'AttachVolume', volumeId).code === 'VolumeInUse' ? await this.volume(volumeId) : undefined;
        if (now?.attachment?.instanceId !== instanceId) throw error;
      }
    });
  }

  async detachVolume(volumeId: string, options: { force: boolean }): Promise<void> {
    await this.#call('DetachVolume', volumeId, async (abortSignal) => {
      try {
        await this.#session.ec2.send(new DetachVolumeCommand({ VolumeId: volumeId, Force: options.force }), {
          abortSignal,
        });
      } catch (error) {
        // Already detached, or gone: then the goal is reached.
        if (!detachedCodes.has(toAwsError(error, 'DetachVolume', volumeId).code)) throw error;
        const now = await this.volume(volumeId);
        if (now?.attachment && now.attachment.state !== 'detached' && now.attachment.state !== 'detaching') throw error;
      }
    });
  }

  async deleteVolume(volumeId: string): Promise<void> {
    await gone(() =>
      this.#call('DeleteVolume', volumeId, (abortSignal) =>
        this.#session.ec2.send(new DeleteVolumeCommand({ VolumeId: volumeId }), { abortSignal }),
      ),
    );
  }

  async #snapshots(input: DescribeSnapshotsCommandInput, resource: string): Promise<Snapshot[]> {
    const size = input.SnapshotIds ? {} : { MaxResults: pageSize };
    const pages = await this.#pages('DescribeSnapshots', resource, (NextToken, abortSignal) =>
      // Without an owner the answer holds everybody's public snapshots.
      this.#session.ec2.send(new DescribeSnapshotsCommand({ ...input, ...size, OwnerIds: ['self'], NextToken }), {
        abortSignal,
      }),
    );
    return pages.flatMap((page) => page.Snapshots ?? []).map(toSnapshot);
  }

  async snapshot(id: string): Promise<Snapshot | undefined> {
    return gone(async () => (await this.#snapshots({ SnapshotIds: [id] }, id))[0]);
  }

  snapshotsByTags(tags: Tags): Promise<Snapshot[]> {
    return this.#snapshots({ Filters: filters(tags) }, `snapshots tagged ${words(tags)}`);
  }

  async createSnapshot(volumeId: string, description: string, tags: Tags): Promise<Snapshot> {
    const made = await this.#call(
      'CreateSnapshot',
      volumeId,
      (abortSignal) =>
        this.#session.ec2.send(
          new CreateSnapshotCommand({
            VolumeId: volumeId,
            Description: description,
            TagSpecifications: [specification('snapshot', tags)],
          }),
          { abortSignal },
        ),
      'once',
    );
    // CreateSnapshot's answer may lack the tags it was given.
    return { ...toSnapshot(made), tags };
  }

  lockSnapshot(id: string, lock: SnapshotLock): Promise<Date | undefined> {
    return lockSnapshot(this.#session, id, lock, { signal: this.#signal });
  }

  async setTags(resourceId: string, tags: Tags): Promise<void> {
    await this.#call('CreateTags', resourceId, (abortSignal) =>
      this.#session.ec2.send(new CreateTagsCommand({ Resources: [resourceId], Tags: toTags(tags) }), { abortSignal }),
    );
  }

  async removeTags(resourceId: string, keys: readonly string[]): Promise<void> {
    await this.#call('DeleteTags', resourceId, (abortSignal) =>
      this.#session.ec2.send(new DeleteTagsCommand({ Resources: [resourceId], Tags: keys.map((Key) => ({ Key })) }), {
        abortSignal,
      }),
    );
  }
}

function toVolume(from: Ec2Volume): Volume {
  const [attachment] = from.Attachments ?? [];
  return {
    id: from.VolumeId ?? '',
    state: (from.State ?? 'creating') as Volume['state'],
    sizeGiB: from.Size ?? 0,
    zone: from.AvailabilityZone ?? '',
    snapshotId: from.SnapshotId || undefined,
    tags: fromTags(from.Tags),
    attachment: attachment && {
      instanceId: attachment.InstanceId ?? '',
      device: attachment.Device ?? '',
      state: (attachment.State ?? 'attaching') as AttachmentState,
    },
    encrypted: from.Encrypted ?? false,
  };
}
