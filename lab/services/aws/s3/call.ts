/** What one call to S3 works with. */
import type { HttpRequest } from '../../http/call.ts';
import { decide } from '../auth/iam.ts';
import { type Authorization, type CallContext, LabAwsError } from '../protocol/service.ts';
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
  call: BucketCall,
  action: string,
  conditions: Readonly<Record<string, string>> = {},
): void {
  authorize(call, { action, resources: [`arn:aws:s3:::${call.bucketName}`], conditions });
}

/** Asks whether the caller may do this to the object. @throws LabAwsError */
export function authorizeObject(call: ObjectCall, action: string): void {
  authorize(call, { action, resources: [`arn:aws:s3:::${call.bucketName}/${call.key}`] });
}

/** Asks the policies of the caller, and first whether the bucket's policy denies it. @throws LabAwsError */
export function authorize(call: BucketCall, question: Authorization): void {
  const statements = call.store.buckets.get(call.bucketName)?.policy ?? [];
  const keys = { ...question.conditions, 'aws:SecureTransport': String(!isPlain(call.request)) };
  for (const resource of question.resources) {
    const denied = decide([{ name: 'bucket', statements }], { action: question.action, resource, keys });
    if (denied.statements.length > 0)
      throw new LabAwsError(
        'AccessDenied',
        `The caller is not authorized to perform: ${question.action} on resource: "${resource}" with an explicit deny in a resource-based policy`,
        403,
      );
  }
  call.policies.authorize(question);
}

/**
 * The lab speaks HTTP on loopback, which stands for TLS. A request with this header stands for one that reached S3 without
 * it. The header is not part of the signature, so any client can be made to send it.
 */
function isPlain({ headers }: HttpRequest): boolean {
  return headers['x-lab-transport'] === 'plain';
}
