/**
 * Multipart uploads of unknown length. Parts grow so that the limit of 10,000 is never reached; several are sent at once,
 * each with S3's own checksum, and the whole is hashed with SHA-256.
 */
import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Tags } from '../../domain/ec2.ts';
import { s3Url } from '../../domain/s3.ts';
import type {
  Digest,
  HostPart,
  NewObject,
  SignedParts,
  Upload,
  UploadedPart,
  WrittenVersion,
} from '../../ports/objects.ts';
import { AwsError, explainInLine, isUnsupported } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { presignParts } from './presign.ts';
import type { AwsSession } from './session.ts';
import { taggingHeader } from './tagging.ts';

const mebibyte = 1024 * 1024;

/**
 * Bytes of a part: 8 MiB, doubled after every thousand parts. The 10,000 parts that S3 allows then hold 8 TiB, more than
 * the largest object (5 TiB; S3 user guide, multipart upload limits).
 */
export function partSizes(part: number): number {
  return 8 * mebibyte * 2 ** Math.floor((part - 1) / 1000);
}

/** Bytes that are sent at once; a single part may be larger. */
const maxSendingBytes = 32 * mebibyte;

interface UploadOptions {
  readonly logger: Logger;
  readonly signal: AbortSignal | undefined;
  readonly partSize: (part: number) => number;
}

export class S3Upload implements Upload {
  readonly id: string;
  readonly #session: AwsSession;
  readonly #object: NewObject;
  readonly #options: UploadOptions;
  readonly #hash = createHash('sha256');
  readonly #parts: CompletedPart[] = [];
  readonly #sending = new Set<Promise<void>>();
  /** Buffers that were sent, for use by later parts. */
  readonly #free: Buffer[] = [];
  #buffer: Buffer | undefined;
  #filled = 0;
  #number = 1;
  #size = 0;
  #sendingBytes = 0;
  #failure: unknown;
  /** Digest of an archive whose parts a host uploaded. */
  #adopted: Digest | undefined;
  completed: WrittenVersion | undefined;

  static async begin(session: AwsSession, object: NewObject, options: UploadOptions): Promise<S3Upload> {
    const create = (tags: Tags) =>
      session.call(
        { operation: 'CreateMultipartUpload', resource: s3Url(object), signal: options.signal },
        (abortSignal) =>
          session.s3.send(
            new CreateMultipartUploadCommand({
              Bucket: object.bucket,
              Key: object.key,
              ContentType: object.contentType,
              Metadata: { ...object.metadata },
              ChecksumAlgorithm: object.checksum ?? 'CRC32',
              Tagging: taggingHeader(tags),
            }),
            { abortSignal },
          ),
      );
    const answer = await create(object.tags).catch((error: unknown) => {
      // Some servers keep no tags; what they say is in the receipt, too.
      if (!isUnsupported(error) || Object.keys(object.tags).length === 0) throw error;
      return create({});
    });
    return new S3Upload(session, object, options, answer.UploadId ?? '');
  }

  private constructor(session: AwsSession, object: NewObject, options: UploadOptions, id: string) {
    this.#session = session;
    this.#object = object;
    this.#options = options;
    this.id = id;
  }

  get key(): string {
    return this.#object.key;
  }

  /** Bucket, key and id, as every request of this upload has them. */
  get #target(): { Bucket: string; Key: string; UploadId: string } {
    return { Bucket: this.#object.bucket, Key: this.#object.key, UploadId: this.id };
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#size += bytes.length;
    let at = 0;
    while (at < bytes.length) {
      this.#buffer ??= this.#newBuffer();
      const length = Math.min(bytes.length - at, this.#buffer.length - this.#filled);
      this.#buffer.set(bytes.subarray(at, at + length), this.#filled);
      this.#filled += length;
      at += length;
      if (this.#filled === this.#buffer.length) await this.#send();
    }
  }

  #newBuffer(): Buffer {
    const size = this.#options.partSize(this.#number);
    const used = this.#free.pop();
    return used?.length === size ? used : Buffer.allocUnsafeSlow(size);
  }

  /** Sends the buffer as the next part, once there is room; its failure shows at the next part, or at the end. */
  async #send(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const body = (this.#buffer ?? Buffer.alloc(0)).subarray(0, this.#filled);
    while (this.#sendingBytes > 0 && this.#sendingBytes + body.length > maxSendingBytes)
      await Promise.race(this.#sending);
    const part = this.#number;
    this.#number += 1;
    this.#sendingBytes += body.length;
    const sending = this.#sendPart(part, body)
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#sending.delete(sending);
        this.#sendingBytes -= body.length;
        this.#free.push(Buffer.from(body.buffer));
      });
    this.#sending.add(sending);
    this.#buffer = undefined;
    this.#filled = 0;
  }

