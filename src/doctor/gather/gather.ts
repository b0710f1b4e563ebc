/** Reads everything that the checks look at. What cannot be read is in the inventory with its reason. */
import { hostScriptNames } from '../../host/catalogue/catalogue.ts';
import { hostScripts } from '../../host/texts.ts';
import type { AwsInspection } from '../../ports/inspection.ts';
import { configurationTags } from '../../rotation/plan/tags.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { explain } from '../../runtime/errors.ts';
import { valuesGiven } from '../callers.ts';
import { isTagged } from '../checks/hosts.ts';
import type {
  BucketReadings,
  ConfigurationReadings,
  DocumentReading,
  Inventory,
  RegionReadings,
  RoleReadings,
} from '../inventory.ts';
import { bucketVariables, isWanted, jobs, roleVariables } from '../jobs.ts';
import { type Reading, read, unread } from '../reading.ts';
import { ask } from './ask.ts';
import { RepositoryReader } from './github.ts';
import { readHosts } from './hosts.ts';
import type { DoctorPorts, DoctorSettings } from './settings.ts';
import { readWatching } from './watching.ts';

type Variables = Readonly<Record<string, string>>;

export async function gather(
  settings: DoctorSettings,
  ports: DoctorPorts,
  { logger, signal }: Pick<WorkContext, 'logger' | 'signal'>,
): Promise<Inventory> {
  const repository = new RepositoryReader(ports.github, settings.repository);
  const variables = settings.variables === undefined ? await repository.variables() : read(settings.variables);
  logger.info(`Reading GitHub's side of ${settings.repository || 'the repository'}`);
  const [facts, subjectRule, secrets, workflows] = await Promise.all([
    repository.repository(),
    repository.subjectRule(),
    settings.secrets === undefined ? repository.secrets() : read(settings.secrets),
    repository.workflows(),
    repository.tryIssues(),
  ]);
  const known = {
    ...valuesGiven('value' in workflows ? workflows.value : []),
    ...('value' in variables ? withText(variables.value) : {}),
  };
  const region = settings.region || known.HOLDFAST_REGION || settings.otherwiseRegion || '';
  const documentPrefix = known.HOLDFAST_SSM_DOCUMENTS || settings.documentPrefix;
  const configuration: ConfigurationReadings = {
    variables,
    secrets,
    refusedPermissions:
      ports.github === undefined ? unread('there is no GitHub token here') : read([...repository.refused]),
    idToken: ports.idToken,
  };
  const environment = {
    skewSeconds: await ports.skewSeconds(region),
    runner: await ports.runner(),
    postgresTools: await ports.postgresTools(),
    region,
    endpoint: ports.endpoint,
  };
  signal.throwIfAborted();
  const { identities, refusals } = await assumeRoles(known, region, ports);
  logger.info(`Reading AWS as ${identities.map(({ name }) => name).join(', ') || 'nobody: no role could be assumed'}`);
  const regions = region === '' ? [] : await readRegions({ ...settings, region, documentPrefix }, known, identities);
  signal.throwIfAborted();
  const caller = await ask(identities, 'credentials', (one) => one.caller());
  const stack = await ask(identities, 'cloudformation:DescribeStacks', (one) => one.stack(settings.stackName));
  return {
    where: settings.where,
    now: ports.clock.now(),
    environment,
    identity: {
      caller,
      issuer: settings.issuer,
      providers: await ask(identities, 'iam:ListOpenIDConnectProviders and iam:GetOpenIDConnectProvider', (one) =>
        one.providers(),
      ),
      repository: facts,
      subjectRule,
      claims: await ports.claims(),
      roles: await readRoles(known, identities, refusals),
    },
    stack,
    stackName: settings.stackName,
    watching: await readWatching(
      {
        ...{ bucket: known.HOLDFAST_RECEIPT_BUCKET, region, stack, caller },
        isWatched: Boolean(known.HOLDFAST_WATCH_ROLE),
      },
      identities,
    ),
    regions,
    hosts: await readHosts({ variables: known, region, regions, documentPrefix }, ports, signal),
    buckets: await Promise.all(
      bucketVariables.flatMap((variable) =>
        known[variable] ? [readBucket(variable, known[variable], identities)] : [],
      ),
    ),
    configuration,
    workflows,
    configured: known,
  };
}

const withText = (variables: Variables): Variables =>
  Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));

/** In a job every role that the job may assume reads; at a terminal the operator does. */
async function assumeRoles(variables: Variables, region: string, ports: DoctorPorts) {
  const { assume, own } = ports;
  const refusals = new Map<string, Reading<string>>();
  const identities: AwsInspection[] = own === undefined || region === '' ? [] : [own(region)];
  for (const variable of roleVariables) {
    const arn = variables[variable];
    if (!arn || assume === undefined || region === '') continue;
    // The role for pull requests trusts no other job.
    if (variable === 'HOLDFAST_PLAN_ROLE') continue;
    try {
      identities.push(await assume(variable, arn, region));
      refusals.set(variable, read(''));
    } catch (error) {
      const { what, likelyCause } = explain(error);
      refusals.set(variable, read(likelyCause === undefined ? what : `${what}; ${likelyCause}`));
    }
  }
  return { identities, refusals };
}

