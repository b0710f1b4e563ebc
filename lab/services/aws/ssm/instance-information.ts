/** DescribeInstanceInformation: the instances whose agents SSM knows. */
import type { Ec2Service } from '../ec2/ec2.ts';
import { type AwsCall, LabAwsError } from '../protocol/service.ts';
import type { Agents } from './agents.ts';

interface Filter {
  readonly Key: string;
  readonly Values: readonly string[];
}

export function describeInstanceInformation({ region, parameters }: AwsCall, ec2: Ec2Service, agents: Agents) {
  const filters = (parameters.Filters ?? []) as Filter[];
  const unknown = filters.find((filter) => filter.Key !== 'InstanceIds' && filter.Key !== 'PingStatus');
  if (unknown) throw new LabAwsError('InvalidFilterKey', `The filter ${unknown.Key} is not known`);
  const known = [...ec2.world(region).instances.values()]
    .filter((one) => agents.isKnown(one.id))
    .map(({ id, platform }) => ({
      InstanceId: id,
      PingStatus: agents.shownOnline(id) ? 'Online' : 'ConnectionLost',
      LastPingDateTime: (agents.lastPing(id)?.getTime() ?? 0) / 1000,
      AgentVersion: agents.version(id),
      PlatformType: platform === 'windows' ? 'Windows' : 'Linux',
    }));
  const selected = known.filter((one) =>
    filters.every(({ Key, Values }) => Values.includes(Key === 'InstanceIds' ? one.InstanceId : one.PingStatus)),
  );
  const from = Number(parameters.NextToken ?? 0);
  const end = from + Number(parameters.MaxResults ?? 10);
  return {
    InstanceInformationList: selected.slice(from, end),
    ...(end < selected.length ? { NextToken: String(end) } : {}),
  };
}
