/** A stream of bytes, compressed in blocks side by side. */
import { type Compression, compressor } from './format.ts';

const blockSize = 1024 * 1024;

/** @param level of the compression: from 1 to its highest */
export async function* compressed(
  source: AsyncIterable<Buffer>,
  level: number,
  compression: Compression = 'gzip',
): AsyncGenerator<Buffer> {
  const done: Buffer[] = [];
  // Blocks are used again: left to the garbage collector, they would pile up between its rounds.
  const free: Buffer[] = [];
  const release = (used: Buffer): void => void free.push(used);
  const compress = compressor(compression, (bytes) => void done.push(bytes), { level, release });
  let block: Buffer = Buffer.allocUnsafeSlow(blockSize);
  let filled = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const copied = chunk.copy(block, filled, at);
      filled += copied;
      at += copied;
      if (filled < blockSize) continue;
      await compress.write(block);
      block = free.pop() ?? Buffer.allocUnsafeSlow(blockSize);
      filled = 0;
    }
    yield* done.splice(0);
  }
  if (filled > 0) await compress.write(block.subarray(0, filled));
  await compress.end();
  yield* done.splice(0);
}
