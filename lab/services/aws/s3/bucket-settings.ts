/** How a bucket is set up. */
import type { Answer } from '../../http/answer.ts';
import { LabAwsError } from '../protocol/service.ts';
import { document } from './answers.ts';
import { authorizeBucket, type BucketCall, bucketOf } from './call.ts';
import type { LifecycleRule } from './store.ts';
import { xml } from './xml.ts';

export function getVersioning(call: BucketCall): Answer {
  authorizeBucket(call, 's3:GetBucketVersioning');
  return document('VersioningConfiguration', bucketOf(call).settings.versioned ? xml('Status', 'Enabled') : '');
}

export function getLifecycle(call: BucketCall): Answer {
  authorizeBucket(call, 's3:GetLifecycleConfiguration');
  const rules = bucketOf(call).settings.lifecycle;
  if (rules.length === 0)
    throw new LabAwsError('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', 404);
  return document('LifecycleConfiguration', rules.map(ruleXml).join(''));
}

function ruleXml(rule: LifecycleRule): string {
  const optional = (name: string, value: number | undefined): string =>
    value === undefined ? '' : xml(name, String(value));
  const noncurrent =
    optional('NoncurrentDays', rule.noncurrentDays) + optional('NewerNoncurrentVersions', rule.newerNoncurrentVersions);
  const uploads = optional('DaysAfterInitiation', rule.abortUploadDays);
  return xml(
    'Rule',
    xml('ID', rule.id, true) +
      xml('Filter', xml('Prefix', rule.prefix, true)) +
      xml('Status', rule.enabled ? 'Enabled' : 'Disabled') +
      (rule.noncurrentDays === undefined ? '' : xml('NoncurrentVersionExpiration', noncurrent)) +
      (uploads === '' ? '' : xml('AbortIncompleteMultipartUpload', uploads)),
  );
}
