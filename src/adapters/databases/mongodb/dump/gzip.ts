/** Compresses a stream with gzip, in blocks on several threads. */
import { compressor } from '../../../../runtime/compression/format.ts';

const blockSize = 1024 * 1024;

export async function* gzipped(source: AsyncIterable<Buffer>, level: number): AsyncGenerator<Buffer> {
  const out: Buffer[] = [];
  const compress = compressor('gzip', (bytes) => void out.push(bytes), { level });
  let waiting: Buffer[] = [];
  let length = 0;
  const flush = async (): Promise<void> => {
    await compress.write(Buffer.concat(waiting, length));
    waiting = [];
    length = 0;
  };
  for await (const chunk of source) {
    // The compressor owns its blocks; a chunk may be used again by who gave it.
    waiting.push(Buffer.from(chunk));
    length += chunk.length;
    if (length >= blockSize) await flush();
    yield* out.splice(0);
  }
  if (length > 0) await flush();
  await compress.end();
  yield* out.splice(0);
}
