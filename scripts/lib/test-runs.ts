/** The runs of jest that the test commands are made of, and what they count. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { exchangesVariable } from '../../lab/services/http/exchanges.ts';
import { root } from './actions.ts';
import { exchangesFolder, markComplete } from './exchanges.ts';

/** A suite in which something failed. */
export interface Failure {
  /** Its kind and name: `scenario installation`. */
  readonly suite: string;
  readonly message: string;
}

/** What a run counted. */
export interface Count {
  readonly passed: number;
  /** Tests, and suites that could not be loaded, of which nobody knows how many tests they have. */
  readonly failed: number;
  readonly skipped: number;
  /** In the order in which they ended. */
  readonly failures?: readonly Failure[];
}

/** A suite that takes minutes. */
const long = '\\.long\\.test\\.ts$';

export interface Run {
  readonly name: 'unit' | 'quick' | 'long' | 'chosen';
  /** Words for jest that choose the suites. */
  readonly chosen: readonly string[];
  /** Whether every branch of what decides about deletion must be covered (jest.config.mjs). */
  readonly coverage?: boolean;
  /** Whether hosts, disks and database servers are needed: root, and packages of the distribution. */
  readonly lab: boolean;
}

/** Every suite belongs to exactly one of these (test/unit/jest/test-runs.test.ts). */
export const runs = {
  unit: { name: 'unit', chosen: ['--selectProjects', 'unit'], lab: false },
  quick: {
    name: 'quick',
    chosen: ['--selectProjects', 'contract', 'scenario', 'crash', '--testPathIgnorePatterns', long],
    lab: true,
  },
  long: { name: 'long', chosen: ['--testPathPatterns', long], lab: true },
} as const satisfies Record<string, Run>;

/** With the coverage of what decides about deletion, which the unit tests must cover branch by branch. */
const coveredUnit = { ...runs.unit, coverage: true } as const;

/** What each test command runs, in this order. Instrumenting takes time, so only `npm run test:unit` goes without. */
export const commands: Readonly<Record<string, readonly Run[]>> = {
  unit: [runs.unit],
  quick: [coveredUnit, runs.quick],
  long: [runs.long],
  all: [coveredUnit, runs.quick, runs.long],
};

/** How many suites a run has. */
export function suitesOf({ name }: Run): number {
  const all = globSync('test/*/**/*.test.ts', { cwd: root });
  const isLong = (path: string): boolean => new RegExp(long).test(path);
  const isUnit = (path: string): boolean => path.startsWith(join('test', 'unit', ''));
  if (name === 'unit') return all.filter(isUnit).length;
  return all.filter((path) => isLong(path) === (name === 'long') && !isUnit(path)).length;
}

const countFile = (name: Run['name']): string => join(root, '.lab', 'tests', `${name}.json`);

export const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
] as const;

/**
 * How many suites run at a time. Labs mostly wait: for states to change, leases to end, calls that hang. A crash suite keeps a third of a
 * core busy, a unit test a whole one (docs/decisions/short-and-long-tests.md).
 */
export function workersOf({ name }: Pick<Run, 'name'>, cores = availableParallelism()): number {
  const atATime = { unit: cores, quick: cores + 1, chosen: cores + 1, long: cores * 3 }[name];
  // Each lab holds two database servers in memory.
  return Math.min(Math.max(2, atATime), 6);
}

/** The arguments of jest. Paths come first: after `--reporters` jest would take them for reporters. */
export function argumentsOf(run: Run): string[] {
  const { chosen, coverage = false } = run;
  const given = chosen.some((one) => /^(--maxWorkers|-w|--runInBand|-i)/.test(one));
  const workers = given ? [] : [`--maxWorkers=${workersOf(run)}`];
  return [...chosen, ...workers, ...(coverage ? ['--coverage'] : []), '--reporters=./test/jest/reporter.ts'];
}

/**
 * Runs jest and keeps what it counted.
 * @param place suites of the runs before and after it, for the reporter's lines
 */
export function runJest(run: Run, place: { before: number; after: number } = { before: 0, after: 0 }): Count {
  const file = countFile(run.name);
  rmSync(file, { force: true });
  const exchanges = exchangesFolder();
  const { status } = spawnSync(process.execPath, [...jest, ...argumentsOf(run)], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      HOLDFAST_SUITES_BEFORE: String(place.before),
      HOLDFAST_SUITES_AFTER: String(place.after),
      HOLDFAST_COUNT_FILE: file,
      [exchangesVariable]: exchanges,
    },
  });
  if (run.name === 'quick') markComplete(exchanges);
  const count = countOf(existsSync(file) ? readFileSync(file, 'utf8') : undefined, status, run);
  mkdirSync(join(root, '.lab', 'tests'), { recursive: true });
  writeFileSync(file, JSON.stringify(count));
  return count;
}

/** A run that ended badly without a test that failed is counted as one failure: it broke off, or coverage is missing. */
export function countOf(written: string | undefined, status: number | null, { name }: Pick<Run, 'name'>): Count {
  const count = written === undefined ? { passed: 0, failed: 0, skipped: 0 } : (JSON.parse(written) as Count);
  if (count.failed > 0 || (status === 0 && written !== undefined)) return count;
  const message = written === undefined ? 'It did not end.' : 'No test failed, but the run did: see its output.';
  return { ...count, failed: 1, failures: [{ suite: `the run ${name}`, message }] };
}

/** What the last `npm test` and `npm run test:long` counted; a run that is missing counts as one failure. */
export function lastCounts(): Count {
  return sum(
    Object.values(runs).map((run) => {
      const file = countFile(run.name);
      return countOf(existsSync(file) ? readFileSync(file, 'utf8') : undefined, 0, run);
    }),
  );
}

export function sum(counts: readonly Count[]): Count {
  const total = (key: 'passed' | 'failed' | 'skipped'): number => counts.reduce((all, one) => all + one[key], 0);
  const failures = counts.flatMap((one) => one.failures ?? []);
  return { passed: total('passed'), failed: total('failed'), skipped: total('skipped'), failures };
}

export function countLine({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Lines of a message that are repeated at the end; all of it stands where the suite ended. */
const repeated = 25;

/** What failed, once more: the output of hours is long, and often only its end is kept. */
export function failureLines({ failures = [] }: Count): string[] {
  return failures.flatMap(({ suite, message }) => {
    const lines = message.trim().split('\n');
    const left = lines.length - repeated;
    return [`✗ ${suite}`, ...lines.slice(0, repeated), ...(left > 0 ? [`… ${left} lines more, above`] : []), ''];
  });
}
