/** Reads an installation: AWS with one identity, GitHub with one token. Nothing here changes anything. */
import type {
  AgentFacts,
  DocumentFacts,
  InstanceFacts,
  LifecycleFacts,
  ObjectLockFacts,
  ProviderFacts,
  StackFacts,
  SubscriptionFacts,
  TrustStatement,
} from '../domain/installation.ts';

/** AWS as one identity may see it. Each call rejects with an AwsError: of the kind `denied` where it may not look. */
export interface AwsInspection {
  /** How the identity is called: `holdfast-backup`, or `your credentials`. */
  readonly name: string;
  /** Its ARN. */
  caller(): Promise<string>;
  providers(): Promise<readonly ProviderFacts[]>;
  /** Undefined when there is no such role. */
  trust(roleArn: string): Promise<readonly TrustStatement[] | undefined>;
  /** Undefined when there is no such stack. */
  stack(name: string): Promise<StackFacts | undefined>;
  /** Regions that are enabled. */
  regions(): Promise<readonly string[]>;
  /** Undefined when there is no such document. */
  document(region: string, name: string): Promise<DocumentFacts | undefined>;
  instances(region: string): Promise<readonly InstanceFacts[]>;
  agents(region: string): Promise<readonly AgentFacts[]>;
  /** Undefined when there is no such topic. */
  subscriptions(topicArn: string): Promise<readonly SubscriptionFacts[] | undefined>;
  /** Of an object; undefined when there is none. */
  text(bucket: string, key: string): Promise<string | undefined>;
  /** Undefined when there is no such bucket. */
  bucketRegion(bucket: string): Promise<string | undefined>;
  versioning(bucket: string): Promise<string>;
  lifecycle(bucket: string): Promise<readonly LifecycleFacts[]>;
  publicAccessBlocked(bucket: string): Promise<boolean>;
  encryption(bucket: string): Promise<string>;
  objectLock(bucket: string): Promise<ObjectLockFacts | undefined>;
  tlsOnly(bucket: string): Promise<boolean>;
}

/** GitHub's REST API, read only. */
export interface GitHubReader {
  /**
   * @param path without the leading slash: `repos/OWNER/REPO/actions/workflows`
   * @returns status 0 and the reason as text when there was no answer
   */
  get(path: string): Promise<{ readonly status: number; readonly body: unknown }>;
}
