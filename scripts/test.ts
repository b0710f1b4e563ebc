/**
 * `npm test`: installs what the tests need from the distribution (after saying so), then runs jest under Node 24.
 * Further arguments go to jest: `npm test -- --selectProjects unit`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrerequisites } from '../lab/hosts/prerequisites.ts';
import { throughSudo } from '../lab/hosts/root.ts';
import { root } from './lib/actions.ts';

/** The runner's own report, from which the closing line is counted. */
export const reportFile = join(root, '.lab', 'test-report.json');

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

const chosen = process.argv.slice(2);
throughSudo();
await ensurePrerequisites();
mkdirSync(join(root, '.lab'), { recursive: true });
const result = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${reportFile}`,
    // Most of the time labs wait: for states to change, leases to end, calls to hang. Two share the cores well, the
    // longest suites first (test/sequencer.ts).
    ...(chosen.some((one) => one.startsWith('--maxWorkers') || one === '--runInBand') ? [] : ['--maxWorkers=2']),
    // Of a part of the tests nobody can expect that it covers everything.
    ...(chosen.length === 0 ? ['--coverage'] : chosen),
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
const report = JSON.parse(readFileSync(reportFile, 'utf8')) as JestReport;
// A suite that could not even be loaded counts no test: it is counted as one failure; so is coverage that is missed.
const broken = report.numFailedTests + report.numRuntimeErrorTestSuites;
const failed = broken === 0 && result.status !== 0 ? 1 : broken;
const skipped = report.numPendingTests + report.numTodoTests;
console.log(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(result.status === 0 && failed === 0 ? 0 : 1);
