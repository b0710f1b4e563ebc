/** Reads a whole dump with one visitor. */
import { DumpReader, type ReaderOptions } from './dump-reader.ts';
import type { DumpVisitor } from './dump-visitor.ts';

export interface ReadOptions extends ReaderOptions {
  readonly signal?: AbortSignal | undefined;
}

/** @throws DumpError when the dump cannot be read, or is cut off */
export async function readDump(
  source: AsyncIterable<Buffer>,
  visitor: DumpVisitor,
  options: ReadOptions,
): Promise<void> {
  const reader = new DumpReader(visitor, options);
  for await (const chunk of source) {
    options.signal?.throwIfAborted();
    reader.push(chunk);
  }
  reader.end();
}
