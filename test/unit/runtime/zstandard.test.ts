/** Zstandard as people have it: of zstd(1), of parallel compressors, with frames to skip, cut off, damaged, too large. */
import { randomBytes } from 'node:crypto';
import { constants, createZstdCompress, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { compressor, decompress } from '../../../src/runtime/compression/format.ts';
import { piecesOf } from '../../../src/runtime/compression/zstd-frames.ts';
import { fileDamaged } from '../../../src/runtime/errors.ts';

const data = Buffer.concat([
  randomBytes(700_000),
  Buffer.from(Array.from({ length: 250_000 }, (_, at) => `${at * 7919},`).join('')),
]);

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

async function all(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

/** A reader that keeps no chunk, as the anonymiser is. */
async function copied(packed: Buffer, size: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of decompress(chunks(packed, size), { once: true })) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

const checksum = { [constants.ZSTD_c_checksumFlag]: 1 };

const frame = (content: Buffer, params: Record<number, number> = checksum): Buffer =>
  zstdCompressSync(content, { params, pledgedSrcSize: content.length });

/** As zstd(1) writes from a pipe: it does not know how much will come. */
async function streamedFrame(pieces: readonly Buffer[], params = checksum): Promise<Buffer> {
  const stream = createZstdCompress({ params });
  const result = all(stream as AsyncIterable<Buffer>);
  for (const piece of pieces) await new Promise((resolve) => stream.write(piece, resolve));
  stream.end();
  return result;
}

function skippable(content: Buffer, kind = 0): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50 + kind, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

const parts = [0, 900_000, 900_001, 900_001, 2_100_000, data.length];
const pieces = parts.slice(1).map((end, at) => data.subarray(parts[at], end));
const [small = data, none = data] = [pieces[0], pieces[2]];

/** The beginning of a frame: its descriptor, and what follows it. */
const begin = (...bytes: number[]): Buffer => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...bytes]);
const header = (...bytes: number[]): Buffer => Buffer.concat([begin(...bytes), Buffer.alloc(100)]);

const shapes: readonly (readonly [string, () => Promise<Buffer> | Buffer])[] = [
  ['the only frame of zstd', () => frame(data)],
  ['of a pipe, which does not tell its size', () => streamedFrame(pieces)],
  ['many frames, small, large and of nothing', () => Buffer.concat(pieces.map((piece) => frame(piece)))],
  ['frames without checksums', () => Buffer.concat(pieces.map((piece) => frame(piece, {})))],
  [
    'of pzstd: a frame to skip before each',
    () => Buffer.concat(pieces.flatMap((piece) => [skippable(Buffer.from('1234')), frame(piece)])),
  ],
  [
    'with a table of its frames at its end',
    () => Buffer.concat([...pieces.map((piece) => frame(piece)), skippable(randomBytes(5000), 14)]),
  ],
  [
    'frames of known and unknown size in turns',
    async () =>
      Buffer.concat(
        await Promise.all(pieces.map((piece, at) => (at % 2 === 0 ? frame(piece) : streamedFrame([piece])))),
      ),
  ],
];

describe('Zstandard is read', () => {
  test.each(shapes)('%s', async (_, make) => {
    const packed = await make();
    for (const size of [997, 65_536, packed.length]) {
      expect((await all(decompress(chunks(packed, size)))).equals(data)).toBe(true);
      expect((await copied(packed, size)).equals(data)).toBe(true);
    }
  });

  test('in chunks of one byte', async () => {
    const packed = Buffer.concat([
      frame(small.subarray(0, 5000)),
      skippable(Buffer.alloc(0)),
      await streamedFrame([small.subarray(5000, 9000)]),
    ]);
    expect((await all(decompress(chunks(packed, 1)))).equals(small.subarray(0, 9000))).toBe(true);
  });

  test('of a frame whose blocks are many for the little it holds', async () => {
    // A million blocks of nothing, and one of four bytes.
    const last = Buffer.concat([Buffer.from([(4 << 3) | 1, 0, 0]), Buffer.from('here')]);
    const packed = Buffer.concat([begin(0x20, 4), Buffer.alloc(3_000_000), last, frame(small)]);
    expect((await all(decompress(chunks(packed, 70_000)))).toString('latin1', 0, 4)).toBe('here');
    expect(await copied(packed, 70_000)).toHaveLength(4 + small.length);
  });

  test('of bytes that are all the same, each block of which is one byte', async () => {
    const same = Buffer.alloc(3_000_000, 7);
    const packed = Buffer.concat([frame(same.subarray(0, 900_000)), frame(same), frame(small)]);
    expect(
      (await all(decompress(chunks(packed, 1000)))).equals(Buffer.concat([same.subarray(0, 900_000), same, small])),
    ).toBe(true);
  });

  test.each([0, 1, 255, 256, 300, 65_791, 65_792, 700_000])('and the header of a frame of %i bytes', async (length) => {
    const content = small.subarray(0, length);
    for await (const { header } of piecesOf(chunks(frame(content), 997)))
      expect(header).toMatchObject({ content: length, window: length, dictionary: 0, checksum: true });
    for await (const { header } of piecesOf(
      chunks(await streamedFrame([content], { [constants.ZSTD_c_windowLog]: 20 }), 997),
    ))
      expect(header).toMatchObject({ content: undefined, window: 2 ** 20, dictionary: 0, checksum: false });
  });

  test('many frames of nothing, and only frames to skip', async () => {
    const empty = Buffer.concat(Array.from({ length: 1000 }, () => frame(none)));
    expect(none).toHaveLength(0);
    expect(await all(decompress(chunks(empty, 100)))).toHaveLength(0);
    expect(await all(decompress(chunks(skippable(Buffer.from('abc')), 5)))).toHaveLength(0);
  });

  test('no further ahead than a few chunks', async () => {
    const one = frame(randomBytes(1_000_000));
    let read = 0;
    const endless = async function* (): AsyncGenerator<Buffer> {
      for (;;) {
        read += 1;
        yield one;
      }
    };
    let taken = 0;
    for await (const chunk of decompress(endless(), { once: true })) {
      expect(chunk).toHaveLength(1_000_000);
      taken += 1;
      expect(read - taken).toBeLessThanOrEqual(5);
      if (taken === 20) break;
    }
  });
});

