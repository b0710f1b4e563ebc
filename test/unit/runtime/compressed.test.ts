/** What dumps are compressed with: one gzip member, in blocks whose memory is used again. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { compressed } from '../../../src/runtime/compression/compressed.ts';

/** Chunks of many sizes, none like another, and one beyond a block. */
function chunks(): readonly Buffer[] {
  const sizes = [1, 70_000, 0, 3_000_000, ...Array.from({ length: 200 }, (_, at) => 60_000 + at)];
  return sizes.map((size, at) => {
    const text = createHash('sha256').update(`${at}`).digest('hex');
    return Buffer.alloc(size, text);
  });
}

async function compress(source: readonly Buffer[]): Promise<Buffer> {
  const all = async function* (): AsyncGenerator<Buffer> {
    yield* source;
  };
  const parts: Buffer[] = [];
  for await (const part of compressed(all(), 5)) parts.push(part);
  return Buffer.concat(parts);
}

test('a stream comes back as it was, although blocks are used again', async () => {
  const source = chunks();
  expect(gunzipSync(await compress(source)).equals(Buffer.concat(source))).toBe(true);
});

test('a stream of nothing is a gzip file of nothing', async () => {
  expect(gunzipSync(await compress([]))).toHaveLength(0);
});
