/** No suite falls through: each belongs to one kind, and to exactly one of the runs that the commands are made of. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  argumentsOf,
  countLine,
  countOf,
  jest,
  type Run,
  runs,
  suitesOf,
  sum,
} from '../../../scripts/lib/test-runs.ts';

const root = process.cwd();

/** The suites that jest itself takes for a run. */
function listed(run: Run): string[] {
  const words = argumentsOf(run).filter((word) => word !== '--coverage');
  const { stdout } = spawnSync(process.execPath, [...jest, ...words, '--listTests', '--json'], {
    cwd: root,
    encoding: 'utf8',
  });
  return (JSON.parse(stdout) as string[]).map((path) => relative(root, path));
}

describe('the runs', () => {
  const names = Object.values(runs).map((run) => [run.name, run] as const);
  const suites = new Map(names.map(([name, run]) => [name, listed(run)]));

  test('have every test file of the repository, each once', () => {
    const files = globSync('**/*.{test,spec}.{ts,mts,js,mjs}', {
      cwd: root,
      exclude: (path) => ['node_modules', 'dist', 'build', '.lab'].includes(String(path)),
    });
    expect(files.length).toBeGreaterThan(60);
    expect([...suites.values()].flat().sort()).toEqual(files.sort());
  });

  test.each(names)('%s: its suites are counted beforehand', (name, run) => {
    expect(suitesOf(run)).toBe(suites.get(name)?.length);
  });

  test('unit has all unit tests and nothing else; long what its name says', () => {
    expect(suites.get('unit')?.every((path) => path.startsWith('test/unit/'))).toBe(true);
    expect(suites.get('long')?.every((path) => path.endsWith('.long.test.ts'))).toBe(true);
    expect(suites.get('quick')?.some((path) => /\.long\.|^test.unit/.test(path))).toBe(false);
  });

  test('paths and words for jest choose what they say', () => {
    const chosen = ['test/unit/jest/rep', 'test/crash/bundles'];
    expect(listed({ name: 'chosen', chosen, lab: false }).sort()).toEqual([
      'test/crash/bundles.long.test.ts',
      'test/unit/jest/reporter.test.ts',
    ]);
  });
});

describe('the count', () => {
  const written = JSON.stringify({ passed: 5, failed: 0, skipped: 1 });

  test('of a run that ended well is what was counted', () => {
    expect(countOf(written, 0)).toEqual({ passed: 5, failed: 0, skipped: 1 });
  });

  test('has one failure for a run that ended badly without one: coverage is missing, or it broke off', () => {
    expect(countOf(written, 1).failed).toBe(1);
    expect(countOf(written, null).failed).toBe(1);
    expect(countOf(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(countOf(JSON.stringify({ passed: 5, failed: 3, skipped: 0 }), 1).failed).toBe(3);
  });

  test('adds up the runs', () => {
    const one = { passed: 5, failed: 0, skipped: 0 };
    expect(countLine(sum([one, { passed: 7, failed: 2, skipped: 0 }]))).toBe('12 passed, 2 failed');
    expect(countLine(sum([one, { passed: 0, failed: 0, skipped: 3 }]))).toBe('5 passed, 0 failed, 3 skipped');
  });
});
