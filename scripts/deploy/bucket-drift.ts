/** What was changed by hand in a bucket. Access that is refused is told as not read. */
import { isDeepStrictEqual } from 'node:util';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  type LifecycleRule,
} from '@aws-sdk/client-s3';
import type { Resource } from '../../lab/services/aws/cloudformation/template.ts';
import type { Account } from './account.ts';
import { samePolicy } from './policy.ts';

export interface Drift {
  readonly lines: readonly string[];
  /** What could not be read. */
  readonly unread: readonly string[];
}

/** Codes that say that nothing is set (S3 API reference, error responses); a bucket that is gone says NoSuchBucket. */
const nothingSet =
  /^(NoSuchPublicAccessBlockConfiguration|NoSuchLifecycleConfiguration|NoSuchBucketPolicy|ObjectLockConfigurationNotFoundError|ServerSideEncryptionConfigurationNotFoundError)$/;

async function readSetting<T>(read: Promise<T>): Promise<{ readonly value: T | undefined } | 'refused'> {
  try {
    return { value: await read };
  } catch (error) {
    const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    if (nothingSet.test(name)) return { value: undefined };
    if ($metadata?.httpStatusCode === 403) return 'refused';
    throw error;
  }
}

type Setting = readonly [what: string, differs: () => Promise<boolean | 'refused'>];

async function compare(settings: readonly Setting[], of: string): Promise<Drift> {
  const answers = await Promise.all(settings.map(async ([what, differs]) => ({ what, answer: await differs() })));
  const named = (wanted: boolean | 'refused', words: string): string[] =>
    answers.filter(({ answer }) => answer === wanted).map(({ what }) => `${what} of the bucket ${of}${words}`);
  return {
    lines: named(true, ' was changed by hand').map((line) => `the ${line}`),
    unread: named('refused', ' (access denied)'),
  };
}

/** A setting that differs when what `plain` makes of it is not what the template has. */
function setting<T>(
  what: string,
  read: () => Promise<T>,
  plain: (value: T | undefined) => unknown,
  wanted: unknown,
): Setting {
  return [
    what,
    async () => {
      const answer = await readSetting(read());
      return answer === 'refused' ? answer : !isDeepStrictEqual(plain(answer.value), wanted);
    },
  ];
}

const blocks = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'] as const;

/** The times of a lifecycle rule, whether read from S3 or written in the template, where a number may be a text. */
// biome-ignore lint/suspicious/noExplicitAny: the template's rule and that of S3 differ in the case of one name.
function times(rule: any): string {
  const { NoncurrentVersionExpiration: older, AbortIncompleteMultipartUpload: uploads, Status, Expiration } = rule;
  const values = [older?.NoncurrentDays, older?.NewerNoncurrentVersions, uploads?.DaysAfterInitiation];
  return [rule.Id ?? rule.ID, Status, ...values, Expiration?.Days ?? rule.ExpirationInDays].map(String).join(' ');
}

export function bucketDrift({ s3 }: Account, { physicalId: Bucket, properties }: Resource): Promise<Drift> {
  const encryption = properties.BucketEncryption?.ServerSideEncryptionConfiguration?.[0]?.ServerSideEncryptionByDefault;
  const retention = properties.ObjectLockConfiguration?.Rule?.DefaultRetention;
  const access = properties.PublicAccessBlockConfiguration ?? {};
  return compare(
    [
      setting(
        'versioning',
        () => s3.send(new GetBucketVersioningCommand({ Bucket })),
        (answer) => answer?.Status ?? '',
        properties.VersioningConfiguration?.Status ?? '',
      ),
      setting(
        'public access block',
        () => s3.send(new GetPublicAccessBlockCommand({ Bucket })),
        (answer) => blocks.map((name) => String(answer?.PublicAccessBlockConfiguration?.[name] ?? false)),
        blocks.map((name) => String(access[name] ?? false)),
      ),
      setting(
        'encryption',
        () => s3.send(new GetBucketEncryptionCommand({ Bucket })),
        (answer) => {
          const by = answer?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
          return [by?.SSEAlgorithm ?? 'AES256', by?.KMSMasterKeyID ?? ''];
        },
        [encryption?.SSEAlgorithm ?? 'AES256', encryption?.KMSMasterKeyID ?? ''],
      ),
      setting(
        'lifecycle',
        () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
        (answer) => (answer?.Rules ?? []).map((rule: LifecycleRule) => times(rule)).sort(),
        (properties.LifecycleConfiguration?.Rules ?? []).map(times).sort(),
      ),
      setting(
        'Object Lock',
        () => s3.send(new GetObjectLockConfigurationCommand({ Bucket })),
        (answer) => {
          const { Mode, Days } = answer?.ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
          return [Mode ?? '', String(Days ?? '')];
        },
        [retention?.Mode ?? '', String(retention?.Days ?? '')],
      ),
    ],
    Bucket,
  );
}

export function bucketPolicyDrift({ s3 }: Account, { properties }: Resource): Promise<Drift> {
  const { Bucket } = properties;
  return compare(
    [
      setting(
        'policy',
        () => s3.send(new GetBucketPolicyCommand({ Bucket })),
        (answer) => answer?.Policy !== undefined && samePolicy(JSON.parse(answer.Policy), properties.PolicyDocument),
        true,
      ),
    ],
    Bucket,
  );
}
