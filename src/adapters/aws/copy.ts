/** Copies inside of S3: no byte passes through here. Large objects are copied in parts, several at once. */
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { type ObjectPlace, s3Url } from '../../domain/s3.ts';
import type { NewObject, WrittenVersion } from '../../ports/objects.ts';
import { explainInLine, isUnsupported } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { AwsSession, CallOptions } from './session.ts';
import { taggingHeader } from './tagging.ts';

export interface CopyParts {
  /** Bytes above which an object is copied in parts. */
  readonly above: number;
  /** Bytes of a part. */
  readonly size: number;
}

const mebibyte = 1024 * 1024;

/** One request copies up to 5 GB (S3 API reference, CopyObject). */
export const copyParts: CopyParts = { above: 5_000_000_000, size: 512 * mebibyte };

/** S3 user guide, "Amazon S3 multipart upload limits". */
const mostParts = 10_000;
/** Parts copied at once. */
const parallel = 4;

interface CopyOptions {
  readonly signal: AbortSignal | undefined;
  readonly logger: Logger;
  readonly parts: CopyParts;
}

export class S3Copy {
  readonly #session: AwsSession;
  readonly #options: CopyOptions;

  constructor(session: AwsSession, options: CopyOptions) {
    this.#session = session;
    this.#options = options;
  }

  async copy(from: ObjectPlace, to: NewObject, size: number): Promise<WrittenVersion> {
    const write = (condition: { IfNoneMatch?: string }, tags: NewObject['tags']): Promise<WrittenVersion> => {
      const object = { ...to, tags };
      return size > this.#options.parts.above
        ? this.#inParts(from, object, size, condition)
        : this.#whole(from, object, condition);
    };
    return write({ IfNoneMatch: '*' }, to.tags).catch((error: unknown) => {
      if (!isUnsupported(error)) throw error;
      // Other servers than AWS's: without the condition, and perhaps without tags, which the receipt repeats.
      return write({}, to.tags).catch((again: unknown) => {
        if (!isUnsupported(again)) throw again;
        return write({}, {});
      });
    });
  }

  #call(operation: string, to: NewObject): CallOptions {
    return { operation, resource: s3Url(to), signal: this.#options.signal, transfer: true };
  }

  async #whole(from: ObjectPlace, to: NewObject, condition: { IfNoneMatch?: string }): Promise<WrittenVersion> {
    const { VersionId, CopyObjectResult } = await this.#session.call(this.#call('CopyObject', to), (_signal, options) =>
      this.#session.s3.send(
        new CopyObjectCommand({
          ...attributesOf(to),
          ...condition,
          CopySource: copySource(from),
          MetadataDirective: 'REPLACE',
          TaggingDirective: 'REPLACE',
        }),
        options,
      ),
    );
    return { versionId: VersionId, etag: CopyObjectResult?.ETag };
  }

  async #inParts(
    from: ObjectPlace,
    to: NewObject,
    size: number,
    condition: { IfNoneMatch?: string },
  ): Promise<WrittenVersion> {
    const { s3 } = this.#session;
    // Without a checksum of ours: S3 has the bytes, and versitygw 1.8 tells that of the whole source for each part.
    const { UploadId } = await this.#session.call(this.#call('CreateMultipartUpload', to), (_signal, options) =>
      s3.send(new CreateMultipartUploadCommand(attributesOf(to)), options),
    );
    const target = { Bucket: to.bucket, Key: to.key, UploadId };
    try {
      const parts = await this.#copyParts(from, to, target, size);
      const { VersionId, ETag } = await this.#session.call(
        this.#call('CompleteMultipartUpload', to),
        (_signal, options) =>
          s3.send(
            new CompleteMultipartUploadCommand({ ...target, ...condition, MultipartUpload: { Parts: parts } }),
            options,
          ),
      );
      return { versionId: VersionId, etag: ETag };
    } catch (error) {
      await this.#abort(to, target);
      throw error;
    }
  }

  async #copyParts(
    from: ObjectPlace,
    to: NewObject,
    target: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
    size: number,
  ): Promise<CompletedPart[]> {
    const length = Math.max(this.#options.parts.size, Math.ceil(size / mostParts));
    const count = Math.ceil(size / length);
    const parts: CompletedPart[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let at = next++; at < count; at = next++) {
        const [first, last] = [at * length, Math.min(size, (at + 1) * length) - 1];
        const range = { CopySource: copySource(from), CopySourceRange: `bytes=${first}-${last}` };
        const { CopyPartResult } = await this.#session.call(this.#call('UploadPartCopy', to), (_signal, options) =>
          this.#session.s3.send(new UploadPartCopyCommand({ ...target, ...range, PartNumber: at + 1 }), options),
        );
        parts[at] = { PartNumber: at + 1, ETag: CopyPartResult?.ETag };
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: parallel }, worker));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return parts;
  }

  async #abort(
    to: NewObject,
    target: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
  ): Promise<void> {
    const call = { operation: 'AbortMultipartUpload', resource: s3Url(to), attempts: 3 };
    try {
      await this.#session.call(call, (abortSignal) =>
        this.#session.s3.send(new AbortMultipartUploadCommand(target), { abortSignal }),
      );
    } catch (error) {
      this.#options.logger.warning(
        `the unfinished copy ${s3Url(to)} could not be aborted (${explainInLine(error)}); a later dump of the source aborts it`,
      );
    }
  }
}

function attributesOf({ bucket, key, contentType, metadata, tags }: NewObject) {
  const Tagging = taggingHeader(tags);
  return {
    Bucket: bucket,
    Key: key,
    ContentType: contentType,
    Metadata: { ...metadata },
    ...(Tagging === undefined ? {} : { Tagging }),
  };
}

/** The header x-amz-copy-source, which is URL-encoded but for its slashes (S3 API reference, CopyObject). */
function copySource({ bucket, key, versionId }: ObjectPlace): string {
  const path = key.split('/').map(encodeURIComponent).join('/');
  return `${bucket}/${path}${versionId === undefined ? '' : `?versionId=${encodeURIComponent(versionId)}`}`;
}
