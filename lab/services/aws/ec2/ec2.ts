/** The lab's EC2: its regions, and which operation answers which call. */
import { randomBytes } from 'node:crypto';
import { type AwsCall, type AwsService, type CallContext, LabAwsError } from '../protocol/service.ts';
import { seedPublicSnapshots, seedRegion } from './model/seeding.ts';
import { newWorld, type World } from './model/world.ts';
import { attachVolume, detachVolume } from './operations/attachments.ts';
import { copySnapshot } from './operations/copies.ts';
import { createVolume } from './operations/create-volume.ts';
import { describeImages } from './operations/images.ts';
import { describeInstances, startInstances, stopInstances } from './operations/instances.ts';
import { describeLockedSnapshots, lockSnapshot, unlockSnapshot } from './operations/locks.ts';
import { createSnapshots } from './operations/multi-volume.ts';
import { describeRegions, unavailable } from './operations/regions.ts';
import { createSnapshot, deleteSnapshot, describeSnapshots } from './operations/snapshots.ts';
import { createTags, deleteTags, describeTags } from './operations/tags.ts';
import { deleteVolume, describeVolumeStatus, describeVolumes } from './operations/volumes.ts';
import { type Ec2Options, type Ec2Switches, rehearsalDelays } from './options.ts';
import { authorizer, type Ec2Context } from './requests/context.ts';
import { keyUse } from './requests/keys.ts';
import { Listings } from './requests/listings.ts';
import { flag } from './requests/query.ts';
import { requestLimiter, snapshotLimiter } from './requests/throttling.ts';

export interface Ec2Service extends AwsService {
  readonly switches: Ec2Switches;
  /** What the region holds, past every policy. */
  world(region: string): World;
  /** The account's regions: the base region and the seeded ones. */
  readonly regions: readonly string[];
}

type Operation = (context: Ec2Context) => Promise<unknown> | unknown;

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
  ['LockSnapshot', lockSnapshot],
  ['UnlockSnapshot', unlockSnapshot],
  ['DescribeLockedSnapshots', describeLockedSnapshots],
  ['DeleteSnapshot', deleteSnapshot],
  ['DescribeImages', describeImages],
  ['CreateTags', createTags],
  ['DeleteTags', deleteTags],
  ['DescribeTags', describeTags],
  ['DescribeRegions', describeRegions],
]);

export function createEc2(options: Ec2Options): Ec2Service {
  return new Ec2(options);
}

class Ec2 implements Ec2Service {
  readonly name = 'ec2';
  readonly regions: readonly string[];
  readonly switches: Ec2Switches = {
    onVolumeFilled: undefined,
    snapshotsFail: false,
    copiesFail: false,
    detachStuck: false,
    onInstance: () => {},
    regionsDown: new Set(),
  };
  readonly #options: Ec2Options;
  readonly #worlds = new Map<string, World>();
  readonly #listings = new Listings();
  readonly #limitRequests: ReturnType<typeof requestLimiter>;
  readonly #limitSnapshots: ReturnType<typeof snapshotLimiter>;

  constructor(options: Ec2Options) {
    const { seed, clock } = options;
    this.#options = options;
    this.#limitRequests = requestLimiter(options);
    this.#limitSnapshots = snapshotLimiter(options);
    const seeds = [seed, ...(seed.regions ?? [])];
    this.regions = [...new Set(seeds.map((one) => one.region))];
    for (const one of seeds) seedRegion(this.world(one.region), one, seed.accountId, clock.now());
  }

  world(region: string): World {
    let world = this.#worlds.get(region);
    if (!world) {
      world = newWorld(region);
      seedPublicSnapshots(world, this.#options.clock.now());
      this.#worlds.set(region, world);
    }
    return world;
  }

  async handle(call: AwsCall, policies: CallContext): Promise<unknown> {
    if (this.switches.regionsDown.has(call.region)) throw unavailable();
    const operation = operations.get(call.operation);
    if (!operation)
      throw new LabAwsError('InvalidAction', `The action ${call.operation} is not valid for this web service.`);
    this.#limitRequests(call.region, call.operation);
    return operation(this.#contextOf(call, policies));
  }

  #contextOf({ region, operation, parameters }: AwsCall, policies: CallContext): Ec2Context {
    const options = this.#options;
    const world = this.world(region);
    return {
      operation,
      parameters,
      world,
      options,
      delays: { ...rehearsalDelays, ...options.delays },
      switches: this.switches,
      pageSize: options.pageSize ?? 100,
      listings: this.#listings,
      regions: this.regions,
      worldOf: (other) => this.world(other),
      authorize: authorizer(world, options.seed.accountId, policies),
      mayUseKeys: keyUse(policies),
      endDryRun: () => {
        if (flag(parameters, 'DryRun'))
          throw new LabAwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
      },
      newId: (prefix) => `${prefix}-0${randomBytes(8).toString('hex')}`,
      snapshotRate: this.#limitSnapshots,
    };
  }
}
