/** What one call to EC2 works with: the region's world, the request, and how the call asks the policies. */
import type { CallContext, Parameters } from '../../protocol/service.ts';
import type { World } from '../model/world.ts';
import type { Ec2Delays, Ec2Options, Ec2Switches } from '../options.ts';
import type { Listings } from './listings.ts';

export interface Ec2Context {
  readonly operation: string;
  readonly world: World;
  readonly options: Ec2Options;
  readonly delays: Ec2Delays;
  readonly switches: Ec2Switches;
  readonly pageSize: number;
  readonly parameters: Parameters;
  readonly listings: Listings;
  /** The account's regions: the base region and the seeded ones. */
  readonly regions: readonly string[];
  /** Another region's world. */
  worldOf(region: string): World;
  /**
   * Asks the policies about each of the resources; about `*` when there are none.
   * @param conditions further condition keys of the request
   * @throws LabAwsError when they do not allow the action
   */
  authorize(action: string, resources: readonly Resource[], conditions?: ConditionKeys): void;
  /** Whether EBS may use these customer-managed KMS keys for the caller. */
  mayUseKeys(from: string | undefined, to: string | undefined): boolean;
  /** Ends a dry run. Call it after all checks and before the first change. @throws LabAwsError in a dry run */
  endDryRun(): void;
  newId(prefix: string): string;
  /** @throws LabAwsError when too many snapshots of one of these volumes were started just now */
  snapshotRate(volumeIds: readonly string[]): void;
}

export type ConditionKeys = Readonly<Record<string, string | readonly string[]>>;

/** A resource of a call, with the tags that policies may test. */
export interface Resource {
  readonly type: 'instance' | 'volume' | 'snapshot';
  /** `*` for one that the call will create. */
  readonly id: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Where it is, when that is not the region of the call. */
  readonly region?: string;
}

/** A resource that the call will create. */
export function created(type: 'volume' | 'snapshot'): Resource {
  return { type, id: '*', tags: new Map() };
}

function arn(world: World, account: string, { type, id, region }: Resource): string {
  // A snapshot's ARN names no account (service authorization reference of EC2).
  return `arn:aws:ec2:${region ?? world.region}:${type === 'snapshot' ? '' : account}:${type}/${id}`;
}

/** @returns the `authorize` of a call's context */
export function authorizer(world: World, account: string, policies: CallContext): Ec2Context['authorize'] {
  return (action, resources, more = {}) => {
    const conditions = { 'aws:RequestedRegion': world.region, 'ec2:Region': world.region, ...more };
    if (resources.length === 0) policies.authorize({ action, resources: ['*'], conditions });
    // One question for each resource: its tags are condition keys of this resource only.
    for (const resource of resources) {
      const tags = [...resource.tags].flatMap(([key, value]) => [
        [`aws:ResourceTag/${key}`, value],
        [`ec2:ResourceTag/${key}`, value],
      ]);
      policies.authorize({
        action,
        resources: [arn(world, account, resource)],
        conditions: { ...conditions, ...Object.fromEntries(tags) },
      });
    }
  };
}

/** Condition keys of the tags in a request. */
export function requestTags(tags: ReadonlyMap<string, string>): ConditionKeys {
  const keys = [...tags].map(([key, value]) => [`aws:RequestTag/${key}`, value]);
  return { ...Object.fromEntries(keys), ...(tags.size > 0 ? { 'aws:TagKeys': [...tags.keys()] } : {}) };
}

/**
 * Asks whether the call may create a resource with these tags.
 * @param tagged false when the resource will have no tags at all, not even copied ones
 */
export function authorizeCreation(
  context: Ec2Context,
  type: 'volume' | 'snapshot',
  tags: ReadonlyMap<string, string>,
  tagged = tags.size > 0,
): void {
  const keys = requestTags(tags);
  context.authorize(`ec2:${context.operation}`, [created(type)], keys);
  if (tagged) context.authorize('ec2:CreateTags', [created(type)], { ...keys, 'ec2:CreateAction': context.operation });
}
