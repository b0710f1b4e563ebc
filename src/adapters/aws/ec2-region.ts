/** EC2 of one region: whole lists in the largest pages, and of each snapshot only what decisions need. */
import {
  CopySnapshotCommand,
  CreateSnapshotsCommand,
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeLockedSnapshotsCommand,
  DescribeRegionsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  type Filter,
} from '@aws-sdk/client-ec2';
import type { Instance, Snapshot, Tags } from '../../domain/ec2.ts';
import { type LockedSnapshot, lockWords, type SnapshotLock } from '../../domain/snapshot-lock.ts';
import type { Deletion, Ec2Region, NewCopy, NewSnapshotSet } from '../../ports/ec2-region.ts';
import { AwsError } from '../../runtime/errors.ts';
import { SnapshotCompactor, type TagKeys } from './compact-snapshots.ts';
import { filters, fromTags, literal, specification, toInstance, toSnapshot, toTags } from './ec2-shapes.ts';
import type { AwsSession } from './session.ts';
import { lockOf, lockSnapshot, locksOf } from './snapshot-lock.ts';

/** The largest page that EC2 gives of these lists. */
const pageSize = 1000;

export interface AwsEc2RegionOptions {
  readonly session: AwsSession;
  /** The tags of snapshots to keep in memory; the others are dropped. */
  readonly tagsToKeep: TagKeys;
  readonly signal?: AbortSignal | undefined;
}

export class AwsEc2Region implements Ec2Region {
  readonly #session: AwsSession;
  readonly #compactor: SnapshotCompactor;
  readonly #signal: AbortSignal | undefined;

  constructor(options: AwsEc2RegionOptions) {
    this.#session = options.session;
    this.#compactor = new SnapshotCompactor(options.tagsToKeep);
    this.#signal = options.signal;
  }

  get region(): string {
    return this.#session.region;
  }

  clockOffset(): number {
    // The SDK compares the Date header of each response, in whole seconds, with the time of its arrival.
    return this.#session.ec2.config.systemClockOffset;
  }

