/**
 * One plain line for each suite as it ends, with how many are left, the same with a terminal and without; what failed in it
 * follows at once. While nothing ends, a line a minute names what is running.
 *
 *   ✓ unit      rotation/expire          34 tests    0.8 s   (12 of 61 suites, 49 left)
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { stripVTControlCharacters, styleText } from 'node:util';
import type { Count, Failure } from '../../scripts/lib/test-runs.ts';

/** What is read of jest's own objects. */
export interface Suite {
  readonly path: string;
  readonly context: { readonly config: { readonly rootDir: string } };
}
export interface SuiteResult {
  readonly numPassingTests: number;
  readonly numFailingTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly failureMessage?: string | null | undefined;
  readonly console?: readonly { readonly message: string; readonly type: string }[] | undefined;
  readonly perfStats: { readonly start: number; readonly end: number };
}
export interface Totals {
  readonly numTotalTestSuites: number;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

export interface ReporterOptions {
  /** Suites of the runs before this one and after it that belong to the same command. */
  readonly before: number;
  readonly after: number;
  /** Where the count is written when all has ended. */
  readonly countFile: string | undefined;
  readonly print: (line: string) => void;
  /** Milliseconds without a line after which one says what is running. */
  readonly silence: number;
}

function optionsOf({ env }: NodeJS.Process): ReporterOptions {
  return {
    before: Number(env.HOLDFAST_SUITES_BEFORE ?? 0),
    after: Number(env.HOLDFAST_SUITES_AFTER ?? 0),
    countFile: env.HOLDFAST_COUNT_FILE,
    print: (line) => process.stdout.write(`${line}\n`),
    silence: 60_000,
  };
}

export default class ProgressReporter {
  readonly #options: ReporterOptions;
  readonly #running = new Map<string, { since: number; tests: number }>();
  readonly #failures: Failure[] = [];
  #ended = 0;
  #total = 0;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(_config?: unknown, options?: Partial<ReporterOptions>) {
    this.#options = { ...optionsOf(process), ...options };
  }

  onRunStart({ numTotalTestSuites }: Pick<Totals, 'numTotalTestSuites'>): void {
    const { before, after } = this.#options;
    this.#ended = before;
    this.#total = before + numTotalTestSuites + after;
    if (before === 0) this.#options.print(plural(this.#total, 'suite'));
    this.#waitForLine();
  }

  onTestFileStart(suite: Suite): void {
    this.#running.set(suite.path, { since: Date.now(), tests: 0 });
  }

  onTestCaseResult(suite: Pick<Suite, 'path'>): void {
    const running = this.#running.get(suite.path);
    if (running) running.tests += 1;
  }

  onTestFileResult(suite: Suite, result: SuiteResult): void {
    this.#running.delete(suite.path);
    this.#ended += 1;
    const bad = Boolean(result.failureMessage) || result.numFailingTests > 0;
    const { kind, name } = nameOf(suite);
    const seconds = ((result.perfStats.end - result.perfStats.start) / 1000).toFixed(1);
    const cells = [
      bad ? paint('red', '✗') : paint('green', '✓'),
      kind.padEnd(8),
      name.padEnd(34),
      tests(result).padStart(9),
      `${seconds} s`.padStart(8),
      ` (${this.#ended} of ${this.#total} suites, ${this.#total - this.#ended} left)`,
    ];
    this.#options.print(cells.join(' '));
    if (bad) {
      const message = result.failureMessage ?? '';
      this.#options.print(`\n${message}`);
      this.#failures.push({ suite: `${kind} ${name}`, message: stripVTControlCharacters(message) });
    }
    for (const { type, message } of result.console ?? []) this.#options.print(`  console.${type}: ${message}`);
    this.#waitForLine();
  }

  onRunComplete(_contexts: unknown, totals: Totals): void {
    clearInterval(this.#heartbeat);
    const { countFile } = this.#options;
    if (countFile === undefined) return;
    const count: Count = {
      passed: totals.numPassedTests,
      failed: totals.numFailedTests + totals.numRuntimeErrorTestSuites,
      skipped: totals.numPendingTests + totals.numTodoTests,
      failures: this.#failures,
    };
    mkdirSync(dirname(countFile), { recursive: true });
    writeFileSync(countFile, JSON.stringify(count));
  }

  getLastError(): undefined {}

  /** Begins to wait anew for a line. */
  #waitForLine(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => {
      const lines = [...this.#running].map(([path, { since, tests: ended }]) => {
        const { kind, name } = nameOf({ path, context: { config: { rootDir: process.cwd() } } });
        return `${kind} ${name}: ${Math.round((Date.now() - since) / 1000)} s, ${plural(ended, 'test')} ended`;
      });
      this.#options.print(paint('dim', `… ${lines.join('; ')}`));
    }, this.#options.silence);
    this.#heartbeat.unref();
  }
}

/** test/crash/lock-bundles.long.test.ts is the suite `lock-bundles` of the kind `crash`. */
function nameOf({ path, context }: Suite): { kind: string; name: string } {
  const [, kind = '', ...folders] = relative(context.config.rootDir, path).split(sep);
  return { kind, name: folders.join('/').replace(/(\.long)?\.test\.ts$/, '') };
}

function tests({ numPassingTests, numFailingTests, numPendingTests, numTodoTests }: SuiteResult): string {
  const skipped = numPendingTests + numTodoTests;
  if (numFailingTests > 0) return `${numFailingTests} failed`;
  return `${plural(numPassingTests, 'test')}${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function paint(style: 'red' | 'green' | 'dim', text: string): string {
  return styleText(style, text);
}
