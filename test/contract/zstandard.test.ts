/** Zstandard beside the programs zstd and pzstd: what they write is read, and what is written they read. */
import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { compressed } from '../../src/runtime/compression/compressed.ts';
import { decompress } from '../../src/runtime/compression/format.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-zstd-'));
const file = (name: string): string => join(folder, name);
const data = Buffer.from(
  Array.from({ length: 700_000 }, (_, at) => `${(at * 7919) % 1_000_003}\tuser${at}\n`).join(''),
);

beforeAll(() => {
  ensurePrerequisites();
  writeFileSync(file('sql'), data);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

function shell(line: string): string {
  return execFileSync('bash', ['-c', `set -euo pipefail; cd ${folder}; ${line}`], { encoding: 'utf8' });
}

async function read(name: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of decompress(createReadStream(file(name)), { once: true })) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

test.each([
  ['zstd -q -c sql'],
  ['cat sql | zstd -q -c'],
  ['zstd -q -T2 -3 -c sql'],
  ['zstd -q -1 --no-check -c sql'],
  ['zstd -q --fast=5 -c sql'],
  ['zstd -q --rsyncable -T2 -c sql'],
  ['cat sql | zstd -q --long=27 -c'],
  ['pzstd -q -p 2 -c sql'],
  ['head -c 5000000 sql | zstd -q -c; tail -c +5000001 sql | pzstd -q -p 2 -c; zstd -q -c </dev/null'],
  // As a table of frames to seek in is stored.
  ["zstd -q -c sql; printf '\\x5e\\x2a\\x4d\\x18\\x05\\x00\\x00\\x00table'"],
])('reads what %s writes', async (line) => {
  shell(`{ ${line}; } > theirs.zst`);
  expect((await read('theirs.zst')).equals(data)).toBe(true);
});

test.each([3, 9])('writes at level %i what zstd tests and reads, with a checksum in every frame', async (level) => {
  const parts: Buffer[] = [];
  for await (const part of compressed(createReadStream(file('sql')) as AsyncIterable<Buffer>, level, 'zstd'))
    parts.push(part);
  writeFileSync(file('ours.zst'), Buffer.concat(parts));
  shell(
    'zstd -q -t ours.zst; zstd -q -dc ours.zst > again; cmp again sql; pzstd -q -dc ours.zst > again; cmp again sql',
  );
  const frames = Math.ceil(data.length / 2 ** 20);
  expect(shell('zstd -l -v ours.zst')).toMatch(new RegExp(`Frames: ${frames}\\b[^]*Check: XXH64`));
});

test('tells of a window that zstd itself refuses, and of a dictionary', async () => {
  shell('head -c 1000000 sql | zstd -q --long=28 -c > long.zst');
  expect(() => shell('zstd -q -dc long.zst > again 2>&1')).toThrow();
  await expect(read('long.zst')).rejects.toThrow(/needs 256\.0 MiB of memory to be read; at most 128\.0 MiB/);
  shell('head -c 300000 sql | split -b 3000 -a 4 - part; zstd -q --train part* -o words --maxdict=4096');
  shell('zstd -q -D words -c sql > words.zst');
  await expect(read('words.zst')).rejects.toThrow(/was compressed with a dictionary \(\d+\)/);
});

test('tells of a file that was cut off or damaged, as zstd does', async () => {
  shell('zstd -q -c sql > whole.zst');
  const whole = readFileSync(file('whole.zst'));
  writeFileSync(file('cut.zst'), whole.subarray(0, whole.length / 2));
  expect(() => shell('zstd -q -dc cut.zst > again 2>&1')).toThrow();
  await expect(read('cut.zst')).rejects.toThrow('it ends in the middle of a frame');
  const damaged = Buffer.from(whole);
  damaged[damaged.length - 2] = (damaged.at(-2) as number) ^ 4;
  writeFileSync(file('damaged.zst'), damaged);
  expect(() => shell('zstd -q -dc damaged.zst > again 2>&1')).toThrow();
  await expect(read('damaged.zst')).rejects.toThrow(/cannot be read beyond byte .* checksum/);
});
