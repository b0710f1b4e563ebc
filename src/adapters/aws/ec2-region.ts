/** EC2 of one region behind the Estate port: whole lists in the largest pages, and of each item only what decides. */
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
import type { Deletion, Estate, Estates, NewCopy, NewSnapshotSet } from '../../ports/ec2-region.ts';
import { AwsError } from '../../runtime/errors.ts';
import { filters, fromTags, literal, specification, toInstance, toSnapshot, toTags } from './ec2-shapes.ts';
import type { AwsSession } from './session.ts';

/** The largest pages EC2 gives of these lists. */
const pageSize = 1000;

export interface EstateOptions {
  readonly session: AwsSession;
  /** Tags of snapshots that are held in memory; a region may have 100,000 snapshots. */
  readonly decisive: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
}

/** Regions that every account has, asked when the home region does not answer. */
const elsewhere = ['us-east-1', 'us-west-2', 'eu-west-1'];

/** @param options makes the session of a region; one for each region, since requests are counted by region */
export function createEstates(
  options: Omit<EstateOptions, 'session'> & { session: (region: string) => AwsSession; home: string },
): Estates {
  const made = new Map<string, Ec2Estate>();
  const estate = (region: string): Ec2Estate => {
    const found = made.get(region) ?? new Ec2Estate({ ...options, session: options.session(region) });
    made.set(region, found);
    return found;
  };
  // Any region knows them all: that one of them is down must not keep the others from being found.
  const regions = async (): Promise<string[]> => {
    let failure: unknown;
    for (const home of new Set([options.home, ...elsewhere])) {
      try {
        return await estate(home).regions();
      } catch (error) {
        if (!(error instanceof AwsError) || error.kind !== 'transient') throw error;
        failure = error;
      }
    }
    throw failure;
  };
  return { in: estate, regions };
}

export class Ec2Estate implements Estate {
  readonly #session: AwsSession;
  readonly #decisive: ReadonlySet<string>;
  readonly #signal: AbortSignal | undefined;
  /** One copy of each text that many snapshots share: dates, regions, instance ids. */
  readonly #texts = new Map<string, string>();

  constructor(options: EstateOptions) {
    this.#session = options.session;
    this.#decisive = options.decisive;
    this.#signal = options.signal;
  }

  get region(): string {
    return this.#session.region;
  }

  clockOffset(): number {
    // The SDK compares the Date of each answer, in whole seconds, with the moment it came.
    return this.#session.ec2.config.systemClockOffset;
  }

