/** Tags of instances, their SSM agents, and what their hosts say of themselves. */
import { isOlder, leastAgentVersion } from '../../domain/agent.ts';
import type { Finding } from '../../domain/finding.ts';
import type { AgentFacts, InstanceFacts } from '../../domain/installation.ts';
import { tagNames } from '../../domain/tags.ts';
import { isLike } from '../../rotation/plan/near-miss.ts';
import { configurationTags } from '../../rotation/plan/tags.ts';
import type { HostReading, Inventory, RegionReadings } from '../inventory.ts';
import { databasesOf } from '../jobs.ts';
import { judge } from '../reading.ts';

const area = 'Hosts';
const hostRoles = ['source', 'verification'];
/** Tags that configure something; `Name` is for people. */
const knownTags = [
  tagNames.host,
  ...Object.values(configurationTags).filter((name) => name !== configurationTags.name),
];

export function hostFindings(inventory: Inventory): readonly Finding[] {
  return [
    ...inventory.regions.flatMap((region) => tagFindings(region)),
    ...wantedInstances(inventory).flatMap((wanted) => roleFindings(wanted, inventory)),
    ...inventory.regions.flatMap((region) => agentFindings(region)),
    ...inventory.hosts.flatMap(hostFinding),
  ];
}

const shown = ({ id, name }: Pick<InstanceFacts, 'id' | 'name'>): string => (name ? `${id} (${name})` : id);

/** Whether Holdfast has to do with the instance, by its tags. */
export function isTagged({ tags }: InstanceFacts): boolean {
  return tags[tagNames.host] !== undefined || tags[configurationTags.backup] !== undefined;
}

function tagFindings({ name: region, instances }: RegionReadings): readonly Finding[] {
  const about = {
    area,
    subject: `tags of instances in ${region}`,
    should: 'written as docs/setup.md and docs/rotation.md write them',
  };
  return judge(about, instances, (all) => {
    const wrong = all.flatMap((instance) => nearMisses(instance, region));
    const tagged = all.filter(isTagged);
    if (wrong.length > 0) return wrong;
    const backups = tagged.filter(({ tags }) => tags[configurationTags.backup] !== undefined).length;
    return [
      {
        ...about,
        status: 'ok',
        is: `${tagged.length - tagged.filter(({ tags }) => tags[tagNames.host] === undefined).length} with ${tagNames.host}, ${backups} with ${configurationTags.backup}, of ${all.length}`,
      },
    ];
  });
}

function nearMisses(instance: InstanceFacts, region: string): readonly Finding[] {
  const { tags, id } = instance;
  const about = { area, subject: `tags of ${shown(instance)}`, status: 'failed' as const };
  const retag = (from: string, key: string, value: string): string =>
    `aws ec2 create-tags --region ${region} --resources ${id} --tags 'Key=${key},Value=${value}' && aws ec2 delete-tags --region ${region} --resources ${id} --tags 'Key=${from}'`;
  const keys = Object.entries(tags).flatMap(([key, value]) => {
    const meant = knownTags.find((name) => isLike(key, name) && tags[name] === undefined);
    return meant === undefined || knownTags.some((name) => name === key)
      ? []
      : [
          {
            ...about,
            is: `the tag "${key}", which means nothing`,
            should: `"${meant}" (keys are case-sensitive)`,
            fix: retag(key, meant, value),
          },
        ];
  });
  const role = tags[tagNames.host];
  if (role === undefined || hostRoles.includes(role)) return keys;
  const value = hostRoles.find((one) => isLike(role, one)) ?? 'source';
  const fix = `aws ec2 create-tags --region ${region} --resources ${id} --tags 'Key=${tagNames.host},Value=${value}'`;
  return [...keys, { ...about, is: `${tagNames.host} is "${role}"`, should: hostRoles.join(' or '), fix }];
}

interface WantedInstance {
  readonly idOrName: string;
  readonly variable: string;
  readonly role: string;
}

/** The instances that variables or callers name, and the role that each must have. */
function wantedInstances({ configured }: Inventory): readonly WantedInstance[] {
  const { HOLDFAST_IB_INSTANCE, HOLDFAST_IB_VERIFY_INSTANCE, HOLDFAST_DATABASES } = configured;
  const wanted = [
    { idOrName: HOLDFAST_IB_INSTANCE ?? '', variable: 'HOLDFAST_IB_INSTANCE', role: 'source' },
    { idOrName: HOLDFAST_IB_VERIFY_INSTANCE ?? '', variable: 'HOLDFAST_IB_VERIFY_INSTANCE', role: 'verification' },
    ...(databasesOf(HOLDFAST_DATABASES) ?? []).map(({ instance = '' }) => ({
      idOrName: instance,
      variable: 'HOLDFAST_DATABASES',
      role: 'source',
    })),
  ];
  return wanted.filter(({ idOrName }) => idOrName !== '');
}