  async #sendPart(part: number, body: Buffer): Promise<void> {
    const resource = `part ${part} of ${s3Url(this.#object)}`;
    const command = { ...this.#target, PartNumber: part, Body: body, ChecksumAlgorithm: 'CRC32' } as const;
    const answer = await this.#session.call(
      { operation: 'UploadPart', resource, signal: this.#options.signal, transfer: true },
      (_signal, options) => this.#session.s3.send(new UploadPartCommand(command), options),
    );
    this.#parts[part - 1] = { PartNumber: part, ETag: answer.ETag, ChecksumCRC32: answer.ChecksumCRC32 };
  }

  sign(parts: readonly HostPart[]): Promise<SignedParts> {
    const { bucket, key } = this.#object;
    return presignParts(this.#session, { bucket, key, uploadId: this.id }, parts);
  }

  adopt(parts: readonly UploadedPart[], whole: Digest): void {
    this.#adopted = whole;
    this.#size = whole.size;
    for (const { number, etag, sha256 } of parts)
      this.#parts[number - 1] = {
        PartNumber: number,
        ETag: `"${etag}"`,
        ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
      };
  }

  async finish(): Promise<Digest> {
    if (this.#adopted) return this.#adopted;
    // An object has at least one part, even if it is empty.
    if (this.#filled > 0 || this.#number === 1) await this.#send();
    while (this.#sending.size > 0) await Promise.race(this.#sending);
    if (this.#failure !== undefined) throw this.#failure;
    return { size: this.#size, sha256: this.#hash.digest('hex') };
  }

  async complete(): Promise<WrittenVersion> {
    this.completed ??= await this.#complete().catch(async (error: unknown) => {
      // The answer to an earlier call may have been lost, however this one ended.
      const lost = error instanceof AwsError && (error.code === 'NoSuchUpload' || error.outcome === 'maybe-done');
      const written = lost ? await this.#completedEarlier().catch(() => undefined) : undefined;
      if (written) return written;
      throw error;
    });
    return this.completed;
  }

  async #complete(): Promise<WrittenVersion> {
    const { VersionId, ETag } = await this.#session.call(
      {
        operation: 'CompleteMultipartUpload',
        resource: s3Url(this.#object),
        signal: this.#options.signal,
        transfer: true,
      },
      (_signal, options) =>
        this.#session.s3.send(
          new CompleteMultipartUploadCommand({ ...this.#target, MultipartUpload: { Parts: this.#parts } }),
          options,
        ),
    );
    return { versionId: VersionId, etag: ETag };
  }

  /** @returns the object, if it has our size, and our run and point in time in its metadata */
  async #completedEarlier(): Promise<WrittenVersion | undefined> {
    const { bucket, key, metadata } = this.#object;
    const head = await this.#session.call(
      { operation: 'HeadObject', resource: s3Url(this.#object), signal: this.#options.signal },
      (abortSignal) => this.#session.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal }),
    );
    const isOurs = metadata['holdfast-run'] !== undefined && head.ContentLength === this.#size;
    const same = Object.entries(metadata).every(([name, value]) => head.Metadata?.[name] === value);
    return isOurs && same ? { versionId: head.VersionId, etag: head.ETag } : undefined;
  }

  async abort(): Promise<void> {
    if (this.completed) return;
    while (this.#sending.size > 0) await Promise.race(this.#sending);
    const resource = s3Url(this.#object);
    try {
      // It must work at the end of a cancelled run, hence without its signal.
      await this.#session.call({ operation: 'AbortMultipartUpload', resource, attempts: 3 }, (abortSignal) =>
        this.#session.s3.send(new AbortMultipartUploadCommand(this.#target), { abortSignal }),
      );
    } catch (error) {
      if (error instanceof AwsError && error.code === 'NoSuchUpload') return;
      this.#options.logger.warning(
        `the unfinished upload of ${resource} could not be aborted (${explainInLine(error)}); the next run aborts it`,
      );
    }
  }
}
