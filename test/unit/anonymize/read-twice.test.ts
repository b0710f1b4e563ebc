/** A dump that is read twice, from the place that is given. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ReadTwice } from '../../../src/actions/anonymize/read-twice.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-read-twice-'));
const { RUNNER_TEMP } = process.env;

beforeAll(() => {
  // The computer's temporary folder may be in memory, where nothing is kept.
  process.env.RUNNER_TEMP = process.cwd();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
  if (RUNNER_TEMP === undefined) delete process.env.RUNNER_TEMP;
  else process.env.RUNNER_TEMP = RUNNER_TEMP;
});

const sql = randomBytes(5 * 1024 * 1024);

async function bytesOf(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const read: Buffer[] = [];
  for await (const chunk of source) read.push(Buffer.from(chunk));
  return Buffer.concat(read);
}

describe('a dump that is read twice', () => {
  test.each<[string, Buffer, number]>([
    ['a large gzip file is opened once', gzipSync(sql), 1],
    ['a small one twice', gzipSync(sql.subarray(0, 1000)), 2],
    ['SQL that is not compressed twice', sql, 2],
  ])('%s', async (name, stored, times) => {
    const path = join(folder, name);
    writeFileSync(path, stored);
    let opened = 0;
    const dump = new ReadTwice(path, () => {
      opened += 1;
      return chunk(stored);
    });
    const first = await bytesOf(dump.first());
    expect((await bytesOf(dump.second())).equals(first)).toBe(true);
    expect(opened).toBe(times);
    await dump.close();
  });

  test('an object in S3 is read twice: nothing of it comes to the disk', async () => {
    const stored = gzipSync(sql);
    let opened = 0;
    const dump = new ReadTwice('s3://bucket/dump.sql.gz', () => {
      opened += 1;
      return chunk(stored);
    });
    const first = await bytesOf(dump.first());
    expect((await bytesOf(dump.second())).equals(first)).toBe(true);
    expect(opened).toBe(2);
  });
});

async function* chunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