/** The instances that an id or a Name tag names. */
export function instancesNamed(all: readonly InstanceFacts[], idOrName: string): readonly InstanceFacts[] {
  return all.filter(
    ({ id, name, state }) => (id === idOrName || name === idOrName) && !/^(terminated|shutting-down)$/.test(state),
  );
}

function roleFindings(wanted: WantedInstance, { regions, environment }: Inventory): readonly Finding[] {
  const home = regions.find(({ name }) => name === environment.region);
  if (home === undefined || !('value' in home.instances)) return [];
  const { idOrName, variable, role } = wanted;
  const about = { area, subject: `${variable}: ${idOrName}`, should: `one instance, tagged ${tagNames.host}=${role}` };
  const found = instancesNamed(home.instances.value, idOrName);
  const [instance] = found;
  if (instance === undefined || found.length > 1)
    return [
      {
        ...about,
        status: 'failed',
        is:
          found.length === 0
            ? `no instance of that id or name in ${environment.region}`
            : `${found.length} instances have that name: ${found.map(({ id }) => id).join(', ')}`,
        fix:
          found.length === 0
            ? `aws ec2 describe-instances --region ${environment.region} --query 'Reservations[].Instances[].[InstanceId,Tags]'`
            : 'give the id instead of the name',
      },
    ];
  const has = instance.tags[tagNames.host];
  if (has === role) return [{ ...about, status: 'ok', is: shown(instance) }];
  return [
    {
      ...about,
      status: 'failed',
      is:
        has === undefined ? `${shown(instance)} has no tag ${tagNames.host}` : `${shown(instance)} is tagged "${has}"`,
      fix: `aws ec2 create-tags --region ${environment.region} --resources ${instance.id} --tags 'Key=${tagNames.host},Value=${role}'`,
    },
  ];
}

/** Only instances that Holdfast runs commands on need an agent: hosts, and those that are quiesced. */
function needsAgent(instance: InstanceFacts): boolean {
  const consistency = instance.tags[configurationTags.consistency] ?? '';
  return instance.tags[tagNames.host] !== undefined || (consistency !== '' && consistency !== 'crash');
}

function agentFindings({ name: region, instances, agents }: RegionReadings): readonly Finding[] {
  if (!('value' in instances)) return [];
  return instances.value.filter(needsAgent).flatMap((instance) => {
    const about = { area, subject: `SSM agent of ${shown(instance)}`, should: `online, ${leastAgentVersion} or later` };
    if (instance.state !== 'running')
      return [
        {
          ...about,
          status: 'not-checked' as const,
          is: `the instance is ${instance.state}`,
          // It is started for each proof, and stopped again.
          expected: instance.state === 'stopped' && instance.tags[tagNames.host] === 'verification',
        },
      ];
    return judge(about, agents, (all) => [
      {
        ...about,
        ...agentState(
          all.find(({ instanceId }) => instanceId === instance.id),
          instance,
          region,
        ),
      },
    ]);
  });
}

function agentState(
  agent: AgentFacts | undefined,
  { id, launchedAt }: InstanceFacts,
  region: string,
): Pick<Finding, 'status' | 'is' | 'fix'> {
  if (agent === undefined)
    return {
      status: 'failed',
      is: 'no agent has registered',
      fix: `give the instance a profile with AmazonSSMManagedInstanceCore: aws ec2 associate-iam-instance-profile --region ${region} --instance-id ${id} --iam-instance-profile Name=PROFILE; and start amazon-ssm-agent on it`,
    };
  const { ping, version, lastPingAt } = agent;
  const since = lastPingAt ? `, last heard of at ${lastPingAt.toISOString()}` : '';
  const restart =
    'on the host: sudo systemctl restart amazon-ssm-agent; then look at /var/log/amazon/ssm/amazon-ssm-agent.log';
  if (ping !== 'Online') return { status: 'failed', is: `${ping}${since}, version ${version}`, fix: restart };
  // AWS shows an agent as online until it has missed its ping: of an instance that was started since, that says nothing.
  if (lastPingAt !== undefined && lastPingAt < launchedAt)
    return { status: 'warning', is: `Online${since}, which was before the instance was started`, fix: restart };
  if (isOlder(version, leastAgentVersion))
    return {
      status: 'failed',
      is: `version ${version}: it would run the scripts without their parameters`,
      fix: `aws ssm send-command --region ${region} --document-name AWS-UpdateSSMAgent --instance-ids ${id}`,
    };
  return { status: 'ok', is: `Online, version ${version}` };
}

function hostFinding({ subject, problems, has, expected }: HostReading): readonly Finding[] {
  const about = { area, subject, should: 'has every program that the scripts need, and is as the job expects it' };
  if ('reason' in problems) return [{ ...about, status: 'not-checked', is: problems.reason, expected }];
  return judge(about, problems, (found) =>
    found.length === 0
      ? [{ ...about, status: 'ok', is: has }]
      : found.map(({ what, fix }) => ({ ...about, status: 'failed' as const, is: what, fix })),
  );
}
