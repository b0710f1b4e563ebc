/** The lab's EC2: which operation does what. What each changes stands in instances.ts, volumes.ts and snapshots.ts. */
import { randomBytes } from 'node:crypto';
import { type AwsCall, type AwsService, type CallContext, LabAwsError, type Parameters } from '../service.ts';
import { TokenBucket, throttled } from './buckets.ts';
import { describeInstances, startInstances, stopInstances } from './instances.ts';
import { newWorld, type World } from './model.ts';
import { type Ec2Delays, type Ec2Options, type Ec2Switches, rehearsalDelays } from './options.ts';
import { flag, list, page, passes, required, tagsOf } from './query.ts';
import { createSnapshot, deleteSnapshot, describeSnapshots, publicSnapshots } from './snapshots.ts';
import {
  attachVolume,
  createVolume,
  deleteVolume,
  describeVolumeStatus,
  describeVolumes,
  detachVolume,
} from './volumes.ts';

/** What an operation works with. */
export interface Scene {
  readonly world: World;
  readonly options: Ec2Options;
  readonly delays: Ec2Delays;
  readonly switches: Ec2Switches;
  readonly pageSize: number;
  readonly parameters: Parameters;
  /** Asks the policies, and ends a dry run; call it last before the first change. */
  authorize(
    action: string,
    resources: readonly Resource[],
    more?: Readonly<Record<string, string | readonly string[]>>,
  ): void;
  /** The end of a dry run, or nothing. */
  endDryRun(): void;
  newId(prefix: string): string;
  /** Refuses when this volume has begun too many snapshots just now. */
  snapshotRate(volumeId: string): void;
}

/** A resource a call is about, with the tags that policies may look at. */
export interface Resource {
  readonly type: 'instance' | 'volume' | 'snapshot';
  /** `*` for one that is yet to be made. */
  readonly id: string;
  readonly tags: ReadonlyMap<string, string>;
}

export interface Ec2Service extends AwsService {
  readonly switches: Ec2Switches;
  world(region: string): World;
}

type Operation = (scene: Scene) => Promise<unknown> | unknown;

const operations: Readonly<Record<string, Operation>> = {
  DescribeInstances: describeInstances,
  StartInstances: startInstances,
  StopInstances: stopInstances,
  DescribeVolumes: describeVolumes,
  DescribeVolumeStatus: describeVolumeStatus,
  CreateVolume: createVolume,
  AttachVolume: attachVolume,
  DetachVolume: detachVolume,
  DeleteVolume: deleteVolume,
  CreateSnapshot: createSnapshot,
  DescribeSnapshots: describeSnapshots,
  DeleteSnapshot: deleteSnapshot,
  CreateTags: (scene) => changeTags(scene, 'ec2:CreateTags'),
  DeleteTags: (scene) => changeTags(scene, 'ec2:DeleteTags'),
  DescribeTags: describeTags,
  DescribeRegions: (scene) => {
    scene.authorize('ec2:DescribeRegions', []);
    return {
      regionInfo: [
        {
          regionName: scene.world.region,
          regionEndpoint: `ec2.${scene.world.region}.amazonaws.com`,
          optInStatus: 'opt-in-not-required',
        },
      ],
    };
  },
};

export function createEc2(options: Ec2Options): Ec2Service {
  const { clock, seed } = options;
  const worlds = new Map<string, World>();
  const switches: Ec2Switches = {
    onVolumeFilled: undefined,
    snapshotsFail: false,
    detachStuck: false,
    onInstance: () => {},
  };
  // EC2's own sizes: 100 and 20 a second for describe calls, 50 and 5 for most that change something (API request throttling).
  const describe = new TokenBucket(options.buckets?.describe ?? { capacity: 100, refill: 20 }, clock);
  const mutate = new TokenBucket(options.buckets?.mutate ?? { capacity: 50, refill: 5 }, clock);
  const rates = new Map<string, TokenBucket>();

  const world = (region: string): World => {
    let found = worlds.get(region);
    if (!found) {
      found = newWorld(region);
      for (const one of publicSnapshots(clock.now())) found.snapshots.set(one.id, one);
      worlds.set(region, found);
    }
    return found;
  };
  plant(world(seed.region), options);

  const scene = (call: AwsCall, context: CallContext): Scene => {
    const here = world(call.region);
    return {
      world: here,
      options,
      delays: { ...rehearsalDelays, ...options.delays },
      switches,
      pageSize: options.pageSize ?? 100,
      parameters: call.parameters,
      authorize: (action, resources, more = {}) => authorize(here, seed.accountId, context, action, resources, more),
      endDryRun: () => {
        if (flag(call.parameters, 'DryRun')) {
          throw new LabAwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
        }
      },
      newId: (prefix) => `${prefix}-0${randomBytes(8).toString('hex')}`,
      snapshotRate: (volumeId) => {
        const per = options.snapshotsPerVolume ?? 5;
        const bucket = rates.get(volumeId) ?? new TokenBucket({ capacity: per, refill: per / 15 }, clock);
        rates.set(volumeId, bucket);
        if (!bucket.take()) {
          throw new LabAwsError(
            'SnapshotCreationPerVolumeRateExceeded',
            'The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or variable sleep interval between requests.',
          );
        }
      },
    };
  };

  return {
    name: 'ec2',
    switches,
    world,
    async handle(call, context) {
      const operation = operations[call.operation];
      if (!operation)
        throw new LabAwsError('InvalidAction', `The action ${call.operation} is not valid for this web service.`);
      if (!(call.operation.startsWith('Describe') ? describe : mutate).take()) throw throttled();
      return operation(scene(call, context));
    },
  };
}

