/** S3 as far as backups need it: versions, multipart uploads, ranges, checksums, conditions, listings in pages. */
import type { Answer } from '../../http/answer.ts';
import type { HttpRequest } from '../../http/call.ts';
import { type CallContext, LabAwsError } from '../protocol/service.ts';
import { getEncryption, getPolicy, getPublicAccessBlock, getVersioning } from './bucket-settings.ts';
import { createBucket, deleteBucket, getLocation, headBucket } from './buckets.ts';
import type { BucketCall, ObjectCall } from './call.ts';
import { completeUpload } from './complete-upload.ts';
import { copyObject, copyPart } from './copying.ts';
import { deleteObject, deleteObjects } from './deletion.ts';
import { getLifecycle, putLifecycle } from './lifecycle.ts';
import { listObjects, listVersions } from './listings.ts';
import { getLockConfiguration, getRetention, putRetention } from './object-lock.ts';
import { getObject, headObject, putObject } from './objects.ts';
import { type BucketSettings, Store } from './store.ts';
import { getTags, putTags } from './tagging.ts';
import { abortUpload, createUpload, listParts, listUploads, uploadPart } from './uploads.ts';

export interface S3Operation {
  readonly name: string;
  readonly parameters: unknown;
  /** @throws LabAwsError */
  readonly perform: (policies: CallContext) => Answer;
}

/**
 * An operation: its method, the query parameter that distinguishes it from others of that method, its name, its handler, and
 * the other parameters that it may have.
 */
type Route<Call> = readonly [
  method: string,
  parameter: string,
  name: string,
  handler: (call: Call) => Answer,
  others?: readonly string[],
];

const page = ['prefix', 'encoding-type'];
const version = ['versionId'];

const bucketRoutes: readonly Route<BucketCall>[] = [
  ['HEAD', '', 'HeadBucket', headBucket],
  ['GET', 'location', 'GetBucketLocation', getLocation],
  [
    ...(['GET', 'list-type', 'ListObjectsV2', listObjects] as const),
    [...page, 'delimiter', 'continuation-token', 'start-after', 'max-keys', 'fetch-owner'],
  ],
  [
    ...(['GET', 'versions', 'ListObjectVersions', listVersions] as const),
    [...page, 'key-marker', 'version-id-marker', 'max-keys'],
  ],
  [
    ...(['GET', 'uploads', 'ListMultipartUploads', listUploads] as const),
    [...page, 'key-marker', 'upload-id-marker', 'max-uploads'],
  ],
  ['GET', 'versioning', 'GetBucketVersioning', getVersioning],
  ['GET', 'lifecycle', 'GetBucketLifecycleConfiguration', getLifecycle],
  ['PUT', 'lifecycle', 'PutBucketLifecycleConfiguration', putLifecycle],
  ['GET', 'encryption', 'GetBucketEncryption', getEncryption],
  ['GET', 'publicAccessBlock', 'GetPublicAccessBlock', getPublicAccessBlock],
  ['GET', 'policy', 'GetBucketPolicy', getPolicy],
  ['GET', 'object-lock', 'GetObjectLockConfiguration', getLockConfiguration],
  ['POST', 'delete', 'DeleteObjects', deleteObjects],
  ['PUT', '', 'CreateBucket', createBucket],
  ['DELETE', '', 'DeleteBucket', deleteBucket],
];

/** The first match counts; an empty parameter matches a request without any. */
const objectRoutes: readonly Route<ObjectCall>[] = [
  ['POST', 'uploads', 'CreateMultipartUpload', createUpload],
  ['POST', 'uploadId', 'CompleteMultipartUpload', completeUpload],
  ['PUT', 'uploadId', 'UploadPart', uploadPart, ['partNumber']],
  ['PUT', 'tagging', 'PutObjectTagging', putTags, version],
  ['PUT', 'retention', 'PutObjectRetention', putRetention, version],
  ['PUT', '', 'PutObject', putObject],
  ['GET', 'uploadId', 'ListParts', listParts, ['part-number-marker', 'max-parts']],
  ['GET', 'tagging', 'GetObjectTagging', getTags, version],
  ['GET', 'retention', 'GetObjectRetention', getRetention, version],
  ['GET', '', 'GetObject', getObject, version],
  ['HEAD', '', 'HeadObject', headObject, version],
  ['DELETE', 'uploadId', 'AbortMultipartUpload', abortUpload],
  ['DELETE', '', 'DeleteObject', deleteObject, version],
];

