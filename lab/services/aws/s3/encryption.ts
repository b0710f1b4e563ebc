/**
 * Encryption at rest. In a bucket with a KMS key S3 uses the key on behalf of the caller, who needs the right to it: to
 * write GenerateDataKey, to read Decrypt, for a multipart upload both (S3 user guide, "Using server-side encryption with
 * AWS KMS keys"). With a bucket key the encryption context is the bucket (same guide, "S3 Bucket Keys"). The key's own
 * policy is taken to leave the decision to the policies of the account.
 */
import { createHash } from 'node:crypto';
import { LabAwsError } from '../protocol/service.ts';
import { authorize, bucketOf, type ObjectCall } from './call.ts';
import type { ObjectVersion, Piece } from './store.ts';

type KeyAction = 'kms:GenerateDataKey' | 'kms:Decrypt';

/** Asks whether the caller may use the key, if there is one. @throws LabAwsError */
export function authorizeKey(call: ObjectCall, keyArn: string | undefined, ...actions: readonly KeyAction[]): void {
  if (keyArn === undefined) return;
  const [, partition, , region] = keyArn.split(':');
  const conditions = {
    'kms:ViaService': `s3.${region}.amazonaws.com`,
    'kms:EncryptionContext:aws:s3:arn': `arn:${partition}:s3:::${call.bucketName}`,
  };
  for (const action of actions) authorize(call, { action, resources: [keyArn], conditions });
}

/**
 * The key that encrypts what the call writes: the bucket's, unless the request asks for S3's own (PutObject,
 * `x-amz-server-side-encryption`: it wins over the bucket's default). @throws LabAwsError when the caller may not use it
 */
export function keyToWrite(call: ObjectCall, ...actions: readonly KeyAction[]): string | undefined {
  const asked = call.request.headers['x-amz-server-side-encryption'];
  if (asked === 'AES256') return undefined;
  if (asked !== undefined) throw new LabAwsError('NotImplemented', `the lab's S3 does not encrypt by ${asked}`, 501);
  const { keyArn } = bucketOf(call).settings;
  authorizeKey(call, keyArn, ...actions);
  return keyArn;
}

export function encryptionHeaders({ keyArn }: Pick<ObjectVersion, 'keyArn'>): Record<string, string> {
  if (keyArn === undefined) return { 'x-amz-server-side-encryption': 'AES256' };
  return {
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': keyArn,
    'x-amz-server-side-encryption-bucket-key-enabled': 'true',
  };
}

/** Without quotes. The ETag of bytes under a KMS key is not their MD5 (S3 API reference, Object, ETag). */
export function etagOf(piece: Pick<Piece, 'md5'>, keyArn: string | undefined): string {
  return (keyArn === undefined ? piece.md5 : createHash('md5').update(keyArn).update(piece.md5).digest()).toString(
    'hex',
  );
}
