/** How CloudFormation makes, changes and removes the resources of one type. */
import type { Identities } from '../../iam/identities.ts';
import type { Functions } from '../../lambda/functions.ts';
import type { BucketSettings } from '../../s3/store.ts';
import type { Topics } from '../../sns/topics.ts';
import type { DocumentContent } from '../../ssm/documents/document.ts';
import type { Resource } from '../template.ts';

/** What the resources of stacks are, beside IAM's. Every method throws a LabAwsError as the service would. */
export interface Holdings {
  readonly iam: Identities;
  readonly buckets: {
    create(settings: BucketSettings, region: string): void;
    update(settings: BucketSettings): void;
    remove(name: string): void;
    setPolicy(name: string, policy: unknown): void;
    has(name: string): boolean;
  };
  readonly documents: {
    create(region: string, name: string, content: DocumentContent): void;
    update(region: string, name: string, content: DocumentContent): void;
    remove(region: string, name: string): void;
    has(region: string, name: string): boolean;
  };
  readonly topics: Topics;
  readonly functions: Functions;
}

export interface ResourceType {
  /** Properties whose change makes a new resource (`Update requires: Replacement` in the resource reference). */
  readonly replacing: readonly string[];
  /** The property that names it, if it can be given: two of one name cannot be, so it cannot be replaced either. */
  readonly nameProperty?: string;
  /** What the caller must be allowed to make one. */
  readonly createAction?: string;
  /** For early validation, which knows the types whose name identifies them. */
  exists?(resource: Resource, holdings: Holdings, region: string): boolean;
  /** @throws LabAwsError */
  create(resource: Resource, holdings: Holdings, region: string): void;
  /** @throws LabAwsError */
  update(resource: Resource, holdings: Holdings, region: string): void;
  /** @throws LabAwsError */
  remove(resource: Resource, holdings: Holdings, region: string): void;
}