function readRoles(
  variables: Variables,
  identities: readonly AwsInspection[],
  refusals: ReadonlyMap<string, Reading<string>>,
): Promise<readonly RoleReadings[]> {
  const named = roleVariables.flatMap((variable) =>
    variables[variable] ? [{ variable, arn: variables[variable] }] : [],
  );
  return Promise.all(
    named.map(async ({ variable, arn }) => ({
      variable,
      arn,
      trust: await ask(identities, 'iam:GetRole', (one) => one.trust(arn)),
      refusal: refusals.get(variable) ?? unread('only a job has an identity token: gh workflow run doctor.yml'),
    })),
  );
}

/** The home region, those that were asked for, and where the rotation finds tagged instances. */
async function readRegions(
  settings: DoctorSettings,
  variables: Variables,
  identities: readonly AwsInspection[],
): Promise<readonly RegionReadings[]> {
  const wanted = new Set([settings.region, ...settings.regions]);
  const enabled = variables.HOLDFAST_ROTATE_ROLE
    ? await ask(identities, 'ec2:DescribeRegions', (one) => one.regions())
    : read([]);
  const others = 'value' in enabled ? enabled.value : [];
  const names = [...wanted, ...others.filter((name) => !wanted.has(name))];
  const all = await Promise.all(names.map((name) => readRegion(name, settings, variables, identities)));
  return all.filter(
    ({ name, instances }) => wanted.has(name) || ('value' in instances && instances.value.some(isTagged)),
  );
}

async function readRegion(
  name: string,
  settings: DoctorSettings,
  variables: Variables,
  identities: readonly AwsInspection[],
): Promise<RegionReadings> {
  const instances = await ask(identities, 'ec2:DescribeInstances', (one) => one.instances(name));
  const used = 'value' in instances && instances.value.some(isTagged);
  const home = name === settings.region;
  const agents =
    used || home ? await ask(identities, 'ssm:DescribeInstanceInformation', (one) => one.agents(name)) : read([]);
  const frozen =
    'value' in instances && instances.value.some(({ tags }) => tags[configurationTags.consistency] === 'freeze');
  const scripts = home ? homeScripts(variables) : frozen || settings.regions.includes(name) ? rotationScripts : [];
  return { name, instances, agents, documents: await readDocuments(name, scripts, settings, identities) };
}

const rotationScripts = jobs.find(({ file }) => file === 'ebs-rotate.yml')?.documents ?? [];

/** Documents of the jobs that are configured; all of them when none is. */
function homeScripts(variables: Variables) {
  const wanted = jobs.filter((job) => isWanted(job, variables) || job.variables.every((name) => variables[name]));
  return wanted.length === 0 ? hostScriptNames : [...new Set(wanted.flatMap(({ documents }) => documents))];
}

function readDocuments(
  region: string,
  scripts: readonly (keyof typeof hostScripts)[],
  { documentPrefix }: DoctorSettings,
  identities: readonly AwsInspection[],
): Promise<readonly DocumentReading[]> {
  // The fallback sends the scripts along: the stack's documents are not used.
  if (documentPrefix === 'AWS-RunShellScript') return Promise.resolve([]);
  return Promise.all(
    scripts.map(async (script) => {
      const name = `${documentPrefix}${script.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase())}`;
      const document = await ask(identities, 'ssm:GetDocument', (one) => one.document(region, name));
      return { name, prefix: documentPrefix, document, expected: hostScripts[script] };
    }),
  );
}

async function readBucket(
  variable: string,
  name: string,
  identities: readonly AwsInspection[],
): Promise<BucketReadings> {
  const asked = <T>(permission: string, call: (one: AwsInspection) => Promise<T>) =>
    ask(identities, `${permission} on ${name}`, call);
  return {
    name,
    variable,
    region: await asked('s3:ListBucket', (one) => one.bucketRegion(name)),
    versioning: await asked('s3:GetBucketVersioning', (one) => one.versioning(name)),
    lifecycle: await asked('s3:GetLifecycleConfiguration', (one) => one.lifecycle(name)),
    publicAccessBlocked: await asked('s3:GetBucketPublicAccessBlock', (one) => one.publicAccessBlocked(name)),
    encryption: await asked('s3:GetEncryptionConfiguration', (one) => one.encryption(name)),
    objectLock: await asked('s3:GetBucketObjectLockConfiguration', (one) => one.objectLock(name)),
    tlsOnly: await asked('s3:GetBucketPolicy', (one) => one.tlsOnly(name)),
  };
}
