/** How a bucket is set up. */
import type { Answer } from '../../http/answer.ts';
import { LabAwsError } from '../protocol/service.ts';
import { document } from './answers.ts';
import { authorizeBucket, type BucketCall, bucketOf } from './call.ts';
import { xml } from './xml.ts';

export function getVersioning(call: BucketCall): Answer {
  authorizeBucket(call, 's3:GetBucketVersioning');
  return document('VersioningConfiguration', bucketOf(call).settings.versioned ? xml('Status', 'Enabled') : '');
}

/** S3 encrypts every bucket, with its own key where nobody gave another (S3 user guide, "Default encryption"). */
export function getEncryption(call: BucketCall): Answer {
  authorizeBucket(call, 's3:GetEncryptionConfiguration');
  const { keyArn } = bucketOf(call).settings;
  const algorithm = xml('SSEAlgorithm', keyArn ? 'aws:kms' : 'AES256');
  const key = keyArn ? xml('KMSMasterKeyID', keyArn, true) : '';
  const rule = xml('Rule', xml('ApplyServerSideEncryptionByDefault', algorithm + key));
  return document('ServerSideEncryptionConfiguration', rule);
}

/** All four blocks, or none: the lab keeps no more. */
export function getPublicAccessBlock(call: BucketCall): Answer {
  authorizeBucket(call, 's3:GetBucketPublicAccessBlock');
  if (!bucketOf(call).settings.publicAccessBlocked)
    throw new LabAwsError(
      'NoSuchPublicAccessBlockConfiguration',
      'The public access block configuration was not found',
      404,
    );
  const blocks = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
  return document('PublicAccessBlockConfiguration', blocks.map((name) => xml(name, 'true')).join(''));
}

export function getPolicy(call: BucketCall): Answer {
  authorizeBucket(call, 's3:GetBucketPolicy');
  const { policy } = bucketOf(call);
  if (policy.length === 0) throw new LabAwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404);
  const body = JSON.stringify({ Version: '2012-10-17', Statement: policy });
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}
