/** EC2 of all regions of the account. */
import { isOrdinaryRegion } from '../../domain/patterns.ts';
import type { Ec2Regions } from '../../ports/ec2-region.ts';
import { AwsError } from '../../runtime/errors.ts';
import { AwsEc2Region, type AwsEc2RegionOptions } from './ec2-region.ts';
import type { AwsSession } from './session.ts';

/** Regions that every account of the partition `aws` has; one of them lists the regions when the home region does not answer. */
const fallbackRegions = ['us-east-1', 'us-west-2', 'eu-west-1'];

export interface AwsEc2RegionsOptions extends Omit<AwsEc2RegionOptions, 'session'> {
  /** Opens the session of a region: each region has its own, because AWS counts requests by region. */
  readonly session: (region: string) => AwsSession;
  /** The region to ask first for the list of regions. */
  readonly home: string;
}

export function createEc2Regions(options: AwsEc2RegionsOptions): Ec2Regions {
  const opened = new Map<string, AwsEc2Region>();
  const open = (name: string): AwsEc2Region => {
    const region = opened.get(name) ?? new AwsEc2Region({ ...options, session: options.session(name) });
    opened.set(name, region);
    return region;
  };
  // Every region lists all of them, so one region that is down does not hide the others.
  const enabled = async (): Promise<string[]> => {
    let failure: unknown;
    for (const name of new Set([options.home, ...(isOrdinaryRegion(options.home) ? fallbackRegions : [])])) {
      try {
        return await open(name).enabledRegions();
      } catch (error) {
        if (!(error instanceof AwsError) || error.kind !== 'transient') throw error;
        failure = error;
      }
    }
    throw failure;
  };
  return { in: open, enabled };
}
