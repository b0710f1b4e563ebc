/** Downloads of objects of any size. A connection that breaks is resumed where it broke. */
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { type ObjectPlace, s3Url } from '../../domain/s3.ts';
import { AwsError, explain } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type RetryDecision, retry } from '../../runtime/retry.ts';
import { toAwsError } from './errors.ts';
import type { AwsSession } from './session.ts';

/** Breaks in a row, without a byte in between, after which the download is given up. */
const maxFruitless = 5;
const backoff = { first: 250, longest: 8_000 };

/** The position in a download, and the object it belongs to. */
interface Position {
  at: number;
  size: number | undefined;
  etag: string | undefined;
}

/** As long as bytes arrive, it goes on: each chunk has its own attempts. @throws AwsError */
export async function* download(
  session: AwsSession,
  place: ObjectPlace,
  { logger, signal }: { readonly logger: Logger; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Buffer> {
  const resource = s3Url(place);
  const position: Position = { at: 0, size: undefined, etag: undefined };
  let body: AsyncIterator<Uint8Array> | undefined;
  const nextChunk = async (): Promise<Buffer | undefined> => {
    body ??= await open(session, place, position, signal);
    const { value, done } = await body.next();
    if (!done) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (position.at >= (position.size ?? 0)) return undefined;
    throw Object.assign(new Error(`the answer ended after ${position.at} of ${position.size} bytes`), {
      code: 'ECONNRESET',
    });
  };
  const decide = (error: unknown, attempt: number): RetryDecision<Buffer | undefined> => {
    body = undefined;
    signal?.throwIfAborted();
    // A request has had its attempts in the session; only an answer that broke off is resumed here.
    if (error instanceof AwsError) return { fatal: error };
    return attempt > maxFruitless
      ? { fatal: toAwsError(error, 'GetObject', resource) }
      : { again: explain(error).what };
  };
  const onRetry = ({ reason, waitMs }: { reason: string; waitMs: number }): void =>
    logger.info(
      `GetObject for ${resource} broke off after ${position.at} bytes (${reason}); resuming there in ${waitMs / 1000} s`,
    );
  try {
    for (;;) {
      const chunk = await retry({ clock: session.clock, signal, backoff, decide, onRetry }, nextChunk);
      if (chunk === undefined) return;
      position.at += chunk.length;
      yield chunk;
    }
  } finally {
    // Whoever stops reading early closes the connection.
    await body?.return?.();
  }
}

/** Opens the object at the position. */
async function open(
  session: AwsSession,
  place: ObjectPlace,
  position: Position,
  signal: AbortSignal | undefined,
): Promise<AsyncIterator<Uint8Array>> {
  const answer = await request(session, place, position, signal);
  position.size ??= answer.ContentLength ?? 0;
  position.etag ??= answer.ETag;
  return (answer.Body as unknown as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
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
