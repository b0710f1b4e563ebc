/** Reads one step of a job. */
import { readAction } from './action-file.ts';
import { builtIn } from './built-in.ts';
import type { Refusal, Source, Step } from './model.ts';
import { actionReference, type Repositories } from './references.ts';
import { readCondition, readRunDefaults } from './shared-keys.ts';
import type { YamlNode } from './yaml-tree.ts';

type BaseStep = Omit<Extract<Step, { kind: 'run' }>, 'kind' | 'run' | 'workingDirectory' | 'shell'>;

const commonKeys = ['id', 'name', 'if', 'env', 'continue-on-error', 'timeout-minutes'];

export interface StepReading {
  /** The repository of the file. */
  readonly source: Source;
  readonly repositories: Repositories;
  readonly refusals: Refusal[];
}

/** Undefined for a step that uses an action which the lab does not have. */
export function readStep(step: YamlNode, reading: StepReading): Step | undefined {
  const base: BaseStep = {
    id: step.get('id').text(),
    name: step.get('name').text(),
    condition: readCondition(step.get('if')),
    env: step.get('env').scalars(),
    continueOnError: step.get('continue-on-error').value(),
    timeoutMinutes: step.get('timeout-minutes').value(),
    line: step.line,
  };
  return step.get('uses').present ? readUses(base, step, reading) : readRun(base, step);
}

function readRun(base: BaseStep, step: YamlNode): Step {
  step.only([...commonKeys, 'run', 'shell', 'working-directory']);
  return { ...base, kind: 'run', run: step.get('run').text() ?? '', ...readRunDefaults(step) };
}

function readUses(base: BaseStep, step: YamlNode, reading: StepReading): Step | undefined {
  step.only([...commonKeys, 'uses', 'with']);
  const uses = step.get('uses');
  const text = uses.text() ?? '';
  const inputs = step.get('with').scalars();
  const standIn = builtIn(text);
  if (standIn) return { ...base, kind: 'built-in', action: standIn, uses: text, with: inputs };
  const reference = actionReference(text, reading.source, reading.repositories);
  if (typeof reference === 'string') {
    uses.refuse(reference);
    return undefined;
  }
  // What the workspace of a workflow of another repository holds is known only when the job runs: it is the caller's.
  const root = reference.source?.root ?? (reading.source.repository === undefined ? reading.source.root : undefined);
  const action = root === undefined ? undefined : readAction(root, reference.path, reading.refusals);
  if (action) {
    for (const [name, node] of step.get('with').entries()) {
      if (!Object.hasOwn(action.inputs, name)) node.refuse(`${text} has no such input`);
    }
  }
  return { ...base, kind: 'action', uses: text, ...reference, with: inputs };
}
