/**
 * An upload of unknown length: parts grow so that the limit of 10,000 cannot be met, several are on their way at once,
 * each with S3's own checksum, and the SHA-256 of the whole is kept.
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
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Tags } from '../../domain/ec2.ts';
import type { ForeignPart, NewObject, Upload } from '../../ports/objects.ts';
import { AwsError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { AwsSession } from './session.ts';

const mebibyte = 1024 * 1024;

/**
 * Bytes of a part: 8 MiB, doubled after every thousand parts, so that the 10,000 parts that S3 allows hold 8 TiB, more
 * than the largest object (5 TiB; S3 user guide, multipart upload limits).
 */
export function partSizes(part: number): number {
  return 8 * mebibyte * 2 ** Math.floor((part - 1) / 1000);
}

/** Bytes on their way at once; a single part may be larger. */
const inFlight = 32 * mebibyte;

export function tagging(tags: Tags): string {
  return new URLSearchParams(tags).toString();
}

interface Options {
  readonly logger: Logger;
  readonly signal: AbortSignal | undefined;
  readonly partSize: (part: number) => number;
}

export class S3Upload implements Upload {
  readonly #session: AwsSession;
  readonly #object: NewObject;
  readonly #options: Options;
  readonly #uploadId: string;
  readonly #hash = createHash('sha256');
  readonly #parts: CompletedPart[] = [];
  readonly #sending = new Set<Promise<void>>();
  readonly #free: Buffer[] = [];
  #buffer: Buffer | undefined;
  #filled = 0;
  #number = 1;
  #size = 0;
  #sendingBytes = 0;
  #failure: unknown;
  #foreign: { readonly size: number; readonly sha256: string } | undefined;
  completed: { readonly versionId: string | undefined } | undefined;

  static async begin(session: AwsSession, object: NewObject, options: Options): Promise<S3Upload> {
    const answer = await session.call(
      { operation: 'CreateMultipartUpload', resource: shown(object), signal: options.signal },
      (abortSignal) =>
        session.s3.send(
          new CreateMultipartUploadCommand({
            Bucket: object.bucket,
            Key: object.key,
            ContentType: object.contentType,
            Metadata: { ...object.metadata },
            ChecksumAlgorithm: object.checksum ?? 'CRC32',
            ...(Object.keys(object.tags).length > 0 ? { Tagging: tagging(object.tags) } : {}),
          }),
          { abortSignal },
        ),
    );
    return new S3Upload(session, object, options, answer.UploadId ?? '');
  }

  private constructor(session: AwsSession, object: NewObject, options: Options, uploadId: string) {
    this.#session = session;
    this.#object = object;
    this.#options = options;
    this.#uploadId = uploadId;
  }

  get key(): string {
    return this.#object.key;
  }

  get id(): string {
    return this.#uploadId;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#size += bytes.length;
    let at = 0;
    while (at < bytes.length) {
      this.#buffer ??= this.#fresh();
      const length = Math.min(bytes.length - at, this.#buffer.length - this.#filled);
      this.#buffer.set(bytes.subarray(at, at + length), this.#filled);
      this.#filled += length;
      at += length;
      if (this.#filled === this.#buffer.length) await this.#send();
    }
  }

  #fresh(): Buffer {
    const size = this.#options.partSize(this.#number);
    const used = this.#free.pop();
    return used?.length === size ? used : Buffer.allocUnsafeSlow(size);
  }

  async #send(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const body = (this.#buffer ?? Buffer.alloc(0)).subarray(0, this.#filled);
    while (this.#sendingBytes > 0 && this.#sendingBytes + body.length > inFlight) await Promise.race(this.#sending);
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
    const resource = `part ${part} of ${shown(this.#object)}`;
    const answer = await this.#session.call(
      { operation: 'UploadPart', resource, signal: this.#options.signal },
      (abortSignal) =>
        this.#session.s3.send(
          new UploadPartCommand({
            Bucket: this.#object.bucket,
            Key: this.#object.key,
            UploadId: this.#uploadId,
            PartNumber: part,
            Body: body,
            ChecksumAlgorithm: 'CRC32',
          }),
          { abortSignal },
        ),
    );
    this.#parts[part - 1] = { PartNumber: part, ETag: answer.ETag, ChecksumCRC32: answer.ChecksumCRC32 };
  }

