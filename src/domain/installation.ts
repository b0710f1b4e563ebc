/** An installation as AWS and GitHub show it: the facts that the doctor's checks speak of. */
import type { Tags } from './ec2.ts';

export interface ProviderFacts {
  readonly arn: string;
  /** Host and path of the issuer, without `https://`. */
  readonly issuer: string;
  readonly audiences: readonly string[];
}

/** A statement of a trust policy, as IAM stores it. */
export interface TrustStatement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface StackFacts {
  /** CloudFormation's status, such as `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly statusReason: string;
  /** Parameters of the stack, by key. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Outputs of the stack, by key. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Of an SNS topic. */
export interface SubscriptionFacts {
  readonly topicArn: string;
  /** `ops@example.com`. */
  readonly endpoint: string;
  readonly confirmed: boolean;
}

export interface DocumentFacts {
  readonly name: string;
  readonly status: string;
  /** The script that it runs on Linux; empty for a document of another kind. */
  readonly script: string;
}

export interface AgentFacts {
  readonly instanceId: string;
  /** `Online`, `ConnectionLost`, … */
  readonly ping: string;
  readonly lastPingAt: Date | undefined;
  readonly version: string;
}

export interface InstanceFacts {
  readonly id: string;
  readonly name: string | undefined;
  readonly state: string;
  readonly tags: Tags;
  readonly launchedAt: Date;
}

export interface LifecycleFacts {
  readonly enabled: boolean;
  readonly noncurrentDays: number | undefined;
  readonly newerNoncurrentVersions: number | undefined;
  readonly abortUploadDays: number | undefined;
}

export interface ObjectLockFacts {
  /** Empty without a default retention. */
  readonly mode: string;
  readonly days: number | undefined;
}

export interface RepositoryFacts {
  readonly owner: string;
  readonly ownerId: number;
  readonly name: string;
  readonly id: number;
  readonly defaultBranch: string;
  readonly visibility: string;
}

/** How GitHub writes the claim `sub` for a repository; undefined where it does not say. */
export interface SubjectRule {
  readonly usesDefault: boolean;
  readonly immutable: boolean | undefined;
  /** `repo:OWNER@ID/REPO@ID`, as GitHub prints it. */
  readonly prefix: string | undefined;
}

export interface WorkflowFacts {
  readonly path: string;
  readonly name: string;
  /** `active`, `disabled_inactivity`, `disabled_manually`, `disabled_fork`. */
  readonly state: string;
  /** Text of the file, where it could be read. */
  readonly text: string | undefined;
  /** The newest runs, newest first. */
  readonly runs: readonly RunFacts[];
}

export interface RunFacts {
  readonly event: string;
  /** `completed` when it is over. */
  readonly status: string;
  readonly conclusion: string;
  readonly startedAt: Date;
  readonly url: string;
}

/** The claims of a job's identity token that a trust policy looks at. */
export interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
}
