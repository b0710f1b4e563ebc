/** Streams of bytes. */
import type { Hash } from 'node:crypto';

export interface Observer {
  /** Hashes every byte. */
  readonly hash?: Hash | undefined;
  /** Gets the number of bytes so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /** Ends the stream at its next piece, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Passes a stream on unchanged, and shows its bytes to the observer. */
export async function* observed(
  source: AsyncIterable<Buffer>,
  { hash, onProgress, signal }: Observer,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of source) {
    signal?.throwIfAborted();
    hash?.update(chunk);
    bytes += chunk.length;
    onProgress?.(bytes);
    yield chunk;
  }
}
