/** What is read of a stream, kept to be read again. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { KeptCopy, type Room } from '../../../src/runtime/compression/kept-copy.ts';

const mebibyte = 1024 * 1024;
const plenty: Room = { type: 0xef53, free: 100 * 1024 * mebibyte, memory: 1024 * mebibyte };

let folder: string;
let seen: Buffer[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-kept-'));
  seen = [];
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Chunks of all sizes, each with bytes of its own. */
const sizes = [1, mebibyte, mebibyte, 1000, mebibyte, 3];

async function* chunks(count = sizes.length): AsyncGenerator<Buffer> {
  for (let index = 0; index < count; index += 1) {
    const size = sizes[index % sizes.length] as number;
    yield Buffer.from(new ArrayBuffer(size)).fill(`chunk ${index}, `);
  }
}

async function bytesOf(source: AsyncIterable<Buffer> | undefined): Promise<Buffer | undefined> {
  if (source === undefined) return undefined;
  const read: Buffer[] = [];
  for await (const chunk of source) read.push(Buffer.from(chunk));
  return Buffer.concat(read);
}

/** What the stream holds. */
async function all(): Promise<Buffer> {
  return (await bytesOf(chunks())) as Buffer;
}

/** Reads all of the stream through the copy; while it is read, the folder holds no name. */
async function read(copy: KeptCopy, source = chunks()): Promise<Buffer> {
  for await (const chunk of copy.keep(source)) {
    expect(readdirSync(folder)).toEqual([]);
    seen.push(Buffer.from(chunk));
  }
  return Buffer.concat(seen);
}

describe('a kept copy', () => {
  test('gives the same bytes again, and leaves nothing in the folder', async () => {
    const copy = new KeptCopy(folder, async () => plenty);
    const first = await read(copy);
    expect(first.equals(await all())).toBe(true);
    expect((await bytesOf(copy.content()))?.equals(first)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
    await copy.close();
    expect(copy.content()).toBeUndefined();
  });

  test.each<[string, Room]>([
    ['where there is little room', { ...plenty, free: 900 * mebibyte }],
    ['in memory (tmpfs)', { ...plenty, type: 0x01021994 }],
  ])('is not made %s; the stream passes all the same', async (_, room) => {
    const copy = new KeptCopy(folder, async () => room);
    expect((await read(copy)).equals(await all())).toBe(true);
    expect(copy.content()).toBeUndefined();
  });

  test('is not made in a folder that does not exist', async () => {
    const copy = new KeptCopy(join(folder, 'missing'));
    for await (const chunk of copy.keep(chunks())) seen.push(Buffer.from(chunk));
    expect(Buffer.concat(seen).equals(await all())).toBe(true);
    expect(copy.content()).toBeUndefined();
  });

  test('is given up when it would take a tenth of the memory', async () => {
    const copy = new KeptCopy(folder, async () => ({ ...plenty, memory: 30 * mebibyte }));
    const bytes = await read(copy);
    expect(bytes.equals(await all())).toBe(true);
    expect(bytes.length).toBeGreaterThan(3 * mebibyte);
    expect(copy.content()).toBeUndefined();
  });

  test('is not given when the stream broke', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield* chunks(2);
      throw new Error('cut off');
    }
    const copy = new KeptCopy(folder, async () => plenty);
    await expect(read(copy, broken())).rejects.toThrow('cut off');
    expect(copy.content()).toBeUndefined();
    await copy.close();
  });
});
