/** Reads one step of a job. */
import { readAction } from './action-file.ts';
import type { Refusal, Step } from './model.ts';
import { checkShell, readCondition } from './shared-keys.ts';
import type { YamlNode } from './yaml-tree.ts';

type BaseStep = Omit<Extract<Step, { kind: 'run' }>, 'kind' | 'run' | 'workingDirectory'>;

const commonKeys = ['id', 'name', 'if', 'env', 'continue-on-error', 'timeout-minutes'];

/** Undefined for a step that uses an action which the lab does not have. */
export function readStep(root: string, step: YamlNode, refusals: Refusal[]): Step | undefined {
  const base: BaseStep = {
    id: step.get('id').text(),
    name: step.get('name').text(),
    condition: readCondition(step.get('if')),
    env: step.get('env').scalars(),
    continueOnError: step.get('continue-on-error').value(),
    timeoutMinutes: step.get('timeout-minutes').value(),
    line: step.line,
  };
  return step.get('uses').present ? readUses(base, step, root, refusals) : readRun(base, step);
}

function readRun(base: BaseStep, step: YamlNode): Step {
  step.only([...commonKeys, 'run', 'shell', 'working-directory']);
  checkShell(step.get('shell'));
  const workingDirectory = step.get('working-directory').text();
  return { ...base, kind: 'run', run: step.get('run').text() ?? '', workingDirectory };
}

function readUses(base: BaseStep, step: YamlNode, root: string, refusals: Refusal[]): Step | undefined {
  step.only([...commonKeys, 'uses', 'with']);
  const uses = step.get('uses');
  const reference = uses.text() ?? '';
  const inputs = step.get('with').scalars();
  const builtIn = /^actions\/(checkout|upload-artifact)@\S+$/.exec(reference)?.[1];
  if (builtIn === 'checkout' || builtIn === 'upload-artifact') {
    return { ...base, kind: 'built-in', action: builtIn, uses: reference, with: inputs };
  }
  if (!reference.startsWith('./')) {
    uses.refuse(`the lab runner has no ${reference}: it runs ./ actions of this repository, checkout, upload-artifact`);
    return undefined;
  }
  const action = readAction(root, reference.slice(2), refusals);
  if (action) {
    for (const [name, node] of step.get('with').entries()) {
      if (!Object.hasOwn(action.inputs, name)) node.refuse(`${reference} has no such input`);
    }
  }
  return { ...base, kind: 'action', path: reference.slice(2), with: inputs };
}
