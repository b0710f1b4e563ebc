/** gzip and Zstandard, written in blocks and read in chunks. */
import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { compressor, decompress } from '../../../src/runtime/compression/format.ts';

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

describe('compression', () => {
  const data = Buffer.concat([randomBytes(300_000), Buffer.from('lorem ipsum '.repeat(200_000)), randomBytes(7)]);
  const compress = async (kind: 'gzip' | 'zstd', blocks: readonly Buffer[]): Promise<Buffer> => {
    const parts: Buffer[] = [];
    const out = compressor(kind, (bytes) => void parts.push(Buffer.from(bytes)));
    for (const block of blocks) await out.write(block);
    await out.end();
    return Buffer.concat(parts);
  };
  const blocksOf = (size: number, given = data): Buffer[] =>
    Array.from({ length: Math.ceil(given.length / size) }, (_, index) =>
      Buffer.from(given.subarray(index * size, (index + 1) * size)),
    );
  const all = async (source: AsyncIterable<Buffer>): Promise<Buffer> => {
    const parts: Buffer[] = [];
    for await (const part of source) parts.push(Buffer.from(part));
    return Buffer.concat(parts);
  };

  test.each([
    // Five hundred blocks over the border from random bytes to text: each costs zlib a fresh state.
    [1000, data.subarray(50_000, 550_000)],
    [65_536, data],
    [1_048_576, data],
    [10_000_000, data],
  ])('in blocks of %i bytes is one gzip member', async (size, given) => {
    const packed = await compress('gzip', blocksOf(size, given));
    expect(gunzipSync(packed).equals(given)).toBe(true);
    expect((await all(decompress(chunks(packed, 1013)))).equals(given)).toBe(true);
  });

  test('of no bytes is an empty member', async () => {
    expect(gunzipSync(await compress('gzip', [])).length).toBe(0);
    expect(zstdDecompressSync(await compress('zstd', [])).length).toBe(0);
  });

  test.each([1, 7, 4096, 1_000_000])('Zstandard of many frames is read in chunks of %i bytes', async (size) => {
    const small = data.subarray(299_000, 340_000);
    const skippable = Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0]), Buffer.from('abc')]);
    const frames = [0, 1, 2].map((index) => zstdCompressSync(small.subarray(index * 10_000, (index + 1) * 10_000)));
    const packed = Buffer.concat([frames[0] as Buffer, skippable, ...frames.slice(1)]);
    expect((await all(decompress(chunks(packed, size)))).equals(small.subarray(0, 30_000))).toBe(true);
    const ours = await compress('zstd', blocksOf(1_048_576));
    if (size > 1000) expect((await all(decompress(chunks(ours, size)))).equals(data)).toBe(true);
  });

  test('that is cut off or damaged is refused', async () => {
    const packed = await compress('gzip', blocksOf(65_536));
    await expect(all(decompress(chunks(packed.subarray(0, -5), 1000)))).rejects.toThrow('unexpected end of file');
    const flipped = Buffer.from(gzipSync(data));
    flipped[flipped.length - 6] = (flipped.at(-6) as number) ^ 1;
    await expect(all(decompress(chunks(flipped, 1000)))).rejects.toThrow('incorrect data check');
    const zstd = await compress('zstd', blocksOf(65_536));
    await expect(all(decompress(chunks(zstd.subarray(0, -5), 1000)))).rejects.toThrow('in the middle of a frame');
  });
});
