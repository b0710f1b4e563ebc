/** Receipts in S3: whole documents, written conditionally, so that two runs cannot overwrite each other unnoticed. */
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Receipt } from '../../domain/receipt.ts';
import type { Receipts } from '../../ports/receipts.ts';
import { AwsError, BackupError } from '../../runtime/errors.ts';
import { toAwsError } from './errors.ts';
import type { AwsSession } from './session.ts';

export class S3Receipts implements Receipts {
  readonly #session: AwsSession;
  readonly #bucket: string;

  constructor(session: AwsSession, bucket: string) {
    this.#session = session;
    this.#bucket = bucket;
  }

  async read(key: string): Promise<{ receipt: Receipt; etag: string } | undefined> {
    const resource = this.#location(key);
    try {
      const call = { operation: 'GetObject', resource, transfer: true };
      const { text, etag } = await this.#session.call(call, async (_signal, options) => {
        const answer = await this.#session.s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }), options);
        return { text: (await answer.Body?.transformToString('utf8')) ?? '', etag: answer.ETag ?? '' };
      });
      return { receipt: check(text, resource), etag };
    } catch (error) {
      if (error instanceof AwsError && error.code === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  async write(key: string, receipt: Receipt, etag?: string): Promise<{ etag: string; location: string }> {
    const resource = this.#location(key);
    const body = `${JSON.stringify(receipt, null, 2)}\n`;
    const answer = await this.#session.call(
      { operation: 'PutObject', resource, transfer: true },
      async (_s, options) => {
        try {
          return await this.#session.s3.send(
            new PutObjectCommand({
              Bucket: this.#bucket,
              Key: key,
              Body: body,
              ContentType: 'application/json',
              ...(etag === undefined ? {} : { IfMatch: etag }),
            }),
            options,
          );
        } catch (error) {
          // The answer to an earlier, successful write was lost: the object is already this document.
          if (toAwsError(error, 'PutObject', resource).code !== 'PreconditionFailed') throw error;
          const now = await this.#session.s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }), options);
          if ((await now.Body?.transformToString('utf8')) !== body) throw error;
          return { ETag: now.ETag };
        }
      },
    );
    return { etag: answer.ETag ?? '', location: resource };
  }

  #location(key: string): string {
    return `s3://${this.#bucket}/${key}`;
  }
}

function check(text: string, location: string): Receipt {
  try {
    const receipt = JSON.parse(text) as Receipt;
    if (receipt.format === 'holdfast-receipt/1') return receipt;
    throw new Error(`its format is ${JSON.stringify(receipt.format)}`);
  } catch (cause) {
    throw new BackupError({
      what: `${location} is not a receipt this version can read: ${(cause as Error).message}`,
      likelyCause: 'it was written by another version of Holdfast, or changed by hand',
    });
  }
}
