/** Downloads of objects of any size. A connection that breaks is resumed where it broke. */
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { type ObjectPlace, s3Url } from '../../domain/s3.ts';
import { AwsError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { toAwsError } from './errors.ts';
import type { AwsSession } from './session.ts';

/** Breaks in a row, without a byte in between, after which the download is given up. */
const maxFruitless = 5;

/** The position in a download, and the object it belongs to. */
interface Position {
  at: number;
  size: number | undefined;
  etag: string | undefined;
}

export async function* download(
  session: AwsSession,
  place: ObjectPlace,
  { logger, signal }: { readonly logger: Logger; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Buffer> {
  const resource = s3Url(place);
  const position: Position = { at: 0, size: undefined, etag: undefined };
  for (let fruitless = 0; ; ) {
    const before = position.at;
    try {
      const answer = await request(session, place, position, signal);
      position.size ??= answer.ContentLength ?? 0;
      position.etag ??= answer.ETag;
      for await (const chunk of answer.Body as unknown as AsyncIterable<Uint8Array>) {
        const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
        position.at += bytes.length;
        yield bytes;
      }
      if (position.at >= position.size) return;
      throw Object.assign(new Error(`the answer ended after ${position.at} of ${position.size} bytes`), {
        code: 'ECONNRESET',
      });
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof AwsError) throw cause;
      fruitless = position.at > before ? 1 : fruitless + 1;
      if (fruitless > maxFruitless) throw toAwsError(cause, 'GetObject', resource);
      logger.info(
        `GetObject for ${resource} broke off after ${position.at} bytes (${(cause as Error).message}); resuming there`,
      );
    }
  }
}

function request(
  session: AwsSession,
  place: ObjectPlace,
  { at, etag }: Position,
  signal: AbortSignal | undefined,
): Promise<GetObjectCommandOutput> {
  const { bucket, key, versionId } = place;
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    VersionId: versionId,
    ...(at === 0 ? {} : { Range: `bytes=${at}-`, IfMatch: etag }),
  });
  // The time limit of a call covers the beginning of its answer; the body may take longer.
  return session.call({ operation: 'GetObject', resource: s3Url(place), signal }, () =>
    session.s3.send(command, signal ? { abortSignal: signal } : {}),
  );
}