/** With the header x-amz-copy-source, these are meant. */
const copyRoutes: readonly Route<ObjectCall>[] = [
  ['PUT', 'uploadId', 'UploadPartCopy', copyPart, ['partNumber']],
  ['PUT', '', 'CopyObject', copyObject],
];

/** Query parameters that are not logged: signatures of presigned URLs, and what the SDK adds. */
const signature =
  /^(X-Amz-(Algorithm|Credential|Content-Sha256|Date|Expires|SignedHeaders|Signature|Security-Token)|x-id|x-amz-(checksum-[a-z0-9]+|sdk-checksum-algorithm))$/;

/** Headers that the lab heeds, or that change nothing in it. Others would change what an operation does. */
const knownHeader = new RegExp(
  `^x-amz-(${[
    ...['date', 'content-sha256', 'security-token', 'user-agent', 'decoded-content-length', 'trailer', 'tagging'],
    ...['checksum-[a-z0-9]+', 'sdk-checksum-algorithm', 'meta-.+', 'expected-bucket-owner', 'mp-object-size'],
    ...['object-lock-mode', 'object-lock-retain-until-date', 'bypass-governance-retention', 'server-side-encryption'],
    ...['copy-source', 'copy-source-range', 'metadata-directive', 'tagging-directive'],
  ].join('|')})$`,
);

export class S3 {
  readonly store: Store;

  /** @param directory where the objects are kept */
  constructor(directory: string, buckets: readonly BucketSettings[]) {
    this.store = new Store(directory, buckets);
  }

  /** The operation that a request asks for. @throws LabAwsError for one that the lab does not know */
  route(request: HttpRequest): S3Operation {
    const { bucketName, key } = placeOf(request);
    const logged = [...request.query].filter(([name]) => !signature.test(name));
    const source = request.headers['x-amz-copy-source'];
    const copied = source === undefined ? {} : { CopySource: String(source) };
    const parameters = { Bucket: bucketName, Key: key, ...copied, ...Object.fromEntries(logged) };
    const call = { store: this.store, bucketName, request };
    const routes = source === undefined ? objectRoutes : copyRoutes;
    const operation =
      key === ''
        ? match(bucketRoutes, request, (policies) => ({ ...call, policies }))
        : match(routes, request, (policies) => ({ ...call, key, policies }));
    return { parameters, ...operation };
  }
}

/** The bucket is the first part of the path, or of the host's name (virtual-hosted style). */
function placeOf({ headers, path }: HttpRequest): { readonly bucketName: string; readonly key: string } {
  const host = /^(.+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com$/.exec(String(headers.host ?? ''))?.[1];
  const parts = path.slice(1).split('/');
  const bucketName = host ?? parts.shift() ?? '';
  return { bucketName, key: decodeURIComponent(parts.join('/')) };
}

function match<Call>(
  routes: readonly Route<Call>[],
  { method, path, query, headers }: HttpRequest,
  callOf: (policies: CallContext) => Call,
): Pick<S3Operation, 'name' | 'perform'> {
  const named = [...query.keys()].filter((one) => !signature.test(one));
  const route = routes.find(
    ([of, parameter, , , others = []]) =>
      of === method &&
      (parameter === '' || named.includes(parameter)) &&
      named.every((one) => one === parameter || others.includes(one)),
  );
  // Another operation than the one without the parameter: DELETE ?tagging does not delete the object.
  if (route === undefined)
    throw new LabAwsError('NotImplemented', `the lab's S3 does not know ${method} ${path}?${query}`, 501);
  const unknown = Object.keys(headers).filter((one) => /^x-amz-/.test(one) && !knownHeader.test(one));
  if (unknown.length > 0)
    throw new LabAwsError('NotImplemented', `the lab's S3 does not know the header ${unknown.join(', ')}`, 501);
  const [, , name, handler] = route;
  return { name, perform: (policies) => handler(callOf(policies)) };
}
