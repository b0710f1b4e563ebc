/** The lab's AWS account: its services behind one endpoint, with infra/holdfast.yml deployed or empty. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabHosts } from '../../hosts/host.ts';
import type { LabClock } from '../clock/clock.ts';
import type { CallLog } from '../http/call-log.ts';
import type { Faults } from '../http/faults.ts';
import type { Policy } from './auth/policy.ts';
import { trustPolicy } from './auth/trust.ts';
import { CloudFormation } from './cloudformation/cloudformation.ts';
import { holdingsOf } from './cloudformation/resources/holdings.ts';
import { CloudTrail } from './cloudtrail/cloudtrail.ts';
import { EventHistory } from './cloudtrail/history.ts';
import { createEc2, type Ec2Service } from './ec2/ec2.ts';
import type { Seed } from './ec2/model/seed.ts';
import type { Ec2Options } from './ec2/options.ts';
import { AskedQuestions } from './endpoint/asked.ts';
import { policiesOf } from './endpoint/authorization.ts';
import { type AwsLab, startAws } from './endpoint/server.ts';
import { Iam } from './iam/iam.ts';
import { Identities } from './iam/identities.ts';
import { Functions } from './lambda/functions.ts';
import { Lambda } from './lambda/lambda.ts';
import { S3 } from './s3/s3.ts';
import type { Store } from './s3/store.ts';
import { Sns } from './sns/sns.ts';
import { Topics } from './sns/topics.ts';
import type { DocumentContent } from './ssm/documents/document.ts';
import { createSsm, type SsmService } from './ssm/ssm.ts';
import { Sts } from './sts/sts.ts';

export const region = 'us-east-1';
export const zone = 'us-east-1a';
export const accountId = '123456789012';

/** How EC2 behaves: shorter delays for tests that cannot wait, request buckets and pages for those that want its limits. */
export type Ec2Behaviour = Pick<Ec2Options, 'delays' | 'buckets' | 'snapshotsPerVolume' | 'pageSize'>;

export interface AccountOptions {
  /** The CloudFormation template that is deployed; default: this repository's. */
  readonly template?: string | undefined;
  /** Whether the template is deployed from the start; `none` leaves the account empty. Default: deployed. */
  readonly stack?: 'deployed' | 'none' | undefined;
  /** S3 keeps its objects below this folder. */
  readonly directory: string;
  readonly clock: LabClock;
  readonly log: CallLog;
  readonly faults: Faults;
  /** GitHub's issuer, whose tokens the roles trust. */
  readonly issuer: string;
  /** The subject that the roles trust. */
  readonly subject: string;
  /** The subject of pull requests, trusted by the role that only reads. */
  readonly planSubject: string;
  readonly hosts: LabHosts;
  readonly seed: Pick<Seed, 'instances' | 'regions'>;
  /** Parameters of the stack beside those that every lab gives. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** SSM documents of the account's own, by name. */
  readonly documents?: ReadonlyMap<string, DocumentContent> | undefined;
  readonly ec2?: Ec2Behaviour | undefined;
  /** The time by which signatures are judged, and that every answer tells; default: the computer's, however `clock` is advanced. */
  readonly now?: (() => Date) | undefined;
  /** Pieces of the policies that count as absent (auth/pieces.ts). */
  readonly without?: readonly string[] | undefined;
}

/** The services themselves, past every policy, and what the stack has created. */
export interface LabAccount extends AwsLab {
  readonly ec2: Ec2Service;
  readonly ssm: SsmService;
  readonly sts: Sts;
  readonly s3: Store;
  readonly iam: Identities;
  readonly cloudformation: CloudFormation;
  readonly topics: Topics;
  /** What CloudTrail keeps. */
  readonly history: EventHistory;
  readonly lambda: Lambda;
  /** A key pair that may do anything; for people and tests, never given to the runner. */
  readonly administrator: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** ARNs of the roles that there are, by their logical ids in the template. */
  readonly roles: Readonly<Record<string, string>>;
  /** From the stack's outputs; in an empty account the names that the lab would give. */
  readonly receiptBucket: string;
  readonly dumpBucket: string;
  /** The policies as they are deployed: those of a role with its trust policy, or of a user (`user/NAME`). */
  policiesOf(name: string): Policy[];
}

const ownTemplate = fileURLToPath(new URL('../../../infra/holdfast.yml', import.meta.url));
const stackName = 'holdfast';
const buckets = { ReceiptBucketName: 'holdfast-receipts-lab', DumpBucketName: 'holdfast-dumps-lab' };

export async function startAccount(options: AccountOptions): Promise<LabAccount> {
  const { clock, log, faults, hosts, without = [] } = options;
  const iam = new Identities(accountId);
  const ec2 = createEc2({ clock, hosts, seed: { region, accountId, ...options.seed }, ...options.ec2 });
  const userDocuments = options.documents ? { userDocuments: options.documents } : {};
  const ssm = createSsm({ clock, hosts, ec2, accountId, documents: new Map(), ...userDocuments });
  const s3 = new S3(join(options.directory, 's3'), []);
  const store = { read: (bucket: string, key: string) => s3.store.text(bucket, key) };
  const topics = new Topics();
  const functions = new Functions();
  const holdings = holdingsOf({ iam, store: s3.store, documents: ssm.documents, topics, functions });
  const cloudformation = new CloudFormation({ clock, accountId, holdings, store });
  if (options.stack !== 'none') deploy(options, cloudformation);
  const asked = new AskedQuestions();
  const sts = new Sts({ clock, accountId, stack: iam, issuer: options.issuer, without, asked });
  const now = options.now ?? (() => clock.now());
  const history = new EventHistory(now);
  const services = [ec2, ssm, cloudformation, new Iam(iam), new Sns(topics), new CloudTrail(history, now)];
  const parts = { log, faults, stack: iam, sts, s3, services, history, without, asked };
  const endpoint = await startAws({ ...parts, now: options.now });
  const output = (key: keyof typeof buckets): string => outputOf(cloudformation, key) ?? buckets[key];
  return {
    ...endpoint,
    ec2,
    ssm,
    sts,
    s3: s3.store,
    iam,
    cloudformation,
    topics,
    history,
    lambda: new Lambda({ functions, sts, stack: iam, without, asked, region, endpoint: endpoint.url }),
    administrator: sts.administrator,
    get roles() {
      return Object.fromEntries(iam.roles.map((role) => [role.logicalId, role.arn]));
    },
    get receiptBucket() {
      return output('ReceiptBucketName');
    },
    get dumpBucket() {
      return output('DumpBucketName');
    },
    policiesOf: (name) => policiesOfPrincipal(name, iam),
    stop: async () => {
      ssm.stop();
      await endpoint.stop();
    },
  };
}

function deploy(
  { template = ownTemplate, subject, planSubject, parameters: more = {} }: AccountOptions,
  cloudformation: CloudFormation,
): void {
  const parameters = { AllowedSubjects: subject, PlanSubjects: planSubject, ...buckets, ...more };
  cloudformation.deploy(stackName, region, readFileSync(template, 'utf8'), parameters);
}

/** Of the stack that has it, whatever its name. */
function outputOf({ stacks }: CloudFormation, key: string): string | undefined {
  const outputs = stacks.all.filter((one) => one.deletedAt === undefined).flatMap((one) => one.outputs);
  return outputs.find((one) => one.key === key)?.value;
}

/** Of a role, or of a user (`user/NAME`). */
function policiesOfPrincipal(name: string, iam: Identities): Policy[] {
  const role = iam.roles.find((one) => one.name === name);
  return [...policiesOf(name, iam), ...(role ? [trustPolicy(role)] : [])];
}
