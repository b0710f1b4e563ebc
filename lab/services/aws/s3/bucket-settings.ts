/** How a bucket is set up. */
import type { Answer } from '../../http/answer.ts';
import { document } from './answers.ts';
import { authorizeBucket, type BucketCall, bucketOf } from './call.ts';
import { xml } from './xml.ts';

export function getVersioning(call: BucketCall): Answer {
  authorizeBucket(call, 's3:GetBucketVersioning');
  return document('VersioningConfiguration', bucketOf(call).settings.versioned ? xml('Status', 'Enabled') : '');
}
