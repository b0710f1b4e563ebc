/** A pipe is looked at, and gives all of its bytes afterwards. */
import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { magic } from '../../../../src/anonymize/bson/format/archive.ts';
import { peek } from '../../../../src/anonymize/bson/pipeline/detect.ts';

const archive = Buffer.concat([Buffer.alloc(4), randomBytes(3_000_000)]);
archive.writeUInt32LE(magic, 0);
const sql = Buffer.from('--\n-- PostgreSQL database dump\n--\n'.repeat(50_000));

const inFrames = (bytes: Buffer): Buffer =>
  Buffer.concat([0, 1, 2, 3].map((at) => zstdCompressSync(bytes.subarray(at * 800_000, (at + 1) * 800_000))));

const ways: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  ['plain', (bytes) => bytes],
  ['gzip', (bytes) => gzipSync(bytes)],
  ['one frame of Zstandard', (bytes) => zstdCompressSync(bytes)],
  ['several frames', inFrames],
];

async function* slowly(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    await new Promise((resolve) => setImmediate(resolve));
    yield bytes.subarray(at, at + size);
  }
}

test.each(ways.flatMap(([name, pack]) => [100, 20_000, 10_000_000].map((size) => [name, size, pack] as const)))(
  'of a dump that is %s, in chunks of %i bytes',
  async (_, size, pack) => {
    for (const [bytes, expected] of [
      [archive, 'archive'],
      [sql, undefined],
      [Buffer.alloc(0), undefined],
    ] as const) {
      const stored = pack(size < 1000 ? bytes.subarray(0, 20_000) : bytes);
      const { format, source } = await peek(slowly(stored, size));
      expect(format).toBe(expected);
      const parts: Buffer[] = [];
      for await (const part of source) parts.push(part);
      expect(Buffer.concat(parts).equals(stored)).toBe(true);
    }
  },
);

test('what cannot be read is told when its turn comes', async () => {
  const broken = async function* (): AsyncGenerator<Buffer> {
    yield archive.subarray(0, 1000);
    throw new Error('the pipe is broken');
  };
  const { format, source } = await peek(broken());
  expect(format).toBe('archive');
  const parts: Buffer[] = [];
  const read = async (): Promise<void> => {
    for await (const part of source) parts.push(part);
  };
  await expect(read()).rejects.toThrow('the pipe is broken');
  expect(Buffer.concat(parts)).toHaveLength(1000);
});
