/** Everything that the doctor's checks look at, read before any of them decides. */
import type { Tags } from '../domain/ec2.ts';
import type {
  AgentFacts,
  Claims,
  DocumentFacts,
  InstanceFacts,
  LifecycleFacts,
  ObjectLockFacts,
  ProviderFacts,
  RepositoryFacts,
  StackFacts,
  SubjectRule,
  SubscriptionFacts,
  TrustStatement,
  WorkflowFacts,
} from '../domain/installation.ts';
import type { Reading } from './reading.ts';

export interface Inventory {
  /** In a job the doctor has the job's own token; at a terminal the operator's credentials. */
  readonly where: 'job' | 'terminal';
  readonly now: Date;
  readonly environment: EnvironmentReadings;
  readonly identity: IdentityReadings;
  readonly stack: Reading<StackFacts | undefined>;
  readonly stackName: string;
  readonly watching: WatchingReadings;
  readonly regions: readonly RegionReadings[];
  readonly hosts: readonly HostReading[];
  readonly buckets: readonly BucketReadings[];
  readonly configuration: ConfigurationReadings;
  readonly workflows: Reading<readonly WorkflowFacts[]>;
  /** What is configured: the variables, and what callers give as inputs in their place. */
  readonly configured: Tags;
}

export interface EnvironmentReadings {
  /** Seconds by which this clock is ahead of AWS's; negative when it is behind. */
  readonly skewSeconds: Reading<number>;
  /** Version of the runner; only a job has one. */
  readonly runner: Reading<string>;
  /** PostgreSQL's client tools that were found here: versions such as `17.6`. */
  readonly postgresTools: Reading<
    readonly { readonly folder: string; readonly version: string; readonly unsafe: boolean }[]
  >;
  readonly region: string;
  /** AWS_ENDPOINT_URL; empty for AWS's own. */
  readonly endpoint: string;
}

export interface IdentityReadings {
  /** ARN of whoever the doctor is. */
  readonly caller: Reading<string>;
  readonly issuer: string;
  readonly providers: Reading<readonly ProviderFacts[]>;
  readonly repository: Reading<RepositoryFacts>;
  readonly subjectRule: Reading<SubjectRule>;
  /** Of the job's own token. */
  readonly claims: Reading<Claims>;
  readonly roles: readonly RoleReadings[];
}

export interface RoleReadings {
  /** The variable that names it. */
  readonly variable: string;
  readonly arn: string;
  readonly trust: Reading<readonly TrustStatement[] | undefined>;
  /** Empty when the role was assumed with the job's token; else why STS refused. */
  readonly refusal: Reading<string>;
}

export interface WatchingReadings {
  /** The text of watch/promises.json; undefined when there is none. */
  readonly promises: Reading<string | undefined>;
  /** Of the topic of the stack's watchdog; undefined when it is gone. */
  readonly subscriptions: Reading<readonly SubscriptionFacts[] | undefined>;
}

export interface RegionReadings {
  readonly name: string;
  readonly documents: readonly DocumentReading[];
  readonly instances: Reading<readonly InstanceFacts[]>;
  readonly agents: Reading<readonly AgentFacts[]>;
}

export interface DocumentReading {
  readonly name: string;
  /** What its name begins with: parameter DocumentPrefix of the stack. */
  readonly prefix: string;
  readonly document: Reading<DocumentFacts | undefined>;
  /** What this release's document runs. */
  readonly expected: string;
}

/** What a host said of itself, through the stack's documents. */
export interface HostReading {
  readonly subject: string;
  /** Why the host cannot be used as it is; empty when it can. */
  readonly problems: Reading<readonly HostProblem[]>;
  /** What it has, in one line. */
  readonly has: string;
  /** Whether a doctor of a sound installation cannot look at it either. */
  readonly expected?: boolean | undefined;
}

export interface HostProblem {
  readonly what: string;
  readonly fix: string | undefined;
}

export interface BucketReadings {
  readonly name: string;
  /** The variable that names it. */
  readonly variable: string;
  readonly region: Reading<string | undefined>;
  /** `Enabled`, `Suspended`, or empty. */
  readonly versioning: Reading<string>;
  readonly lifecycle: Reading<readonly LifecycleFacts[]>;
  /** Whether all four blocks of public access are on. */
  readonly publicAccessBlocked: Reading<boolean>;
  /** `AES256`, `aws:kms`, …; empty without. */
  readonly encryption: Reading<string>;
  /** Undefined without Object Lock. */
  readonly objectLock: Reading<ObjectLockFacts | undefined>;
  /** Whether the bucket's policy denies what comes without TLS. */
  readonly tlsOnly: Reading<boolean>;
}

export interface ConfigurationReadings {
  /** Repository variables by name. */
  readonly variables: Reading<Tags>;
  /** Names of the secrets that are set; in a job only of those it was told of. */
  readonly secrets: Reading<readonly SecretPresence[]>;
  /** What the token of the job, or of `gh`, was refused: `actions: read`. */
  readonly refusedPermissions: Reading<readonly string[]>;
  /** Whether the job may ask for an identity token. */
  readonly idToken: Reading<boolean>;
}

export interface SecretPresence {
  readonly name: string;
  readonly set: boolean;
}
