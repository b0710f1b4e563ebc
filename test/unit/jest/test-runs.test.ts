/** No suite falls through: each belongs to one kind, and to exactly one of the runs that the commands are made of. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  argumentsOf,
  commands,
  countLine,
  countOf,
  failureLines,
  jest,
  type Run,
  runs,
  suitesOf,
  sum,
  workersOf,
} from '../../../scripts/lib/test-runs.ts';

const root = process.cwd();

interface JestConfig {
  readonly coverageThreshold: { readonly global: unknown };
  readonly collectCoverageFrom: readonly string[];
}

/** The suites that jest itself takes for a run. */
function listed(run: Run): string[] {
  const { stdout } = spawnSync(process.execPath, [...jest, ...argumentsOf(run), '--listTests', '--json'], {
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
    const chosen = ['test/unit/jest/rep', 'test/crash/snapshot-bundle'];
    expect(listed({ name: 'chosen', chosen, lab: false }).sort()).toEqual([
      'test/crash/snapshot-bundle.long.test.ts',
      'test/unit/jest/reporter.test.ts',
    ]);
  });
});

test('labs wait, so more of them run at a time than there are cores; memory limits how many', () => {
  const at = (cores: number) => Object.values(runs).map((run) => workersOf(run, cores));
  expect(at(1)).toEqual([2, 2, 3]);
  expect(at(2)).toEqual([2, 3, 6]);
  expect(at(16)).toEqual([6, 6, 6]);
  expect(argumentsOf({ ...runs.long, chosen: ['--maxWorkers=1'] }).filter((one) => /Workers/.test(one))).toEqual([
    '--maxWorkers=1',
  ]);
});

describe('the coverage of what decides about deletion', () => {
  const measured = (command: string): boolean[] =>
    (commands[command] ?? [])
      .filter(({ name }) => name === 'unit')
      .map((run) => argumentsOf(run).includes('--coverage'));

  test('is measured by every command that runs more than the unit tests', () => {
    expect(measured('quick')).toEqual([true]);
    expect(measured('all')).toEqual([true]);
    expect(measured('unit')).toEqual([false]);
  });

  test('must be complete, and is of files that exist', async () => {
    const { default: config } = (await import(join(root, 'jest.config.mjs'))) as { default: JestConfig };
    expect(config.coverageThreshold.global).toEqual({ branches: 100, functions: 100, lines: 100, statements: 100 });
    expect(config.collectCoverageFrom.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(config.collectCoverageFrom.length).toBeGreaterThan(0);
  });
});

describe('the count', () => {
  const counted = { passed: 5, failed: 0, skipped: 1, failures: [] };
  const written = JSON.stringify(counted);

  test('of a run that ended well is what was counted', () => {
    expect(countOf(written, 0, runs.unit)).toEqual(counted);
  });

  test('has one failure for a run that ended badly without one: coverage is missing, or it broke off', () => {
    const failures = [{ suite: 'the run unit', message: 'No test failed, but the run did: see its output.' }];
    expect(countOf(written, 1, runs.unit)).toEqual({ ...counted, failed: 1, failures });
    expect(countOf(written, null, runs.unit).failed).toBe(1);
    expect(countOf(undefined, 0, runs.long)).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [{ suite: 'the run long', message: 'It did not end.' }],
    });
    expect(countOf(JSON.stringify({ passed: 5, failed: 3, skipped: 0 }), 1, runs.unit).failed).toBe(3);
  });

  test('adds up the runs', () => {
    const one = { passed: 5, failed: 0, skipped: 0 };
    expect(countLine(sum([one, { passed: 7, failed: 2, skipped: 0 }]))).toBe('12 passed, 2 failed');
    expect(countLine(sum([one, { passed: 0, failed: 0, skipped: 3 }]))).toBe('5 passed, 0 failed, 3 skipped');
  });

  test('what failed is told once more before it, the beginning of each message', () => {
    const failure = (suite: string, lines: number) => ({
      suite,
      message: Array.from({ length: lines }, (_, index) => `line ${index + 1}`).join('\n'),
    });
    const one = { passed: 5, failed: 1, skipped: 0, failures: [failure('unit a', 2)] };
    const lines = failureLines(sum([one, { ...one, failures: [failure('scenario b', 30)] }]));
    expect(lines.slice(0, 6)).toEqual(['✗ unit a', 'line 1', 'line 2', '', '✗ scenario b', 'line 1']);
    expect(lines.slice(-3)).toEqual(['line 25', '… 5 lines more, above', '']);
    expect(failureLines({ passed: 5, failed: 0, skipped: 0 })).toEqual([]);
  });
});
