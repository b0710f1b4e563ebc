/** What one call to S3 works with. */
import type { HttpRequest } from '../../http/call.ts';
import type { CallContext } from '../protocol/service.ts';
import type { Bucket, Store } from './store.ts';

export interface BucketCall {
  readonly store: Store;
  readonly bucketName: string;
  readonly request: HttpRequest;
  /** Asks the policies. */
  readonly policies: CallContext;
}

export interface ObjectCall extends BucketCall {
  readonly key: string;
}

/** The bucket of the call. @throws LabAwsError when there is no such bucket */
export function bucketOf({ store, bucketName }: BucketCall): Bucket {
  return store.bucket(bucketName);
}

/** Asks whether the caller may do this to the bucket. @throws LabAwsError */
export function authorizeBucket(
  { bucketName, policies }: BucketCall,
  action: string,
  conditions: Readonly<Record<string, string>> = {},
): void {
  policies.authorize({ action, resources: [`arn:aws:s3:::${bucketName}`], conditions });
}

/** Asks whether the caller may do this to the object. @throws LabAwsError */
export function authorizeObject({ bucketName, key, policies }: ObjectCall, action: string): void {
  policies.authorize({ action, resources: [`arn:aws:s3:::${bucketName}/${key}`] });
}