/** The instances and volumes that are there at the start. */
function plant(world: World, { seed, clock }: Ec2Options): void {
  const now = clock.now();
  for (const one of seed.instances) {
    const tags = new Map(Object.entries({ Name: one.name, ...one.tags }));
    world.instances.set(one.id, {
      id: one.id,
      state: one.state,
      zone: one.zone,
      type: one.type,
      tags,
      rootVolumeId: one.rootVolumeId,
      launchedAt: now,
    });
    const volume = { state: 'in-use' as const, zone: one.zone, type: 'gp3', snapshotId: '', createdAt: now };
    const attachment = (device: string) => ({
      instanceId: one.id,
      device,
      state: 'attached' as const,
      attachedAt: now,
    });
    world.volumes.set(one.rootVolumeId, {
      ...volume,
      id: one.rootVolumeId,
      sizeGiB: 8,
      tags: new Map(),
      attachment: attachment('/dev/xvda'),
      image: undefined,
    });
    for (const data of one.volumes) {
      world.volumes.set(data.id, {
        ...volume,
        id: data.id,
        sizeGiB: data.image.sizeGiB,
        tags: new Map(Object.entries(data.tags)),
        attachment: attachment(data.device),
        image: data.image,
      });
    }
  }
}

function arn(world: World, account: string, { type, id }: Resource): string {
  // A snapshot's ARN names no account (service authorization reference of EC2).
  return `arn:aws:ec2:${world.region}:${type === 'snapshot' ? '' : account}:${type}/${id}`;
}

function authorize(
  world: World,
  account: string,
  context: CallContext,
  action: string,
  resources: readonly Resource[],
  more: Readonly<Record<string, string | readonly string[]>>,
): void {
  const common = { 'aws:RequestedRegion': world.region, 'ec2:Region': world.region, ...more };
  if (resources.length === 0) {
    context.authorize({ action, resources: ['*'], conditions: common });
    return;
  }
  // Each resource is asked for on its own: condition keys hold for that resource.
  for (const resource of resources) {
    const tags = [...resource.tags].flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`ec2:ResourceTag/${key}`, value],
    ]);
    context.authorize({
      action,
      resources: [arn(world, account, resource)],
      conditions: { ...common, ...Object.fromEntries(tags) },
    });
  }
}

/** Condition keys of tags in a request. */
export function requestTags(tags: ReadonlyMap<string, string>): Record<string, string | readonly string[]> {
  const keys = [...tags].map(([key, value]) => [`aws:RequestTag/${key}`, value]);
  return { ...Object.fromEntries(keys), ...(tags.size > 0 ? { 'aws:TagKeys': [...tags.keys()] } : {}) };
}

/** A resource by its id. @throws LabAwsError with EC2's name for a missing one */
export function findResource(world: World, id: string): Resource & { tags: Map<string, string> } {
  const kinds = [
    ['instance', world.instances, 'InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`],
    ['volume', world.volumes, 'InvalidVolume.NotFound', `The volume '${id}' does not exist.`],
    ['snapshot', world.snapshots, 'InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`],
  ] as const;
  const prefix = { i: 'instance', vol: 'volume', snap: 'snapshot' }[id.split('-')[0] ?? ''];
  for (const [type, map, code, message] of kinds) {
    if (type !== prefix) continue;
    const found = map.get(id);
    if (!found) throw new LabAwsError(code, message);
    return { type, id, tags: found.tags };
  }
  throw new LabAwsError('InvalidID', `The ID '${id}' is not valid`);
}

function changeTags(scene: Scene, action: 'ec2:CreateTags' | 'ec2:DeleteTags') {
  const { world, parameters } = scene;
  const ids = list(parameters, 'ResourceId');
  if (ids.length === 0) required(parameters, 'ResourceId');
  const resources = ids.map((id) => findResource(world, id));
  const tags = tagsOf(parameters.Tag);
  scene.authorize(action, resources, requestTags(tags));
  scene.endDryRun();
  for (const resource of resources) {
    for (const [key, value] of tags) {
      if (action === 'ec2:CreateTags') resource.tags.set(key, value);
      else resource.tags.delete(key);
    }
  }
  return { return: true };
}

function describeTags(scene: Scene) {
  scene.authorize('ec2:DescribeTags', []);
  const { world, parameters } = scene;
  const all = [
    ...[...world.instances.values()].map((one) => ['instance', one] as const),
    ...[...world.volumes.values()].map((one) => ['volume', one] as const),
    ...[...world.snapshots.values()].map((one) => ['snapshot', one] as const),
  ].flatMap(([type, one]) =>
    [...one.tags].map(([key, value]) => ({ resourceId: one.id, resourceType: type, key, value })),
  );
  const found = all.filter((tag) =>
    passes(
      parameters,
      (name) =>
        ({ 'resource-id': [tag.resourceId], 'resource-type': [tag.resourceType], key: [tag.key], value: [tag.value] })[
          name
        ],
      new Map([[tag.key, tag.value]]),
    ),
  );
  const { items, nextToken } = page(parameters, found, { min: 5, max: 1000, largest: scene.pageSize });
  return { tagSet: items, nextToken };
}
