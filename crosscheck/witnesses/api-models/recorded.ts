/** What the suites exchanged with the lab; without a run of them, what a few of them exchange now. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrerequisites } from '../../../lab/hosts/prerequisites.ts';
import { type Exchange, exchangesVariable } from '../../../lab/services/http/exchanges.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { exchangesFolder, isComplete, markComplete } from '../../../scripts/lib/exchanges.ts';
import { jest } from '../../../scripts/lib/test-runs.ts';

/** The lab's services, each port with its real adapter, and the deployment: every operation that product and lab know. */
const few = [
  'test/contract/lab/(aws|callers|cloudformation|faults)',
  'test/contract/ports',
  'test/contract/doctor',
  'test/contract/deploy',
  'test/contract/role-from-keys',
  'test/contract/rare-calls',
  // Messages through SNS.
  'test/contract/watchdog-function',
];

export function recorded(): Exchange[] {
  const folder = exchangesFolder();
  if (!isComplete(folder)) record(folder);
  return globSync('*.json', { cwd: folder })
    .sort()
    .map((path) => JSON.parse(readFileSync(join(folder, path), 'utf8')) as Exchange);
}

function record(folder: string): void {
  console.log('    the suites have not been run with these sources: some are run now');
  ensurePrerequisites();
  const { status, stderr } = spawnSync(process.execPath, [...jest, ...few, '--maxWorkers=2', '--silent'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, [exchangesVariable]: folder },
  });
  // A lab that is wrong on purpose may well fail its own tests; what it answered is judged all the same.
  if (status !== 0) console.log(`    some of them failed: ${stderr.trim().split('\n').at(-1)}`);
  markComplete(folder);
}
