/** Buckets as a whole: made, looked for, deleted. */
import type { Answer } from '../../http/answer.ts';
import { document, noContent } from './answers.ts';
import { authorizeBucket, type BucketCall, bucketOf } from './call.ts';
import { element } from './xml.ts';

/** A bucket that was made by hand has no versions. */
export function createBucket(call: BucketCall): Answer {
  authorizeBucket(call, 's3:CreateBucket');
  const { store, bucketName: name, request } = call;
  const region = element(request.body.toString('utf8'), 'LocationConstraint') ?? 'us-east-1';
  store.create({ name, versioned: false, lifecycle: [] }, region);
  return { status: 200, headers: { location: `/${name}` }, body: '' };
}

/** Without a body, as any answer to HEAD: the status says why a bucket is refused (API reference, HeadBucket). */
export function headBucket(call: BucketCall): Answer {
  authorizeBucket(call, 's3:ListBucket');
  return { status: 200, headers: { 'x-amz-bucket-region': bucketOf(call).region }, body: '' };
}

export function getLocation(call: BucketCall): Answer {
  authorizeBucket(call, 's3:GetBucketLocation');
  const { region } = bucketOf(call);
  return document('LocationConstraint', region === 'us-east-1' ? '' : region);
}

export function deleteBucket(call: BucketCall): Answer {
  authorizeBucket(call, 's3:DeleteBucket');
  call.store.remove(call.bucketName);
  return noContent;
}
