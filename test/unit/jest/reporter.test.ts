import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import ProgressReporter, { type SuiteResult } from '../../jest/reporter.ts';

let folder: string;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-reporter-'));
  lines = [];
});
afterEach(() => {
  jest.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const suite = (path: string) => ({
  path: join(process.cwd(), path),
  context: { config: { rootDir: process.cwd() } },
});
const result = (more: Partial<SuiteResult> = {}): SuiteResult => ({
  numPassingTests: 34,
  numFailingTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  perfStats: { start: 1000, end: 1840 },
  ...more,
});
const totals = {
  numTotalTestSuites: 2,
  numPassedTests: 34,
  numFailedTests: 1,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 1,
};
const reporter = (more: { before?: number; after?: number; silence?: number } = {}): ProgressReporter =>
  new ProgressReporter(undefined, {
    before: 0,
    after: 0,
    countFile: join(folder, 'made', 'count.json'),
    print: (line) => void lines.push(stripVTControlCharacters(line)),
    silence: 60_000,
    ...more,
  });

test('a suite that ends has a line at once, with what is left of all runs of the command', () => {
  const one = reporter({ before: 10, after: 5 });
  one.onRunStart({ numTotalTestSuites: 2 });
  one.onTestFileResult(suite('test/unit/rotation/expire.test.ts'), result());
  one.onTestFileResult(
    suite('test/crash/lock-bundles.long.test.ts'),
    result({ numPassingTests: 1, numPendingTests: 2 }),
  );
  expect(lines.map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    '✓ unit rotation/expire 34 tests 0.8 s (11 of 17 suites, 6 left)',
    '✓ crash lock-bundles 1 test, 2 skipped 0.8 s (12 of 17 suites, 5 left)',
  ]);
});

test('the first line says how many suites there are', () => {
  reporter({ after: 5 }).onRunStart({ numTotalTestSuites: 2 });
  expect(lines).toEqual(['7 suites']);
});

test('what failed follows its suite, and so does what it printed', () => {
  const one = reporter();
  one.onRunStart({ numTotalTestSuites: 2 });
  one.onTestFileResult(
    suite('test/unit/a.test.ts'),
    result({
      numFailingTests: 2,
      failureMessage: '● it does\n\n  expected 1',
      console: [{ type: 'log', message: 'seen' }],
    }),
  );
  // Nobody knows how many tests a suite has that cannot be loaded.
  one.onTestFileResult(suite('test/unit/b.test.ts'), result({ numPassingTests: 0, failureMessage: 'no such module' }));
  const text = lines.join('\n');
  expect(text).toMatch(/✗ unit +a +2 failed/);
  expect(text).toContain('● it does\n\n  expected 1\n  console.log: seen');
  expect(text).toMatch(/✗ unit +b .*\n\nno such module/);
});

test('while nothing ends a line says what is running', () => {
  jest.useFakeTimers();
  const one = reporter({ silence: 20_000 });
  one.onRunStart({ numTotalTestSuites: 1 });
  one.onTestFileStart(suite('test/crash/lock-bundles.long.test.ts'));
  one.onTestCaseResult(suite('test/crash/lock-bundles.long.test.ts'));
  jest.advanceTimersByTime(45_000);
  one.onRunComplete([], totals);
  const said = [20, 40].map((seconds) => `… crash lock-bundles: ${seconds} s, 1 test ended`);
  expect(lines).toEqual(['1 suite', ...said]);
  jest.advanceTimersByTime(60_000);
  expect(lines).toHaveLength(3);
});

test('the count is written when all has ended, with what failed; a suite that cannot be loaded is a failure', () => {
  const one = reporter();
  one.onTestFileResult(suite('test/unit/a.test.ts'), result());
  one.onTestFileResult(suite('test/unit/b.test.ts'), result({ failureMessage: '\u001b[31mno such module\u001b[39m' }));
  one.onRunComplete([], totals);
  expect(JSON.parse(readFileSync(join(folder, 'made', 'count.json'), 'utf8'))).toEqual({
    passed: 34,
    failed: 2,
    skipped: 0,
    failures: [{ suite: 'unit b', message: 'no such module' }],
  });
});
