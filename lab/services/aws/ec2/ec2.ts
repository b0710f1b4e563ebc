/** The lab's EC2: which operation does what. What each changes stands in the files beside this one. */
import { randomBytes } from 'node:crypto';
import { type AwsCall, type AwsService, type CallContext, LabAwsError } from '../protocol/service.ts';
import { plant, plantPublicSnapshots } from './model/seeding.ts';
import { newWorld, type World } from './model/world.ts';
import { copySnapshot } from './operations/copies.ts';
import { describeImages } from './operations/images.ts';
import { describeInstances, startInstances, stopInstances } from './operations/instances.ts';
import { describeLockedSnapshots } from './operations/locks.ts';
import { createSnapshots } from './operations/multi-volume.ts';
import { describeRegions, unavailable } from './operations/regions.ts';
import { createSnapshot, deleteSnapshot, describeSnapshots } from './operations/snapshots.ts';
import { changeTags, describeTags } from './operations/tags.ts';
import {
  attachVolume,
  createVolume,
  deleteVolume,
  describeVolumeStatus,
  describeVolumes,
  detachVolume,
} from './operations/volumes.ts';
import { type Ec2Options, type Ec2Switches, rehearsalDelays } from './options.ts';
import { requestBuckets, snapshotRates } from './requests/buckets.ts';
import { authorize, type Scene } from './requests/context.ts';
import type { Listings } from './requests/listings.ts';
import { flag } from './requests/query.ts';

export interface Ec2Service extends AwsService {
  readonly switches: Ec2Switches;
  world(region: string): World;
}

type Operation = (scene: Scene) => Promise<unknown> | unknown;

const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['DescribeInstances', describeInstances],
  ['StartInstances', startInstances],
  ['StopInstances', stopInstances],
  ['DescribeVolumes', describeVolumes],
  ['DescribeVolumeStatus', describeVolumeStatus],
  ['CreateVolume', createVolume],
  ['AttachVolume', attachVolume],
  ['DetachVolume', detachVolume],
  ['DeleteVolume', deleteVolume],
  ['CreateSnapshot', createSnapshot],
  ['CreateSnapshots', createSnapshots],
  ['CopySnapshot', copySnapshot],
  ['DescribeSnapshots', describeSnapshots],
  ['DescribeLockedSnapshots', describeLockedSnapshots],
  ['DeleteSnapshot', deleteSnapshot],
  ['DescribeImages', describeImages],
  ['CreateTags', (scene) => changeTags(scene, 'ec2:CreateTags')],
  ['DeleteTags', (scene) => changeTags(scene, 'ec2:DeleteTags')],
  ['DescribeTags', describeTags],
  ['DescribeRegions', describeRegions],
]);

export function createEc2(options: Ec2Options): Ec2Service {
  const { clock, seed } = options;
  const worlds = new Map<string, World>();
  const listings: Listings = new Map();
  const switches: Ec2Switches = {
    onVolumeFilled: undefined,
    snapshotsFail: false,
    copiesFail: false,
    detachStuck: false,
    onInstance: () => {},
    regionsDown: new Set(),
  };
  const takeToken = requestBuckets(options);
  const snapshotRate = snapshotRates(options);
  const regions = [...new Set([seed.region, ...(seed.regions ?? []).map((one) => one.region)])];

  const world = (region: string): World => {
    let found = worlds.get(region);
    if (!found) {
      found = newWorld(region);
      plantPublicSnapshots(found, clock.now());
      worlds.set(region, found);
    }
    return found;
  };
  for (const one of [seed, ...(seed.regions ?? [])]) plant(world(one.region), one, seed.accountId, clock.now());

  const scene = (call: AwsCall, context: CallContext): Scene => {
    const here = world(call.region);
    return {
      operation: call.operation,
      world: here,
      options,
      delays: { ...rehearsalDelays, ...options.delays },
      switches,
      pageSize: options.pageSize ?? 100,
      parameters: call.parameters,
      listings,
      regions,
      worldOf: world,
      authorize: (action, resources, more = {}) => authorize(here, seed.accountId, context, action, resources, more),
      endDryRun: () => {
        if (flag(call.parameters, 'DryRun')) {
          throw new LabAwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
        }
      },
      newId: (prefix) => `${prefix}-0${randomBytes(8).toString('hex')}`,
      snapshotRate,
    };
  };

  return {
    name: 'ec2',
    switches,
    world,
    async handle(call, context) {
      if (switches.regionsDown.has(call.region)) throw unavailable();
      const operation = operations.get(call.operation);
      if (!operation)
        throw new LabAwsError('InvalidAction', `The action ${call.operation} is not valid for this web service.`);
      takeToken(call.region, call.operation);
      return operation(scene(call, context));
    },
  };
}
