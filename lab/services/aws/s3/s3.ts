/** S3 as far as backups need it: versions, multipart uploads, ranges, checksums, conditions, listings in pages. */
import type { Answer } from '../../http/answer.ts';
import type { HttpRequest } from '../../http/call.ts';
import { type CallContext, LabAwsError } from '../protocol/service.ts';
import { getLifecycle, getVersioning } from './bucket-settings.ts';
import { createBucket, deleteBucket, getLocation, headBucket } from './buckets.ts';
import type { BucketCall, ObjectCall } from './call.ts';
import { completeUpload } from './complete-upload.ts';
import { deleteObject, deleteObjects } from './deletion.ts';
import { listObjects, listVersions } from './listings.ts';
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

/** An operation: its method, the query parameter that distinguishes it from others of that method, its name. */
type Route<Call> = readonly [method: string, parameter: string, name: string, handler: (call: Call) => Answer];

const bucketRoutes: readonly Route<BucketCall>[] = [
  ['HEAD', '', 'HeadBucket', headBucket],
  ['GET', 'location', 'GetBucketLocation', getLocation],
  ['GET', 'list-type', 'ListObjectsV2', listObjects],
  ['GET', 'versions', 'ListObjectVersions', listVersions],
  ['GET', 'uploads', 'ListMultipartUploads', listUploads],
  ['GET', 'versioning', 'GetBucketVersioning', getVersioning],
  ['GET', 'lifecycle', 'GetBucketLifecycleConfiguration', getLifecycle],
  ['POST', 'delete', 'DeleteObjects', deleteObjects],
  // A sub-resource that the lab does not know must not make or delete the bucket.
  ['PUT', '!', 'CreateBucket', createBucket],
  ['DELETE', '!', 'DeleteBucket', deleteBucket],
];

/** The first match counts; an empty parameter always matches, `!` when the request has no parameter. */
const objectRoutes: readonly Route<ObjectCall>[] = [
  ['POST', 'uploads', 'CreateMultipartUpload', createUpload],
  ['POST', 'uploadId', 'CompleteMultipartUpload', completeUpload],
  ['PUT', 'uploadId', 'UploadPart', uploadPart],
  ['PUT', 'tagging', 'PutObjectTagging', putTags],
  ['PUT', '', 'PutObject', putObject],
  ['GET', 'uploadId', 'ListParts', listParts],
  ['GET', 'tagging', 'GetObjectTagging', getTags],
  ['GET', '', 'GetObject', getObject],
  ['HEAD', '', 'HeadObject', headObject],
  ['DELETE', 'uploadId', 'AbortMultipartUpload', abortUpload],
  ['DELETE', '', 'DeleteObject', deleteObject],
];

/** Query parameters that are not logged: signatures of presigned URLs, and what the SDK adds. */
const signature = /^(X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)|x-id)$/;

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
    const parameters = { Bucket: bucketName, Key: key, ...Object.fromEntries(logged) };
    const call = { store: this.store, bucketName, request };
    const operation =
      key === ''
        ? match(bucketRoutes, request, (policies) => ({ ...call, policies }))
        : match(objectRoutes, request, (policies) => ({ ...call, key, policies }));
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

function matches(parameter: string, query: URLSearchParams): boolean {
  if (parameter === '!') return [...query.keys()].every((name) => signature.test(name));
  return parameter === '' || query.has(parameter);
}

function match<Call>(
  routes: readonly Route<Call>[],
  { method, path, query }: HttpRequest,
  callOf: (policies: CallContext) => Call,
): Pick<S3Operation, 'name' | 'perform'> {
  const route = routes.find(([its, parameter]) => its === method && matches(parameter, query));
  if (route === undefined)
    throw new LabAwsError('NotImplemented', `the lab's S3 does not know ${method} ${path}?${query}`, 501);
  const [, , name, handler] = route;
  return { name, perform: (policies) => handler(callOf(policies)) };
}