  #call<T>(operation: string, resource: string, send: (abortSignal: AbortSignal) => Promise<T>, once = false) {
    const repeat = once ? ('once' as const) : ('again' as const);
    return this.#session.call({ operation, resource, signal: this.#signal, repeat, paced: true }, send);
  }

  async #pages<A extends { NextToken?: string | undefined }>(
    operation: string,
    ask: (token: string | undefined, abortSignal: AbortSignal) => Promise<A>,
    take: (page: A) => void,
  ): Promise<void> {
    let token: string | undefined;
    do {
      const page = await this.#call(operation, this.region, (abortSignal) => ask(token, abortSignal));
      take(page);
      token = page.NextToken || undefined;
    } while (token !== undefined);
  }

  async regions(): Promise<string[]> {
    const answer = await this.#call('DescribeRegions', 'the account', (abortSignal) =>
      this.#session.ec2.send(new DescribeRegionsCommand({}), { abortSignal }),
    );
    return (answer.Regions ?? []).map((one) => one.RegionName ?? '').sort();
  }

  async instancesWithTag(key: string): Promise<Instance[]> {
    const Filters: Filter[] = [
      { Name: 'tag-key', Values: [literal(key)] },
      { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
    ];
    const found: Instance[] = [];
    await this.#pages(
      'DescribeInstances',
      (NextToken, abortSignal) =>
        this.#session.ec2.send(new DescribeInstancesCommand({ Filters, MaxResults: pageSize, NextToken }), {
          abortSignal,
        }),
      (page) => {
        for (const one of (page.Reservations ?? []).flatMap((all) => all.Instances ?? [])) found.push(toInstance(one));
      },
    );
    return found;
  }

  async volumes(): Promise<Map<string, Tags>> {
    const found = new Map<string, Tags>();
    await this.#pages(
      'DescribeVolumes',
      (NextToken, abortSignal) =>
        this.#session.ec2.send(new DescribeVolumesCommand({ MaxResults: pageSize, NextToken }), { abortSignal }),
      (page) => {
        for (const one of page.Volumes ?? []) found.set(one.VolumeId ?? '', fromTags(one.Tags));
      },
    );
    return found;
  }

  async existingVolumes(ids: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    // EC2 takes 200 values of a filter.
    for (let from = 0; from < ids.length; from += 200) {
      const Filters: Filter[] = [{ Name: 'volume-id', Values: ids.slice(from, from + 200) }];
      await this.#pages(
        'DescribeVolumes',
        (NextToken, abortSignal) =>
          this.#session.ec2.send(new DescribeVolumesCommand({ Filters, MaxResults: pageSize, NextToken }), {
            abortSignal,
          }),
        (page) => {
          for (const one of page.Volumes ?? []) found.add(one.VolumeId ?? '');
        },
      );
    }
    return found;
  }

  async snapshots(tags: Readonly<Record<string, string | undefined>>): Promise<Snapshot[]> {
    const Filters = Object.entries(tags).map(([key, value]) =>
      value === undefined
        ? { Name: 'tag-key', Values: [literal(key)] }
        : { Name: `tag:${key}`, Values: [literal(value)] },
    );
    const found: Snapshot[] = [];
    await this.#pages(
      'DescribeSnapshots',
      (NextToken, abortSignal) =>
        // Without an owner the answer holds everybody's public snapshots.
        this.#session.ec2.send(
          new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters, MaxResults: pageSize, NextToken }),
          { abortSignal },
        ),
      (page) => {
        for (const one of page.Snapshots ?? []) found.push(this.#slim(toSnapshot(one)));
      },
    );
    return found;
  }

  /** Only the tags that decide, each text once. */
  #slim(one: Snapshot): Snapshot {
    const tags: Record<string, string> = {};
    for (const [key, value] of Object.entries(one.tags)) if (this.#decisive.has(key)) tags[key] = this.#text(value);
    const description = tags.Description === undefined ? this.#text(one.description) : '';
    return { ...one, id: detached(one.id), volumeId: this.#text(one.volumeId), description, tags };
  }

  #text(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const kept = detached(text);
    this.#texts.set(kept, kept);
    return kept;
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
    const found = new Map<string, string>();
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
            if (Ebs?.SnapshotId) found.set(Ebs.SnapshotId, image.ImageId ?? '');
      },
    );
    return found;
  }

  async locks(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    await this.#pages(
      'DescribeLockedSnapshots',
      (NextToken, abortSignal) =>
        this.#session.ec2.send(new DescribeLockedSnapshotsCommand({ MaxResults: pageSize, NextToken }), {
          abortSignal,
        }),
      (page) => {
        for (const one of page.Snapshots ?? [])
          if (one.LockState !== 'expired') found.set(one.SnapshotId ?? '', one.LockState ?? 'locked');
      },
    );
    return found;
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
      true,
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
      true,
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
      // Registered or locked since the plan was made.
      if (error.code === 'InvalidSnapshot.InUse') return { kind: 'kept', reason: 'in use by an AMI' };
      if (error.code === 'SnapshotLocked') return { kind: 'kept', reason: 'locked' };
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

/** A piece of a parsed page keeps the whole page in memory (V8's sliced strings); a copy of its own does not. */
function detached(text: string): string {
  return Buffer.from(text).toString();
}
