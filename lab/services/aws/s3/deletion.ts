/** Objects deleted: by a delete marker, or for good, version by version. */
import type { Answer } from '../../http/answer.ts';
import { LabAwsError } from '../protocol/service.ts';
import { document, noContent } from './answers.ts';
import { authorizeObject, type BucketCall, bucketOf, type ObjectCall } from './call.ts';
import { bypasses, checkUnlocked } from './object-lock.ts';
import { checkSums } from './payload.ts';
import { type Bucket, discard, type ObjectVersion } from './store.ts';
import { element, elements, xml } from './xml.ts';

export function deleteObject(call: ObjectCall): Answer {
  return { ...noContent, headers: remove(call, call.request.query.get('versionId')) };
}

export function deleteObjects(call: BucketCall): Answer {
  const { body, headers } = call.request;
  checkSums(body, headers);
  const results = elements(body.toString('utf8'), 'Object').map((object) => {
    const key = element(object, 'Key') ?? '';
    try {
      const versionId = element(object, 'VersionId');
      return xml('Deleted', xml('Key', key, true) + deleted(versionId, remove({ ...call, key }, versionId ?? null)));
    } catch (error) {
      if (!(error instanceof LabAwsError)) throw error;
      return xml('Error', xml('Key', key, true) + xml('Code', error.code, true) + xml('Message', error.message, true));
    }
  });
  return document('DeleteResult', results.join(''));
}

/** What was deleted, and whether that made or removed a delete marker (S3 API reference, DeletedObject). */
function deleted(versionId: string | undefined, headers: Record<string, string>): string {
  const marker = headers['x-amz-delete-marker'] === 'true';
  return (
    (versionId === undefined ? '' : xml('VersionId', versionId)) +
    (marker ? xml('DeleteMarker', 'true') + xml('DeleteMarkerVersionId', headers['x-amz-version-id'] ?? '') : '')
  );
}

/** @returns the headers of the answer */
function remove(call: ObjectCall, versionId: string | null): Record<string, string> {
  authorizeObject(call, versionId === null ? 's3:DeleteObject' : 's3:DeleteObjectVersion');
  const { store, key } = call;
  const bucket = bucketOf(call);
  const versions = bucket.objects.get(key) ?? [];
  if (versionId !== null) {
    checkUnlocked(
      call,
      versions.find((one) => one.versionId === versionId),
      bypasses(call),
    );
    return removeVersion(bucket, key, versionId);
  }
  if (!bucket.settings.versioned) {
    for (const one of versions) discard(one.pieces);
    bucket.objects.delete(key);
    return {};
  }
  const marker = deleteMarker(store.nextVersion(bucket));
  bucket.objects.set(key, [...versions, marker]);
  return { 'x-amz-version-id': marker.versionId, 'x-amz-delete-marker': 'true' };
}

function removeVersion(bucket: Bucket, key: string, versionId: string): Record<string, string> {
  const versions = bucket.objects.get(key) ?? [];
  const removed = versions.find((one) => one.versionId === versionId);
  if (removed) discard(removed.pieces);
  const left = versions.filter((one) => one !== removed);
  if (left.length === 0) bucket.objects.delete(key);
  else bucket.objects.set(key, left);
  return { 'x-amz-version-id': versionId, ...(removed?.deleteMarker ? { 'x-amz-delete-marker': 'true' } : {}) };
}

export function deleteMarker(versionId: string): ObjectVersion {
  return {
    versionId,
    pieces: [],
    etag: '',
    checksum: { algorithm: 'CRC32', value: '', type: 'FULL_OBJECT' },
    size: 0,
    at: new Date(),
    contentType: '',
    metadata: {},
    tags: {},
    deleteMarker: true,
  };
}
