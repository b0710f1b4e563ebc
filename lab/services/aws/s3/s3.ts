/** S3 as far as backups need it: versions, multipart uploads, ranges, checksums verified, conditions, listings in pages. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from '../../http/answer.ts';
import type { CallContext } from '../protocol/service.ts';
import { LabAwsError } from '../protocol/service.ts';
import { getLifecycle, getVersioning, listObjects, listVersions } from './listings.ts';
import {
  abortUpload,
  completeUpload,
  createUpload,
  listParts,
  listUploads,
  smallestPart,
  uploadPart,
} from './multipart.ts';
import { deleteObject, deleteObjects, getObject, getTags, putObject, putTags } from './objects.ts';
import { type BucketSettings, Store } from './store.ts';

export interface S3Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface S3Operation {
  readonly name: string;
  readonly parameters: unknown;
  readonly perform: (context: CallContext) => Answer;
}

export interface S3Options {
  /** Bytes of every part but the last; smaller in tests than S3's 5 MiB. */
  readonly smallestPart?: number;
}

export class S3 {
  readonly store: Store;
  readonly #smallestPart: number;

  constructor(directory: string, buckets: readonly BucketSettings[], options: S3Options = {}) {
    this.store = new Store(directory, buckets);
    this.#smallestPart = options.smallestPart ?? smallestPart;
  }

  /** What a request asks for. @throws LabAwsError when it is nothing the lab knows */
  route(request: S3Request): S3Operation {
    const [, bucket = '', ...rest] = request.path.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const signature = /^(X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)|x-id)$/;
    const shown = [...request.query].filter(([name]) => !signature.test(name));
    const parameters = { Bucket: bucket, Key: key, ...Object.fromEntries(shown) };
    const [name, perform] = key === '' ? this.#ofBucket(bucket, request) : this.#ofObject(bucket, key, request);
    return { name, parameters, perform };
  }

  #ofBucket(bucket: string, request: S3Request): [string, S3Operation['perform']] {
    const { method, query } = request;
    const store = this.store;
    if (method === 'GET' && query.get('list-type') === '2')
      return ['ListObjectsV2', (context) => listObjects(store, bucket, request, context)];
    if (method === 'GET' && query.has('versions'))
      return ['ListObjectVersions', (context) => listVersions(store, bucket, request, context)];
    if (method === 'GET' && query.has('uploads'))
      return ['ListMultipartUploads', (context) => listUploads(store, bucket, request, context)];
    if (method === 'GET' && query.has('versioning'))
      return ['GetBucketVersioning', (context) => getVersioning(store, bucket, context)];
    if (method === 'GET' && query.has('lifecycle'))
      return ['GetBucketLifecycleConfiguration', (context) => getLifecycle(store, bucket, context)];
    if (method === 'POST' && query.has('delete'))
      return ['DeleteObjects', (context) => deleteObjects(store, bucket, request, context)];
    throw unknown(request);
  }

  #ofObject(bucket: string, key: string, request: S3Request): [string, S3Operation['perform']] {
    const { method, query } = request;
    const store = this.store;
    const upload = query.has('uploadId');
    switch (method) {
      case 'POST':
        if (query.has('uploads'))
          return ['CreateMultipartUpload', (context) => createUpload(store, bucket, key, request, context)];
        if (upload)
          return [
            'CompleteMultipartUpload',
            (context) => completeUpload(store, bucket, key, request, context, this.#smallestPart),
          ];
        break;
      case 'PUT':
        if (upload) return ['UploadPart', (context) => uploadPart(store, bucket, key, request, context)];
        if (query.has('tagging'))
          return ['PutObjectTagging', (context) => putTags(store, bucket, key, request, context)];
        return ['PutObject', (context) => putObject(store, bucket, key, request, context)];
      case 'GET':
        if (upload) return ['ListParts', (context) => listParts(store, bucket, key, request, context)];
        if (query.has('tagging'))
          return ['GetObjectTagging', (context) => getTags(store, bucket, key, request, context)];
        return ['GetObject', (context) => getObject(store, bucket, key, request, context, true)];
      case 'HEAD':
        return ['HeadObject', (context) => getObject(store, bucket, key, request, context, false)];
      case 'DELETE':
        if (upload) return ['AbortMultipartUpload', (context) => abortUpload(store, bucket, key, request, context)];
        return [
          'DeleteObject',
          (context) => ({
            status: 204,
            headers: deleteObject(store, bucket, key, query.get('versionId'), context),
            body: '',
          }),
        ];
    }
    throw unknown(request);
  }
}

function unknown({ method, path, query }: S3Request): LabAwsError {
  return new LabAwsError('NotImplemented', `the lab's S3 does not know ${method} ${path}?${query}`, 501);
}
