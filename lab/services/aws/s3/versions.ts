/** The version of an object that a call is about, and the conditions that it sets. */
import { LabAwsError } from '../protocol/service.ts';
import { authorizeBucket, authorizeObject, bucketOf, type ObjectCall } from './call.ts';
import type { ObjectVersion } from './store.ts';

/**
 * The version that a call reads: the one it names, by default the current one.
 * @param what the policies are asked for `s3:GetObject` followed by this, or for its form for versions
 * @throws LabAwsError
 */
export function versionToRead(call: ObjectCall, what: '' | 'Tagging' = ''): ObjectVersion {
  const wanted = call.request.query.get('versionId');
  authorizeObject(call, `s3:GetObject${wanted === null ? '' : 'Version'}${what}`);
  const version = versionOf(call);
  if (version && !version.deleteMarker) return version;
  // A caller who may not list does not learn what exists (S3 API reference, GetObject).
  try {
    authorizeBucket(call, 's3:ListBucket');
  } catch {
    throw new LabAwsError('AccessDenied', 'Access Denied', 403);
  }
  if (wanted !== null && version === undefined) throw noSuchVersion();
  // S3 user guide, "Working with delete markers": GET and HEAD of a marker by its version id.
  if (wanted !== null)
    throw new LabAwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
  throw noSuchKey();
}

/** The version that the call names, by default the newest one, even if it is a delete marker. */
export function versionOf(call: ObjectCall): ObjectVersion | undefined {
  const wanted = call.request.query.get('versionId');
  const versions = bucketOf(call).objects.get(call.key) ?? [];
  return wanted === null ? versions.at(-1) : versions.find((one) => one.versionId === wanted);
}

export function noSuchVersion(): LabAwsError {
  return new LabAwsError('NoSuchVersion', 'The specified version does not exist.', 404);
}

export function noSuchKey(): LabAwsError {
  return new LabAwsError('NoSuchKey', 'The specified key does not exist.', 404);
}

/** Checks `If-Match` and `If-None-Match` of a write. @throws LabAwsError */
export function checkWriteConditions(call: ObjectCall): void {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = call.request.headers;
  const current = bucketOf(call).current(call.key);
  if (ifMatch !== undefined && current === undefined) throw noSuchKey();
  if ((ifMatch !== undefined && ifMatch !== current?.etag) || (ifNoneMatch === '*' && current !== undefined))
    throw preconditionFailed();
}

/** Checks `If-Match` of a read. @throws LabAwsError */
export function checkReadConditions({ request }: ObjectCall, { etag }: ObjectVersion): void {
  const ifMatch = request.headers['if-match'];
  if (ifMatch !== undefined && ifMatch !== etag) throw preconditionFailed();
}

function preconditionFailed(): LabAwsError {
  return new LabAwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
}
