/** A bucket's properties as the lab's S3 keeps them. */
import { LabAwsError } from '../../protocol/service.ts';
import type { BucketSettings } from '../../s3/store.ts';
import type { Resource } from '../template.ts';

/** @throws LabAwsError for settings that S3 refuses */
export function bucketOf({ physicalId, properties }: Pick<Resource, 'physicalId' | 'properties'>): BucketSettings {
  const rules = properties.LifecycleConfiguration?.Rules ?? [];
  const versioned = properties.VersioningConfiguration?.Status === 'Enabled';
  return {
    name: physicalId,
    versioned,
    keyArn:
      properties.BucketEncryption?.ServerSideEncryptionConfiguration?.[0]?.ServerSideEncryptionByDefault
        ?.KMSMasterKeyID,
    publicAccessBlocked: ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every(
      (name) => String(properties.PublicAccessBlockConfiguration?.[name]) === 'true',
    ),
    objectLock: objectLockOf(physicalId, properties, versioned),
    // biome-ignore lint/suspicious/noExplicitAny: a property of the template.
    lifecycle: rules.map((rule: any) => ({
      id: rule.Id ?? '',
      prefix: rule.Prefix ?? '',
      enabled: rule.Status === 'Enabled',
      noncurrentDays: number(
        rule.NoncurrentVersionExpiration?.NoncurrentDays ?? rule.NoncurrentVersionExpirationInDays,
      ),
      newerNoncurrentVersions: number(rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions),
      expirationDays: number(rule.ExpirationInDays),
      abortUploadDays: number(rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation),
    })),
  };
}

/** The value of a parameter is a text also where the property is a number. */
const number = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

function objectLockOf(
  name: string,
  // biome-ignore lint/suspicious/noExplicitAny: properties of the template.
  { ObjectLockEnabled, ObjectLockConfiguration }: any,
  versioned: boolean,
): BucketSettings['objectLock'] {
  const retention = ObjectLockConfiguration?.Rule?.DefaultRetention;
  if (ObjectLockEnabled !== true && ObjectLockConfiguration === undefined) return undefined;
  // CloudFormation needs both properties (AWS::S3::Bucket, ObjectLockEnabled), S3 needs versions.
  if (ObjectLockEnabled !== true || !versioned)
    throw new LabAwsError(
      'InvalidBucketState',
      `Object Lock configuration cannot be enabled on existing buckets (${name})`,
      409,
    );
  return { retention: retention && { mode: retention.Mode, days: Number(retention.Days) } };
}
