/** Memory that is used again: of chunks that a source frees, of pieces that a sink has written. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { fileChunks } from '../../../src/runtime/compression/file-chunks.ts';
import { compressor, decompress } from '../../../src/runtime/compression/format.ts';

const data = Buffer.from(Array.from({ length: 400_000 }, (_, at) => `${at * 7919},`).join(''));

/** Wipes a chunk as soon as the next one is asked for, as its memory may then hold anything. */
async function* wiped(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = Buffer.from(bytes.subarray(at, at + size));
    yield chunk;
    chunk.fill(0);
  }
}

async function all(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

describe('chunks that a source wipes behind its reader', () => {
  const small = Array.from({ length: 5 }, (_, at) => data.subarray(at * 60_000, (at + 1) * 60_000));
  const stored: readonly (readonly [name: string, packed: Buffer, content: Buffer])[] = [
    ['gzip', gzipSync(data), data],
    ['two gzip members', Buffer.concat([gzipSync(data), gzipSync(data)]), Buffer.concat([data, data])],
    ['one large frame of Zstandard', zstdCompressSync(data), data],
    [
      'small frames of Zstandard',
      Buffer.concat(small.map((part) => zstdCompressSync(part, { pledgedSrcSize: part.length }))),
      Buffer.concat(small),
    ],
    ['nothing', data, data],
  ];
  const cases = stored.flatMap(([name, packed, content]) =>
    [3, 1013, 65_536].map((size) => [name, size, packed, content] as const),
  );

  test.each(cases.filter(([, size, packed]) => packed.length / size < 2000))(
    'are read before, of %s in chunks of %i bytes',
    async (_name, size, packed, content) => {
      expect((await all(decompress(wiped(packed, size), { once: true }))).equals(content)).toBe(true);
    },
  );

  test('are copied for a reader that keeps them', async () => {
    const kept: Buffer[] = [];
    for await (const chunk of decompress(wiped(data, 65_536))) kept.push(chunk);
    expect(Buffer.concat(kept).equals(data)).toBe(true);
  });
});

test('a source is closed when its reader stops early', async () => {
  for (const packed of [gzipSync(data), zstdCompressSync(data), data]) {
    let closed = false;
    const source = async function* (): AsyncGenerator<Buffer> {
      try {
        yield* wiped(packed, 4096);
      } finally {
        closed = true;
      }
    };
    for await (const _ of decompress(source(), { once: true })) break;
    // Never, unless it is closed: the test's limit ends it.
    while (!closed) await new Promise((resolve) => setTimeout(resolve, 5));
  }
});

test.each(['gzip', 'zstd'] as const)('%s frees what the sink has written, only where it may', async (kind) => {
  const written = async (once: boolean): Promise<{ bytes: Buffer; left: number }> => {
    const copies: Buffer[] = [];
    const pieces: Buffer[] = [];
    const sink = async (piece: Buffer): Promise<void> => {
      pieces.push(piece);
      await new Promise(setImmediate);
      copies.push(Buffer.from(piece));
    };
    const out = compressor(kind, sink, { once });
    for (let at = 0; at < data.length; at += 500_000) await out.write(Buffer.from(data.subarray(at, at + 500_000)));
    await out.end();
    return {
      bytes: Buffer.concat(copies),
      left: pieces.reduce((sum, { buffer }) => sum + (buffer.byteLength > Buffer.poolSize ? buffer.byteLength : 0), 0),
    };
  };
  const [kept, freed] = [await written(false), await written(true)];
  expect(freed.bytes.equals(kept.bytes)).toBe(true);
  expect(kept.left).toBeGreaterThan(kept.bytes.length / 2);
  expect(freed.left).toBe(0);
});

test('the chunks of a file are freed one after another', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-chunks-'));
  try {
    const path = join(folder, 'file');
    writeFileSync(path, data);
    const copies: Buffer[] = [];
    let before: Buffer | undefined;
    for await (const chunk of fileChunks(path)) {
      expect(before?.buffer.byteLength ?? 0).toBe(0);
      copies.push(Buffer.from(chunk));
      before = chunk;
    }
    expect(copies.length).toBeGreaterThan(2);
    expect(Buffer.concat(copies).equals(data)).toBe(true);
    await expect(all(fileChunks(join(folder, 'none')))).rejects.toThrow('ENOENT');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
