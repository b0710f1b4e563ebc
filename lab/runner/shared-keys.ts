/** Keys that workflows, jobs and steps share: `concurrency`, `defaults`, `shell` and `if`. */
import type { Concurrency, RunDefaults } from './model.ts';
import { statusFunctions } from './official.ts';
import type { YamlNode } from './yaml-tree.ts';

export function readConcurrency(node: YamlNode): Concurrency | undefined {
  if (!node.present) return undefined;
  if (!node.isMapping) return { group: node.text() ?? '', cancelInProgress: false, queue: 'single' };
  node.only(['group', 'cancel-in-progress', 'queue']);
  const cancelInProgress = node.get('cancel-in-progress').value() ?? false;
  const queue = node.get('queue').text() === 'max' ? 'max' : 'single';
  if (queue === 'max' && cancelInProgress !== false) {
    node.get('queue').refuse('queue: max is not allowed together with cancel-in-progress');
  }
  return { group: node.get('group').text() ?? '', cancelInProgress, queue };
}

/** `defaults` of a workflow or a job. */
export function readDefaults(node: YamlNode): RunDefaults {
  node.only(['run']);
  node.get('run').only(['shell', 'working-directory']);
  return readRunDefaults(node.get('run'));
}

/** `shell` and `working-directory`, of `defaults.run` or of a step. */
export function readRunDefaults(node: YamlNode): RunDefaults {
  const shell = node.get('shell').text();
  if (shell !== undefined && shell !== 'bash') node.get('shell').refuse(`the lab runner has only bash, not ${shell}`);
  return { workingDirectory: node.get('working-directory').text(), shell: shell === undefined ? undefined : 'bash' };
}

/** A condition, as GitHub reads it: without a status function it means `success() && (…)`. */
export function readCondition(node: YamlNode): string {
  if (!node.present) return 'success()';
  const value = String(node.value()).trim();
  const expression = /^\$\{\{([\s\S]*)\}\}$/.exec(value)?.[1]?.trim() ?? value;
  return expression === '' ? 'success()' : statusFunctions.ensureStatusFunction(expression, conditionContexts);
}

/** What `ensureStatusFunction` needs to parse a condition: names as the parser's schema writes them. */
const conditionContexts = {
  allowedContext: [
    ...['github', 'inputs', 'vars', 'needs', 'strategy', 'matrix', 'job', 'runner', 'env', 'steps', 'secrets'],
    ...['success(0,0)', 'failure(0,0)', 'cancelled(0,0)', 'always(0,0)'],
  ],
} as Parameters<typeof statusFunctions.ensureStatusFunction>[1];
