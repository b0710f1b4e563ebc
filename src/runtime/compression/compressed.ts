/** A stream of bytes, compressed with gzip in blocks side by side. */
import { compressor } from './format.ts';

const blockSize = 1024 * 1024;

/** @param level 1 to 9 */
export async function* compressed(source: AsyncIterable<Buffer>, level: number): AsyncGenerator<Buffer> {
  const done: Buffer[] = [];
  const compress = compressor('gzip', (bytes) => void done.push(bytes), { level });
  let parts: Buffer[] = [];
  let length = 0;
  const flush = async (): Promise<void> => {
    if (length > 0) await compress.write(Buffer.concat(parts, length));
    parts = [];
    length = 0;
  };
  for await (const chunk of source) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= blockSize) await flush();
    yield* done.splice(0);
  }
  await flush();
  await compress.end();
  yield* done.splice(0);
}