describe('Zstandard is refused', () => {
  const refused = async (packed: Buffer): Promise<Error> => {
    try {
      await all(decompress(chunks(packed, 70_000)));
    } catch (error) {
      return error as Error;
    }
    throw new Error('it was read');
  };

  test.each(shapes.slice(0, 3))('cut off anywhere: %s', async (_, make) => {
    const packed = await make();
    for (const cut of [1, 4, 5, 1000, packed.length - 20])
      expect(await refused(packed.subarray(0, -cut))).toMatchObject({
        code: fileDamaged,
        message: expect.stringContaining('it ends in the middle of a frame'),
      });
  });

  test.each(shapes.slice(0, 3))('with a wrong checksum: %s', async (_, make) => {
    const packed = Buffer.from(await make());
    packed[packed.length - 1] = (packed.at(-1) as number) ^ 1;
    expect(await refused(packed)).toMatchObject({ code: fileDamaged, message: expect.stringContaining('checksum') });
  });

  test('with something behind its end', async () => {
    const error = await refused(Buffer.concat([frame(small), Buffer.from('-- more SQL\n')]));
    expect(error).toMatchObject({
      code: fileDamaged,
      message: expect.stringContaining('no frame begins where one should'),
    });
  });

  test('damaged inside', async () => {
    const packed = Buffer.from(frame(data, {}));
    packed.fill(0xff, packed.length - 60_000, packed.length - 50_000);
    expect(await refused(packed)).toMatchObject({ code: fileDamaged });
    expect(await refused(header(0x00, 0x58, 0x07, 0, 0))).toMatchObject({
      message: expect.stringContaining('a block of no known kind'),
    });
    expect(await refused(header(0x08, 0x58))).toMatchObject({ message: expect.stringContaining('a newer version') });
  });

  test('with a window of zstd --long=31, or a dictionary, before it is read', async () => {
    const long = await refused(header(0x00, (31 - 10) << 3));
    expect(long).toMatchObject({
      message: expect.stringContaining('needs 2.0 GiB of memory'),
      fix: expect.stringContaining('zstd -dc --long=31'),
    });
    expect(long).not.toMatchObject({ code: fileDamaged });
    // One segment: the window is the content.
    const single = header(0xe0, 0, 0, 0, 0x10, 0, 0, 0, 0);
    expect(await refused(single)).toMatchObject({ message: expect.stringContaining('needs 256.0 MiB of memory') });
    expect(await refused(header(0x21, 77, 5))).toMatchObject({
      message: expect.stringContaining('with a dictionary (77)'),
    });
  });

  test('but not with the largest window that zstd reads by itself', async () => {
    const packed = await streamedFrame(pieces, { ...checksum, [constants.ZSTD_c_windowLog]: 27 });
    expect((packed[5] as number) >> 3).toBe(17);
    expect((await all(decompress(chunks(packed, 70_000)))).equals(data)).toBe(true);
  });
});

test('a source that fails is not taken for a damaged file', async () => {
  const broken = async function* (): AsyncGenerator<Buffer> {
    yield frame(data).subarray(0, 200_000);
    throw new Error('the network is down');
  };
  await expect(all(decompress(broken()))).rejects.toThrow(/^the network is down$/);
});

test('every frame that is written tells its size and has a checksum', async () => {
  const packed: Buffer[] = [];
  const out = compressor('zstd', (bytes) => void packed.push(bytes));
  for (const piece of pieces.slice(0, 2)) await out.write(Buffer.from(piece));
  await out.end();
  expect(packed).toHaveLength(2);
  for (const bytes of packed) {
    const descriptor = bytes[4] as number;
    expect(descriptor & 4).toBe(4);
    expect(descriptor >> 5).not.toBe(0);
  }
});
