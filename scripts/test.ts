/**
 * The test commands. All print a line for each suite as it ends, and at the end `N passed, N failed`.
 *
 *   npm test                 the unit tests with their coverage, then every suite that does not take minutes
 *   npm run test:unit        the unit tests alone: for any user, on any system, without network, and without coverage
 *   npm run test:long        the suites that `npm test` leaves out
 *   npm run test:all         both
 *   npm test -- WORDS        what jest makes of these words: `npm test -- test/scenario -t 'killed'`
 *
 * What the distribution must bring is installed after saying so, before the first suite that needs it.
 */
import { ensurePrerequisites } from '../lab/hosts/prerequisites.ts';
import { throughSudo } from '../lab/hosts/root.ts';
import {
  type Count,
  commands,
  countLine,
  failureLines,
  lastCounts,
  type Run,
  runJest,
  runs,
  suitesOf,
  sum,
} from './lib/test-runs.ts';

const usage = `npm test [-- WORDS]        the unit tests with their coverage, then every suite that does not take minutes
npm run test:unit       the unit tests alone
npm run test:long       the suites that npm test leaves out
npm run test:all        both

WORDS go to jest: npm test -- test/scenario -t 'killed'`;
const [command = 'quick', ...words] = process.argv.slice(2);
if (words.includes('--help') || words.includes('-h')) {
  console.log(usage);
  process.exit();
}

function chosenRuns(): readonly Run[] {
  // jest's words that choose take all that follows, so a path comes first.
  if (command === 'unit') return [{ ...runs.unit, chosen: [...words, ...runs.unit.chosen] }];
  if (words.length > 0) return [{ name: 'chosen', chosen: words, lab: true }];
  return commands[command] ?? [];
}

function printTotal(total: Count): void {
  for (const line of failureLines(total)) console.log(line);
  console.log(countLine(total));
}

if (command === 'count') {
  // For .ci/run, whose last line this is.
  printTotal(lastCounts());
  process.exit();
}
const chosen = chosenRuns();
if (chosen.length === 0) throw new Error(`there is no ${command}: unit, quick, long or all`);
if (chosen.some(({ lab }) => lab)) throughSudo();
const counts = [];
for (const [index, run] of chosen.entries()) {
  // The unit tests need nothing, and need not wait for it.
  if (run.lab) ensurePrerequisites();
  const suites = (some: readonly Run[]): number => some.reduce((all, one) => all + suitesOf(one), 0);
  counts.push(runJest(run, { before: suites(chosen.slice(0, index)), after: suites(chosen.slice(index + 1)) }));
}
const total = sum(counts);
printTotal(total);
process.exit(total.failed === 0 ? 0 : 1);
