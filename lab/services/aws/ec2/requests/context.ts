/** What an operation of the lab's EC2 works with, and how it asks the policies. */
import type { CallContext, Parameters } from '../../protocol/service.ts';
import type { World } from '../model/world.ts';
import type { Ec2Delays, Ec2Options, Ec2Switches } from '../options.ts';
import type { Listings } from './listings.ts';

export interface Scene {
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
  /** Asks the policies, and ends a dry run; call it last before the first change. */
  authorize(
    action: string,
    resources: readonly Resource[],
    more?: Readonly<Record<string, string | readonly string[]>>,
  ): void;
  /** The end of a dry run, or nothing. */
  endDryRun(): void;
  newId(prefix: string): string;
  /** Refuses when one of these volumes has begun too many snapshots just now. */
  snapshotRate(volumeIds: readonly string[]): void;
}

/** A resource a call is about, with the tags that policies may look at. */
export interface Resource {
  readonly type: 'instance' | 'volume' | 'snapshot';
  /** `*` for one that is yet to be made. */
  readonly id: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Where it is, when that is not the region of the call. */
  readonly region?: string;
}

function arn(world: World, account: string, { type, id, region }: Resource): string {
  // A snapshot's ARN names no account (service authorization reference of EC2).
  return `arn:aws:ec2:${region ?? world.region}:${type === 'snapshot' ? '' : account}:${type}/${id}`;
}

export function authorize(
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
