/** The rules of the buckets: versions, what expires, who may read, encryption, Object Lock, TLS. */
import type { Finding } from '../../domain/finding.ts';
import type { BucketReadings, Inventory } from '../inventory.ts';
import { lifecycleCommand, tlsCommand } from '../mends.ts';
import { judge, type Reading } from '../reading.ts';

const area = 'Buckets';

export function bucketFindings({ buckets, environment, stackName }: Inventory): readonly Finding[] {
  return buckets.flatMap((bucket) => {
    const missing = 'value' in bucket.region && bucket.region.value === undefined;
    const subject = `${bucket.variable} ${bucket.name}`;
    if (missing)
      return [
        {
          area,
          subject,
          status: 'failed' as const,
          is: 'there is no such bucket',
          should: 'exists',
          fix: `gh variable set ${bucket.variable} --body NAME  (output of the stack: aws cloudformation describe-stacks --stack-name ${stackName} --region ${environment.region})`,
        },
      ];
    return [
      ...region(bucket, subject, environment.region),
      ...check(subject, 'versioning', 'Enabled', bucket.versioning, (state) => ({
        ok: state === 'Enabled',
        is: state || 'never enabled: what is overwritten or deleted is gone',
        fix: `aws s3api put-bucket-versioning --bucket ${bucket.name} --versioning-configuration Status=Enabled`,
      })),
      ...lifecycle(bucket, subject),
      ...check(subject, 'public access', 'all four blocks are on', bucket.publicAccessBlocked, (blocked) => ({
        ok: blocked,
        is: blocked ? 'blocked' : 'not blocked in all four ways',
        fix: `aws s3api put-public-access-block --bucket ${bucket.name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`,
      })),
      ...check(subject, 'encryption', 'AES256 or aws:kms by default', bucket.encryption, (algorithm) => ({
        ok: /^(AES256|aws:kms(:dsse)?)$/.test(algorithm),
        is: algorithm || 'none',
        fix: `aws s3api put-bucket-encryption --bucket ${bucket.name} --server-side-encryption-configuration 'Rules=[{ApplyServerSideEncryptionByDefault={SSEAlgorithm=AES256}}]'`,
      })),
      ...check(subject, 'TLS', 'its policy refuses what comes without TLS', bucket.tlsOnly, (only) => ({
        ok: only,
        is: only ? 'required' : 'not required',
        fix: tlsCommand(bucket.name, environment.region),
      })),
      ...objectLock(bucket, subject),
    ];
  });
}

function check<T>(
  bucket: string,
  what: string,
  should: string,
  reading: Reading<T>,
  decide: (value: T) => { readonly ok: boolean; readonly is: string; readonly fix: string },
): readonly Finding[] {
  const about = { area, subject: `${bucket}: ${what}`, should };
  return judge(about, reading, (value) => {
    const { ok, is, fix } = decide(value);
    return [ok ? { ...about, status: 'ok', is } : { ...about, status: 'failed', is, fix }];
  });
}

function region({ region: reading, variable }: BucketReadings, subject: string, home: string): readonly Finding[] {
  const about = { area, subject: `${subject}: region`, should: home };
  return judge(about, reading, (found) => [
    found === home
      ? { ...about, status: 'ok', is: home }
      : {
          ...about,
          status: 'warning',
          is: `${found}: every transfer crosses regions`,
          fix: `a bucket in ${home}, then gh variable set ${variable}`,
        },
  ]);
}

function lifecycle({ lifecycle: reading, name, variable }: BucketReadings, subject: string): readonly Finding[] {
  const fix = lifecycleCommand(name, variable);
  const about = {
    area,
    subject: `${subject}: lifecycle`,
    should: 'older versions expire; unfinished uploads are given up',
  };
  return judge(about, reading, (rules) => {
    const on = rules.filter(({ enabled }) => enabled);
    const expires = on.some(({ noncurrentDays }) => noncurrentDays !== undefined);
    const abort = on.flatMap(({ abortUploadDays }) => abortUploadDays ?? []);
    // A run of hours must not lose its upload half-way.
    if (abort.some((days) => days < 2))
      return [
        {
          ...about,
          status: 'failed',
          is: `uploads are given up after ${Math.min(...abort)} day: a long one is lost half-way`,
          fix,
        },
      ];
    if (!expires) return [{ ...about, status: 'warning', is: 'older versions stay for ever, and are paid for', fix }];
    const uploads =
      abort.length > 0 ? `uploads are given up after ${Math.min(...abort)} days` : 'no rule for unfinished uploads';
    return [{ ...about, status: 'ok', is: `older versions expire; ${uploads}` }];
  });
}

/** Optional; what it is, is worth knowing. */
function objectLock({ objectLock: reading }: BucketReadings, subject: string): readonly Finding[] {
  const about = {
    area,
    subject: `${subject}: Object Lock`,
    should: 'optional (parameter ObjectLockMode of the stack)',
  };
  return judge(about, reading, (lock) => [
    {
      ...about,
      status: 'ok',
      is:
        lock === undefined
          ? 'off'
          : lock.mode === ''
            ? 'on, without a default retention'
            : `${lock.mode}, ${lock.days ?? 0} days`,
    },
  ]);
}