  async sign(parts: readonly ForeignPart[]): Promise<{ url: string; signatures: readonly string[] }> {
    const signingDate = new Date();
    const common = { Bucket: this.#object.bucket, Key: this.#object.key, UploadId: this.#uploadId };
    const urls = await Promise.all(
      parts.map(({ number, sha256 }) =>
        getSignedUrl(
          this.#session.s3,
          new UploadPartCommand({
            ...common,
            PartNumber: number,
            ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
          }),
          // The checksum stays a header that must be sent as signed; in the URL S3 would not compare it.
          { expiresIn: 3600, signingDate, unhoistableHeaders: new Set(['x-amz-checksum-sha256']) },
        ),
      ),
    );
    const [first = ''] = urls;
    const url = new URL(first);
    const signatures = urls.map((one) => new URL(one).searchParams.get('X-Amz-Signature') ?? '');
    url.searchParams.delete('X-Amz-Signature');
    url.searchParams.delete('partNumber');
    return { url: url.href, signatures };
  }

  adopt(parts: readonly (ForeignPart & { readonly etag: string })[], size: number, sha256: string): void {
    this.#foreign = { size, sha256 };
    this.#size = size;
    for (const { number, etag, sha256: sum } of parts)
      this.#parts[number - 1] = {
        PartNumber: number,
        ETag: `"${etag}"`,
        ChecksumSHA256: Buffer.from(sum, 'hex').toString('base64'),
      };
  }

  async finish(): Promise<{ size: number; sha256: string }> {
    if (this.#foreign) return this.#foreign;
    // An object has one part at least, be it empty.
    if (this.#filled > 0 || this.#number === 1) await this.#send();
    while (this.#sending.size > 0) await Promise.race(this.#sending);
    if (this.#failure !== undefined) throw this.#failure;
    return { size: this.#size, sha256: this.#hash.digest('hex') };
  }

  async complete(): Promise<{ versionId: string | undefined }> {
    this.completed ??= await this.#complete();
    return this.completed;
  }

  async #complete(): Promise<{ versionId: string | undefined }> {
    const resource = shown(this.#object);
    const answer = await this.#session.call(
      { operation: 'CompleteMultipartUpload', resource, signal: this.#options.signal },
      async (abortSignal) => {
        try {
          return await this.#session.s3.send(
            new CompleteMultipartUploadCommand({
              Bucket: this.#object.bucket,
              Key: this.#object.key,
              UploadId: this.#uploadId,
              MultipartUpload: { Parts: this.#parts },
            }),
            { abortSignal },
          );
        } catch (error) {
          // The answer to an earlier, successful call was lost: the object is there, with our run in its metadata.
          if ((error as Error).name !== 'NoSuchUpload') throw error;
          const head = await this.#session.s3.send(
            new HeadObjectCommand({ Bucket: this.#object.bucket, Key: this.#object.key }),
            { abortSignal },
          );
          const mark = this.#object.metadata['holdfast-run'];
          if (mark === undefined || head.Metadata?.['holdfast-run'] !== mark || head.ContentLength !== this.#size)
            throw error;
          return { VersionId: head.VersionId };
        }
      },
    );
    return { versionId: answer.VersionId };
  }

  async abort(): Promise<void> {
    if (this.completed) return;
    while (this.#sending.size > 0) await Promise.race(this.#sending);
    const abort = (): Promise<unknown> =>
      // Without the run's signal: it is what a cancelled run has to do at the end.
      this.#session.call(
        { operation: 'AbortMultipartUpload', resource: shown(this.#object), attempts: 3 },
        (abortSignal) =>
          this.#session.s3.send(
            new AbortMultipartUploadCommand({
              Bucket: this.#object.bucket,
              Key: this.#object.key,
              UploadId: this.#uploadId,
            }),
            { abortSignal },
          ),
      );
    try {
      await abort();
    } catch (error) {
      if (error instanceof AwsError && error.code === 'NoSuchUpload') return;
      this.#options.logger.warning(
        `the unfinished upload of ${shown(this.#object)} could not be given up (${(error as Error).message}); the next run does it`,
      );
    }
  }
}

function shown({ bucket, key }: { readonly bucket: string; readonly key: string }): string {
  return `s3://${bucket}/${key}`;
}
