import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import ShortThenLongestFirst, { expectedSeconds, short, slowest } from '../../jest/sequencer.ts';

const root = process.cwd();

/** The suites of this repository in the order in which they start, where jest has recorded nothing. */
async function started(): Promise<string[]> {
  const context = {
    config: { rootDir: root, cache: false },
    hasteFS: { getSize: (path: string) => statSync(path).size },
  };
  const tests = globSync('test/**/*.test.ts', { cwd: root }).map((path) => ({ path: join(root, path), context }));
  const sequencer = new ShortThenLongestFirst({ contexts: [], globalConfig: {} } as never);
  return (await sequencer.sort(tests as never)).map((one) => one.path.slice(root.length + 1));
}

test('where nothing is recorded, those of seconds start first, the larger before the smaller; then the slowest', async () => {
  const order = await started();
  const slow = Object.keys(slowest).filter((path) => expectedSeconds(path) >= short);
  expect(order.slice(-slow.length)).toEqual(slow);
  const unnamed = order.filter((path) => slowest[path] === undefined);
  const kinds = unnamed.map((path) => path.split('/')[1] ?? '');
  const ranks = kinds.map((kind) => (['crash', 'scenario'].includes(kind) ? 0 : kind === 'contract' ? 1 : 2));
  expect(ranks).toEqual(ranks.toSorted());
  const units = unnamed.filter((path) => path.startsWith('test/unit/')).map((path) => statSync(path).size);
  expect(units).toEqual(units.toSorted((a, b) => b - a));
});

test('every suite that is named is there, from the slowest on', () => {
  expect(Object.keys(slowest).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const seconds = Object.values(slowest);
  // No two the same: which starts first would depend on their sizes.
  expect(seconds).toEqual([...new Set(seconds)].toSorted((a, b) => b - a));
});

test('every suite that takes minutes is named: of one that nothing is known of, jest would begin last', () => {
  const long = globSync('test/**/*.long.test.ts', { cwd: root });
  expect(long.length).toBeGreaterThan(15);
  expect(long.filter((path) => slowest[path] === undefined)).toEqual([]);
  expect(long.filter((path) => (slowest[path] ?? 0) < short)).toEqual([]);
});

test('what was recorded counts, save where a part of a slow suite may have been run', () => {
  expect(expectedSeconds('test/unit/any.test.ts')).toBe(1);
  expect(expectedSeconds('test/unit/any.test.ts', 77)).toBe(77);
  expect(expectedSeconds('test/scenario/any.test.ts', 2)).toBe(2);
  const [slow = '', seconds = 0] = Object.entries(slowest)[0] ?? [];
  expect(expectedSeconds(slow, 2)).toBe(seconds);
  expect(expectedSeconds(slow, seconds + 1)).toBe(seconds + 1);
});
