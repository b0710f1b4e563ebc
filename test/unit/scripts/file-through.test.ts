import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, expect, test } from '@jest/globals';
import { fileThrough } from '../../../scripts/lib/file-through.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-load-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// The last chunk is smaller than what a stream takes before it lets wait.
const bytes = randomBytes(2_100_000);
const path = join(folder, 'dump');
writeFileSync(path, bytes);

test('a loader may keep every chunk', async () => {
  const kept: Buffer[] = [];
  await fileThrough(path)(async (chunks) => {
    for await (const chunk of chunks) kept.push(chunk);
  });
  expect(kept.length).toBeGreaterThan(1);
  expect(Buffer.concat(kept).equals(bytes)).toBe(true);
});

test('what a loader writes into a file is the file', async () => {
  const copy = join(folder, 'copy');
  await fileThrough(path)((chunks) => pipeline(chunks, createWriteStream(copy)));
  expect(readFileSync(copy).equals(bytes)).toBe(true);
});

test('a file that is gone is an error of the load', async () => {
  await expect(fileThrough(join(folder, 'none'))(async () => {})).rejects.toThrow('ENOENT');
});

test('a folder is none, and is told by what writes it', () => {
  const dumped = join(folder, 'dumped');
  mkdirSync(dumped);
  expect(() => fileThrough(dumped)).toThrow('is a folder, such as pg_dump -Fd writes');
});

test('a pipe is none: it can be read only once', () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(() => fileThrough(pipe)).toThrow('is a pipe');
});