  #call<T>(
    operation: string,
    resource: string,
    send: (abortSignal: AbortSignal) => Promise<T>,
    repeat: 'once' | 'again' = 'again',
  ): Promise<T> {
    return this.#session.call({ operation, resource, signal: this.#signal, repeat, paced: true }, send);
  }

  async #pages<A extends { NextToken?: string | undefined }>(
    operation: string,
    ask: (token: string | undefined, abortSignal: AbortSignal) => Promise<A>,
    read: (page: A) => void,
  ): Promise<void> {
    let token: string | undefined;
    do {
      const page = await this.#call(operation, this.region, (abortSignal) => ask(token, abortSignal));
      read(page);
      token = page.NextToken || undefined;
    } while (token !== undefined);
  }

  /** Names of the regions that are enabled in the account. */
  async enabledRegions(): Promise<string[]> {
    const answer = await this.#call('DescribeRegions', 'the account', (abortSignal) =>
      this.#session.ec2.send(new DescribeRegionsCommand({}), { abortSignal }),
    );
    return (answer.Regions ?? []).map((one) => one.RegionName ?? '').sort();
  }

  async instancesWithTag(...keys: readonly string[]): Promise<Instance[]> {
    const Filters: Filter[] = [
      { Name: 'tag-key', Values: keys.map(literal) },
      { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
    ];
    const instances: Instance[] = [];
    await this.#pages(
      'DescribeInstances',
      (NextToken, abortSignal) =>
        this.#session.ec2.send(new DescribeInstancesCommand({ Filters, MaxResults: pageSize, NextToken }), {
          abortSignal,
        }),
      (page) => {
        for (const one of (page.Reservations ?? []).flatMap((all) => all.Instances ?? []))
          instances.push(toInstance(one));
      },
    );
    return instances;
  }

  async volumes(): Promise<Map<string, Tags>> {
    const tags = new Map<string, Tags>();
    await this.#pages(
      'DescribeVolumes',
      (NextToken, abortSignal) =>
        this.#session.ec2.send(new DescribeVolumesCommand({ MaxResults: pageSize, NextToken }), { abortSignal }),
      (page) => {
        for (const one of page.Volumes ?? []) tags.set(one.VolumeId ?? '', fromTags(one.Tags));
      },
    );
    return tags;
  }

  async existingVolumes(ids: readonly string[]): Promise<Set<string>> {
    const existing = new Set<string>();
    // A filter has at most 200 values (EC2 API reference).
    for (let from = 0; from < ids.length; from += 200) {
      const Filters: Filter[] = [{ Name: 'volume-id', Values: ids.slice(from, from + 200) }];
      await this.#pages(
        'DescribeVolumes',
        (NextToken, abortSignal) =>
          this.#session.ec2.send(new DescribeVolumesCommand({ Filters, MaxResults: pageSize, NextToken }), {
            abortSignal,
          }),
        (page) => {
          for (const one of page.Volumes ?? []) existing.add(one.VolumeId ?? '');
        },
      );
    }
    return existing;
  }

  async snapshots(tags: Readonly<Record<string, string | undefined>>): Promise<Snapshot[]> {
    const Filters = Object.entries(tags).map(([key, value]) =>
      value === undefined
        ? { Name: 'tag-key', Values: [literal(key)] }
        : { Name: `tag:${key}`, Values: [literal(value)] },
    );
    const snapshots: Snapshot[] = [];
    await this.#pages(
      'DescribeSnapshots',
      (NextToken, abortSignal) =>
        // Without an owner the response lists everybody's public snapshots.
        this.#session.ec2.send(
          new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters, MaxResults: pageSize, NextToken }),
          { abortSignal },
        ),
      (page) => {
        for (const one of page.Snapshots ?? []) snapshots.push(this.#compactor.compact(toSnapshot(one)));
      },
    );
    return snapshots;
  }

  async hasSnapshots(tags: Tags): Promise<boolean> {
    const answer = await this.#call('DescribeSnapshots', this.region, (abortSignal) =>
      this.#session.ec2.send(
        new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters: filters(tags), MaxResults: 5 }),
        { abortSignal },
      ),
    );
    return (answer.Snapshots ?? []).length > 0;
  }

  async imagesBySnapshot(): Promise<Map<string, string>> {
    const images = new Map<string, string>();
    await this.#pages(
      'DescribeImages',
      (NextToken, abortSignal) =>
        this.#session.ec2.send(
          // A disabled AMI still holds its snapshots.
          new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true, MaxResults: pageSize, NextToken }),
          { abortSignal },
        ),
      (page) => {
        for (const image of page.Images ?? [])
          for (const { Ebs } of image.BlockDeviceMappings ?? [])
            if (Ebs?.SnapshotId) images.set(Ebs.SnapshotId, image.ImageId ?? '');
      },
    );
    return images;
  }

  async locks(): Promise<Map<string, LockedSnapshot>> {
    const locks = new Map<string, LockedSnapshot>();
    await this.#pages(
      'DescribeLockedSnapshots',
      (NextToken, abortSignal) =>
        this.#session.ec2.send(new DescribeLockedSnapshotsCommand({ MaxResults: pageSize, NextToken }), {
          abortSignal,
        }),
      (page) => {
        for (const [id, lock] of locksOf(page)) locks.set(id, lock);
      },
    );
    return locks;
  }

  lockSnapshot(id: string, lock: SnapshotLock): Promise<Date | undefined> {
    return lockSnapshot(this.#session, id, lock, { signal: this.#signal, paced: true });
  }

  async createSnapshots(set: NewSnapshotSet): Promise<Snapshot[]> {
    const answer = await this.#call(
      'CreateSnapshots',
      set.instanceId,
      (abortSignal) =>
        this.#session.ec2.send(
          new CreateSnapshotsCommand({
            InstanceSpecification: {
              InstanceId: set.instanceId,
              ExcludeBootVolume: set.excludeRoot,
              ...(set.excludeVolumes.length > 0 ? { ExcludeDataVolumeIds: [...set.excludeVolumes] } : {}),
            },
            Description: set.description,
            ...(set.copyVolumeTags ? { CopyTagsFromSource: 'volume' as const } : {}),
            TagSpecifications: [specification('snapshot', set.tags)],
          }),
          { abortSignal },
        ),
      'once',
    );
    return (answer.Snapshots ?? []).map(({ State, ...one }) => {
      const tags = { ...fromTags(one.Tags), ...set.tags };
      return { ...toSnapshot(State === undefined ? one : { ...one, State }), tags };
    });
  }

  async copySnapshot(copy: NewCopy): Promise<string> {
    const answer = await this.#call(
      'CopySnapshot',
      `${copy.sourceId} from ${copy.sourceRegion}`,
      (abortSignal) =>
        this.#session.ec2.send(
          new CopySnapshotCommand({
            SourceRegion: copy.sourceRegion,
            SourceSnapshotId: copy.sourceId,
            Description: copy.description.slice(0, 255),
            Encrypted: true,
            ...(copy.kmsKeyId === undefined ? {} : { KmsKeyId: copy.kmsKeyId }),
            TagSpecifications: [specification('snapshot', copy.tags)],
          }),
          { abortSignal },
        ),
      'once',
    );
    return answer.SnapshotId ?? '';
  }

  async deleteSnapshot(id: string): Promise<Deletion> {
    try {
      await this.#call('DeleteSnapshot', id, (abortSignal) =>
        this.#session.ec2.send(new DeleteSnapshotCommand({ SnapshotId: id }), { abortSignal }),
      );
      return { kind: 'deleted' };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.kind === 'not-found') return { kind: 'gone' };
      // Registered as an AMI, or locked, since the plan was made.
      if (error.code === 'InvalidSnapshot.InUse') return { kind: 'kept', reason: 'in use by an AMI' };
      // The code with which AWS refuses to delete a locked snapshot is documented nowhere, so the lock itself decides.
      const lock =
        error.kind === 'transient' || error.kind === 'throttled' ? undefined : await lockOf(this.#session, id);
      if (lock !== undefined) return { kind: 'kept', reason: lockWords(lock) };
      throw error;
    }
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
