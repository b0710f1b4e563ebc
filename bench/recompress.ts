/** Started by anonymize.ts: reads a compressed file and writes another, as the anonymiser does, but changes nothing. */
import '../src/runtime/stream-heap.ts';

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { BlockWriter } from '../src/anonymize/bytes/block-writer.ts';
import { compressionOf, compressor, decompress } from '../src/runtime/compression/format.ts';

const [from = '', to = ''] = process.argv.slice(2);
const mebibyte = 1024 * 1024;
const file = createWriteStream(to);
const blocks: Buffer[] = [];
const out = new BlockWriter(mebibyte, (block) => blocks.push(block));
const compress = compressor(
  compressionOf(to),
  async (bytes) => {
    if (!file.write(bytes)) await once(file, 'drain');
  },
  { release: (block) => out.release(block) },
);
for await (const chunk of decompress(createReadStream(from, { highWaterMark: mebibyte }), { once: true })) {
  out.copy(chunk, 0, chunk.length);
  for (const block of blocks.splice(0)) await compress.write(block);
}
out.flush();
for (const block of blocks.splice(0)) await compress.write(block);
await compress.end();
file.end();
await once(file, 'finish');
