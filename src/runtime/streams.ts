/** Bytes on their way through. */
import type { Hash } from 'node:crypto';

export interface Observer {
  /** Takes in every byte. */
  readonly hash?: Hash | undefined;
  /** Is told how many bytes have come so far. */
  readonly tell?: ((bytes: number) => void) | undefined;
  /** Ends it at the next piece, with its own reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Hands a stream on as it is, and shows what passes to whoever wants to know of it. */
export async function* observed(
  source: AsyncIterable<Buffer>,
  { hash, tell, signal }: Observer,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of source) {
    signal?.throwIfAborted();
    hash?.update(chunk);
    bytes += chunk.length;
    tell?.(bytes);
    yield chunk;
  }
}
