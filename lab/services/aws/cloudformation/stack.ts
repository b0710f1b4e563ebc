/** What a template deploys, at once and outside any service: for tests that need no CloudFormation. */
import type { Role } from '../auth/policy.ts';
import { Identities, type Provider, type User } from '../iam/identities.ts';
import { Functions } from '../lambda/functions.ts';
import { bucketPolicy } from '../s3/bucket-policy.ts';
import type { BucketSettings } from '../s3/store.ts';
import { Topics } from '../sns/topics.ts';
import type { DocumentContent } from '../ssm/documents/document.ts';
import type { Holdings } from './resources/resource-type.ts';
import { typeOf } from './resources/types.ts';
import { Template, type TemplateOptions } from './template.ts';

/** Who there is in an account. */
export interface Principals {
  readonly roles: readonly Role[];
  readonly users?: readonly User[];
  /** By ARN. Undefined where any provider counts as there. */
  readonly providers?: ReadonlyMap<string, Provider>;
}

export interface Stack extends Principals {
  readonly buckets: readonly BucketSettings[];
  readonly documents: ReadonlyMap<string, DocumentContent>;
}

/** @throws Error that names what the lab does not know in the template, or cannot resolve */
export function loadStack(text: string, options: TemplateOptions): Stack {
  const iam = new Identities(options.accountId);
  const buckets: BucketSettings[] = [];
  const documents = new Map<string, DocumentContent>();
  const holdings: Holdings = {
    iam,
    buckets: {
      create: (one) => void buckets.push(one),
      update: () => {},
      remove: () => {},
      setPolicy: (name, policy) => {
        const at = buckets.findIndex((one) => one.name === name);
        buckets.splice(at, 1, { ...(buckets[at] as BucketSettings), policy: bucketPolicy(policy) });
      },
      has: () => false,
    },
    documents: {
      create: (_region, name, content) => void documents.set(name, content),
      update: () => {},
      remove: () => {},
      has: () => false,
    },
    topics: new Topics(),
    functions: new Functions(),
  };
  const template = new Template(text, options);
  template.checkRules();
  for (const resource of template.resources()) typeOf(resource.type).create(resource, holdings, options.region);
  return { roles: iam.roles, users: iam.users, buckets, documents };
}
