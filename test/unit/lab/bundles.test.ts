import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { hashOfSources, sourceHashFile, staleBundles } from '../../../lab/runner/bundles.ts';

let root: string;
const source = (name: string): string => join(root, 'src', name);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-bundles-'));
  mkdirSync(source('runtime'), { recursive: true });
  mkdirSync(join(root, 'dist'));
  writeFileSync(source('runtime/poll.ts'), 'export const poll = 1;\n');
  writeFileSync(source('main.ts'), 'export const main = 1;\n');
  writeFileSync(join(root, 'dist', sourceHashFile), `${hashOfSources(root)}\n`);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('bundles that were built from these sources are not stale, whatever the times of the files say', () => {
  expect(staleBundles(root)).toBeUndefined();
  utimesSync(source('main.ts'), new Date('2099-01-01'), new Date('2099-01-01'));
  utimesSync(join(root, 'dist', sourceHashFile), new Date('2020-01-01'), new Date('2020-01-01'));
  expect(staleBundles(root)).toBeUndefined();
});

test.each<[string, () => void]>([
  ['changed', () => writeFileSync(source('main.ts'), 'export const main = 2;\n')],
  ['new', () => writeFileSync(source('runtime/retry.ts'), '')],
  ['gone', () => rmSync(source('runtime/poll.ts'))],
  ['moved', () => renameSync(source('runtime/poll.ts'), source('poll.ts'))],
])('bundles are stale when a source is %s, with the command that renews them', (_, change) => {
  change();
  expect(staleBundles(root)).toMatch(/^dist\/ is older than src\/: .* npm run build/);
});

test('bundles of a build that left no hash are stale; a page of documentation is not a source', () => {
  writeFileSync(source('README.md'), 'about src');
  expect(staleBundles(root)).toBeUndefined();
  rmSync(join(root, 'dist', sourceHashFile));
  expect(staleBundles(root)).toMatch(/^dist\/ is older than src\//);
});
