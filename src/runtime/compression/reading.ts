/** What reading gzip and Zstandard have in common. */
import type { Transform, TransformOptions } from 'node:stream';
import { BackupError, fileDamaged } from '../errors.ts';

/** Node's default of 16 KiB makes inflating three times slower. */
export const chunkSize = 1024 * 1024;

/** Read ahead this far, since inflating waits in the queue behind compressing. */
export const ahead = 4 * chunkSize;

/** For streams of chunks: a reader that comes late gets each as it is. As bytes, all that wait would be joined, which copies them. */
export const eachAsItComes = {
  readableObjectMode: true,
  readableHighWaterMark: ahead / chunkSize,
} as const satisfies TransformOptions;

/** @param bytes of content that could be read */
export function damaged(format: 'gzip' | 'Zstandard', bytes: number, error: Error): BackupError {
  return new BackupError({
    what: `the ${format} file cannot be read beyond byte ${bytes.toLocaleString('en-US')} of its content: ${error.message}`,
    likelyCause: 'it was cut off or damaged in transit, or something follows its end',
    fix: 'download it or create it again, and compare its SHA-256 with the one in the receipt',
    code: fileDamaged,
  });
}

/**
 * Passes a source through a stream that decompresses. A chunk of the source is not used any more when the next one is asked for: its
 * memory may then be freed.
 */
export async function* through(source: AsyncIterable<Buffer>, stream: Transform): AsyncGenerator<Buffer<ArrayBuffer>> {
  // Not awaited: the source of a pipe may never give another chunk.
  void feed(source, stream);
  yield* stream as AsyncIterable<Buffer<ArrayBuffer>>;
}

/** Writes a source to a stream, whose reader gets its errors. */
async function feed(source: AsyncIterable<Buffer>, stream: Transform): Promise<void> {
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  try {
    for await (const chunk of source) {
      const written = new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
      await Promise.race([written, closed]);
      if (stream.destroyed) return;
    }
    stream.end();
  } catch (error) {
    stream.destroy(error as Error);
  }
}
