/** A bucket's properties as the lab's S3 keeps them. */
import type { BucketSettings } from '../../s3/store.ts';
import type { Resource } from '../template.ts';

export function bucketOf({ physicalId, properties }: Pick<Resource, 'physicalId' | 'properties'>): BucketSettings {
  const rules = properties.LifecycleConfiguration?.Rules ?? [];
  return {
    name: physicalId,
    versioned: properties.VersioningConfiguration?.Status === 'Enabled',
    // biome-ignore lint/suspicious/noExplicitAny: a property of the template.
    lifecycle: rules.map((rule: any) => ({
      id: rule.Id ?? '',
      prefix: rule.Prefix ?? '',
      enabled: rule.Status === 'Enabled',
      noncurrentDays: rule.NoncurrentVersionExpiration?.NoncurrentDays ?? rule.NoncurrentVersionExpirationInDays,
      newerNoncurrentVersions: rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions,
      abortUploadDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
    })),
  };
}
