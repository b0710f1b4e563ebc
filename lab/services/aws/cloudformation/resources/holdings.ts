/** The services in which stacks make their resources, as CloudFormation sees them. */

import type { Identities } from '../../iam/identities.ts';
import type { Functions } from '../../lambda/functions.ts';
import { bucketPolicy } from '../../s3/bucket-policy.ts';
import type { Store } from '../../s3/store.ts';
import type { Topics } from '../../sns/topics.ts';
import type { Documents } from '../../ssm/documents/documents.ts';
import type { Holdings } from './resource-type.ts';

export interface HeldByServices {
  readonly iam: Identities;
  readonly store: Store;
  readonly documents: Documents;
  readonly topics: Topics;
  readonly functions: Functions;
}

export function holdingsOf({ iam, store, documents, topics, functions }: HeldByServices): Holdings {
  return {
    iam,
    buckets: {
      create: (settings, region) => store.create(settings, region),
      update: (settings) => {
        const bucket = store.bucket(settings.name);
        // Object Lock stays on; only its default can be taken back (S3 user guide, "Configuring S3 Object Lock").
        const stays = bucket.settings.objectLock && { retention: undefined };
        bucket.settings = { ...settings, objectLock: settings.objectLock ?? stays };
      },
      remove: (name) => store.remove(name),
      setPolicy: (name, policy) => {
        store.bucket(name).policy = bucketPolicy(policy);
      },
      has: (name) => store.buckets.has(name),
    },
    documents,
    topics,
    functions,
  };
}
