/** Objects in S3, read and listed, and small ones written in one request. */
import {
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { type ObjectPlace, type StoredObject, s3Url } from '../../domain/s3.ts';
import type { Documents, NewObject, WrittenVersion } from '../../ports/objects.ts';
import { AwsError, isPreconditionFailed, isUnsupported } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { download } from './download.ts';
import type { AwsSession } from './session.ts';
import { taggingHeader } from './tagging.ts';

export interface DocumentsOptions {
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

export class S3Documents implements Documents {
  protected readonly session: AwsSession;
  protected readonly options: DocumentsOptions;

  constructor(session: AwsSession, options: DocumentsOptions) {
    this.session = session;
    this.options = options;
  }

  protected call<T>(operation: string, resource: string, send: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    return this.session.call({ operation, resource, signal: this.options.signal }, send);
  }

  read(place: ObjectPlace): AsyncIterable<Buffer> {
    return download(this.session, place, this.options);
  }

  async text(place: ObjectPlace): Promise<string | undefined> {
    const parts: Buffer[] = [];
    try {
      for await (const chunk of this.read(place)) parts.push(chunk);
    } catch (error) {
      if (isNoObject(error, place)) return undefined;
      throw error;
    }
    return Buffer.concat(parts).toString('utf8');
  }

  async document(place: ObjectPlace): Promise<{ readonly text: string; readonly etag: string } | undefined> {
    const { bucket, key, versionId } = place;
    const call = { operation: 'GetObject', resource: s3Url(place), signal: this.options.signal, transfer: true };
    try {
      return await this.session.call(call, async (_signal, options) => {
        const command = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId });
        const answer = await this.session.s3.send(command, options);
        return { text: (await answer.Body?.transformToString('utf8')) ?? '', etag: answer.ETag ?? '' };
      });
    } catch (error) {
      if (isNoObject(error, place)) return undefined;
      throw error;
    }
  }

  async put(object: NewObject, body: string, over?: string | null): Promise<WrittenVersion> {
    try {
      return await this.#put(object, body, over);
    } catch (error) {
      // Some servers know no conditions; two writers at once are then not told apart.
      if (over !== undefined && isUnsupported(error)) return this.#put(object, body, undefined);
      // The answer to an earlier, successful write may be lost: then the object is this one.
      if (!isPreconditionFailed(error) || (await this.text(object)) !== body) throw error;
      return { versionId: undefined };
    }
  }

  async #put(object: NewObject, body: string, over: string | null | undefined): Promise<WrittenVersion> {
    const call = { operation: 'PutObject', resource: s3Url(object), signal: this.options.signal, transfer: true };
    const answer = await this.session.call(call, (_signal, options) =>
      this.session.s3.send(
        new PutObjectCommand({
          Bucket: object.bucket,
          Key: object.key,
          Body: body,
          ContentType: object.contentType,
          Metadata: { ...object.metadata },
          Tagging: taggingHeader(object.tags),
          ...(over === undefined ? {} : over === null ? { IfNoneMatch: '*' } : { IfMatch: over }),
        }),
        options,
      ),
    );
    return { versionId: answer.VersionId, etag: answer.ETag };
  }

  async versions(bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    return this.#versions(bucket, prefix).catch((error: unknown) => {
      if (!isUnsupported(error)) throw error;
      return this.list(bucket, prefix);
    });
  }

  async #versions(bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    // By key and version: versitygw begins a page with the entry that ended the page before (its issue 2178).
    const objects = new Map<string, StoredObject>();
    const add = (one: StoredObject) => objects.set(JSON.stringify([one.key, one.versionId]), one);
    let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await this.call('ListObjectVersions', `s3://${bucket}/${prefix}`, (abortSignal) =>
        this.session.s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...marker }), {
          abortSignal,
        }),
      );
      for (const version of page.Versions ?? []) add(storedObject(version));
      for (const deletion of page.DeleteMarkers ?? []) add({ ...storedObject(deletion), deleteMarker: true });
      if (!page.IsTruncated) return [...objects.values()];
      marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  }

  async list(bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    const objects: StoredObject[] = [];
    let token: string | undefined;
    do {
      const page = await this.call('ListObjectsV2', `s3://${bucket}/${prefix}`, (abortSignal) =>
        this.session.s3.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token ? { ContinuationToken: token } : {}) }),
          { abortSignal },
        ),
      );
      for (const object of page.Contents ?? []) objects.push(storedObject({ ...object, IsLatest: true }));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return objects;
  }
}

/** Whether there is nothing to read: no object, or a delete marker (S3 user guide, "Working with delete markers": 405 for its version). */
function isNoObject(error: unknown, { versionId }: ObjectPlace): boolean {
  if (!(error instanceof AwsError)) return false;
  if (error.code === 'MethodNotAllowed') return versionId !== undefined;
  return error.code === 'NoSuchKey' || error.code === 'NoSuchVersion';
}

/** A version, a delete marker or a current object as S3 lists it. */
interface Listed {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly ETag?: string | undefined;
  readonly Size?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly IsLatest?: boolean | undefined;
}

function storedObject({
  Key = '',
  VersionId,
  ETag,
  Size = 0,
  LastModified = new Date(0),
  IsLatest = false,
}: Listed): StoredObject {
  return {
    key: Key,
    versionId: VersionId,
    size: Size,
    modifiedAt: LastModified,
    latest: IsLatest,
    ...(ETag === undefined ? {} : { etag: ETag }),
    deleteMarker: false,
  };
}
