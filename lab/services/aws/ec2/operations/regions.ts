/** The regions that the account uses, and the answer of one that is down. */
import { LabAwsError } from '../../protocol/service.ts';
import type { Ec2Context } from '../requests/context.ts';
import { type Fields, filter } from '../requests/filters.ts';
import { list } from '../requests/query.ts';

export function unavailable(): LabAwsError {
  return new LabAwsError('Unavailable', 'The service is unavailable. Please try again shortly.', 503);
}

interface RegionView {
  readonly regionName: string;
  readonly regionEndpoint: string;
  readonly optInStatus: string;
}

const fields: Fields<RegionView> = {
  'region-name': (one) => one.regionName,
  endpoint: (one) => one.regionEndpoint,
  'opt-in-status': (one) => one.optInStatus,
};

/** Every region of the lab is enabled, so `AllRegions` adds none. */
export function describeRegions(context: Ec2Context) {
  context.authorize('ec2:DescribeRegions', []);
  context.endDryRun();
  const { parameters, regions } = context;
  const named = list(parameters, 'RegionName');
  const unknown = named.filter((name) => !regions.includes(name));
  if (unknown.length > 0)
    throw new LabAwsError('InvalidParameterValue', `Invalid region names: [${unknown.join(', ')}]`);
  const views = regions
    .filter((name) => named.length === 0 || named.includes(name))
    .map((name) => ({
      regionName: name,
      regionEndpoint: `ec2.${name}.amazonaws.com`,
      optInStatus: 'opt-in-not-required',
    }));
  return { regionInfo: views.filter(filter(parameters, fields)) };
}
