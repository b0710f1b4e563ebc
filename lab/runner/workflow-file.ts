/**
 * Reads a workflow file. GitHub's parser judges it first (schema, contexts, needs); then it is read key by key, and
 * what this runner does not carry out is refused with file, line and key before anything runs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAction } from './action-file.ts';
import {
  type Concurrency,
  type InputDefinition,
  type Job,
  type Refusal,
  type Step,
  type Workflow,
  WorkflowRefused,
} from './model.ts';
import { parser, statusFunctions } from './official.ts';
import { readPermissions } from './permissions.ts';
import { type YamlNode, YamlTree } from './yaml-tree.ts';

/** Reads `path` under `root`, and the workflows it calls. @throws WorkflowRefused with every reason at once */
export async function readWorkflow(root: string, path: string): Promise<Workflow> {
  const refusals: Refusal[] = [];
  const workflow = await read(root, path, refusals, []);
  if (refusals.length > 0 || !workflow) throw new WorkflowRefused(refusals);
  return workflow;
}

async function read(
  root: string,
  path: string,
  refusals: Refusal[],
  callers: readonly string[],
): Promise<Workflow | undefined> {
  const refuse = (line: number, what: string): undefined => void refusals.push({ file: path, line, what });
  let content: string;
  try {
    content = readFileSync(join(root, path), 'utf8');
  } catch (error) {
    return refuse(1, `cannot be read: ${(error as Error).message}`);
  }
  if (callers.includes(path)) return refuse(1, `calls itself: ${[...callers, path].join(' → ')}`);
  const official = parser.parseWorkflow({ name: path, content }, new parser.NoOperationTraceWriter());
  if (official.value) await parser.convertWorkflowTemplate(official.context, official.value);
  for (const error of official.context.errors.getErrors()) refuse(error.range?.start.line ?? 1, error.rawMessage);
  if (official.context.errors.count > 0) return undefined;

  const tree = new YamlTree(path, content);
  const top = tree.root;
  top.only(['name', 'run-name', 'on', 'permissions', 'env', 'defaults', 'concurrency', 'jobs']);
  const on = readEvents(top.get('on'));
  const jobs: Job[] = [];
  for (const [id, node] of top.get('jobs').entries()) {
    const job = await readJob(root, id, node, refusals, [...callers, path]);
    if (job) jobs.push(job);
  }
  refusals.push(...tree.refusals);
  return {
    path,
    name: top.get('name').text() ?? path,
    runName: top.get('run-name').text(),
    ...on,
    permissions: readPermissions(top.get('permissions')),
    env: top.get('env').scalars(),
    concurrency: readConcurrency(top.get('concurrency')),
    workingDirectory: readDefaults(top.get('defaults')),
    jobs,
  };
}

function readEvents(
  on: YamlNode,
): Pick<Workflow, 'events' | 'dispatchInputs' | 'callInputs' | 'callSecrets' | 'callOutputs'> {
  const value = on.value();
  const events = on.isMapping
    ? on.entries().map(([name]) => name)
    : Array.isArray(value)
      ? value.map(String)
      : [String(value)];
  const dispatch = on.get('workflow_dispatch');
  const call = on.get('workflow_call');
  dispatch.only(['inputs']);
  call.only(['inputs', 'secrets', 'outputs']);
  return {
    events,
    dispatchInputs: readInputs(dispatch.get('inputs')),
    callInputs: readInputs(call.get('inputs')),
    callSecrets: Object.fromEntries(
      call
        .get('secrets')
        .entries()
        .map(([name, node]) => [name, { required: node.get('required').value() === true }]),
    ),
    callOutputs: Object.fromEntries(
      call
        .get('outputs')
        .entries()
        .map(([name, node]) => [name, node.get('value').text() ?? '']),
    ),
  };
}

function readInputs(inputs: YamlNode): Record<string, InputDefinition> {
  return Object.fromEntries(
    inputs.entries().map(([name, node]) => {
      node.only(['description', 'required', 'default', 'type', 'options', 'deprecationMessage']);
      const options = node.get('options').value();
      return [
        name,
        {
          type: (node.get('type').text() ?? 'string') as InputDefinition['type'],
          required: node.get('required').value() === true,
          default: node.get('default').value() as InputDefinition['default'],
          options: Array.isArray(options) ? options.map(String) : [],
        },
      ];
    }),
  );
}

async function readJob(
  root: string,
  id: string,
  job: YamlNode,
  refusals: Refusal[],
  callers: readonly string[],
): Promise<Job | undefined> {
  const needs = job.get('needs').value();
  const base = {
    id,
    name: job.get('name').text() ?? id,
    needs: needs === undefined ? [] : Array.isArray(needs) ? needs.map(String) : [String(needs)],
    condition: readCondition(job.get('if')),
    permissions: readPermissions(job.get('permissions')),
    concurrency: readConcurrency(job.get('concurrency')),
    matrix: readMatrix(job.get('strategy')),
  };
  const uses = job.get('uses');
  if (uses.present) {
    job.only(['name', 'needs', 'if', 'permissions', 'concurrency', 'strategy', 'uses', 'with', 'secrets']);
    const reference = uses.text() ?? '';
    if (!/^\.\/\.github\/workflows\/[^/@]+\.ya?ml$/.test(reference)) {
      uses.refuse(`the lab runner calls only workflows of this repository (./.github/workflows/…), not ${reference}`);
      return undefined;
    }
    const called = await read(root, reference.slice(2), refusals, callers);
    if (!called) return undefined;
    if (!called.events.includes('workflow_call')) uses.refuse(`${reference} has no workflow_call`);
    const secrets = job.get('secrets');
    return {
      ...base,
      kind: 'call',
      called,
      with: job.get('with').scalars(),
      secrets: secrets.value() === 'inherit' ? 'inherit' : secrets.scalars(),
    };
  }
  job.only(
    [
      'name',
      'needs',
      'if',
      'permissions',
      'concurrency',
      'strategy',
      'runs-on',
      'env',
      'environment',
      'outputs',
    ].concat(['timeout-minutes', 'continue-on-error', 'defaults', 'services', 'steps']),
  );
  const label = job.get('runs-on').text() ?? '';
  if (!/^ubuntu-|\$\{\{/.test(label)) job.get('runs-on').refuse('the lab runner stands in for ubuntu-… runners only');
  const environment = job.get('environment');
  return {
    ...base,
    kind: 'steps',
    env: job.get('env').scalars(),
    environment: environment.isMapping ? environment.get('name').text() : environment.text(),
    outputs: job.get('outputs').scalars(),
    timeoutMinutes: job.get('timeout-minutes').value(),
    continueOnError: job.get('continue-on-error').value(),
    workingDirectory: readDefaults(job.get('defaults')),
    services: readServices(job.get('services')),
    steps: job
      .get('steps')
      .items()
      .map((step) => readStep(root, step, refusals))
      .filter((step) => step !== undefined),
  };
}

/** Of services only the images: the lab has no container engine to start one with, so each must turn out to be none. */
function readServices(node: YamlNode): Record<string, unknown> {
  return Object.fromEntries(
    node.entries().map(([name, service]) => {
      const image = service.get('image').value();
      if (!String(image).includes('${{')) node.refuse(`the lab has no container engine for the service ${name}`);
      return [name, image];
    }),
  );
}

function readStep(root: string, step: YamlNode, refusals: Refusal[]): Step | undefined {
  const common = ['id', 'name', 'if', 'env', 'continue-on-error', 'timeout-minutes'];
  const base = {
    id: step.get('id').text(),
    name: step.get('name').text(),
    condition: readCondition(step.get('if')),
    env: step.get('env').scalars(),
    continueOnError: step.get('continue-on-error').value(),
    timeoutMinutes: step.get('timeout-minutes').value(),
    line: step.line,
  };
  const uses = step.get('uses');
  if (!uses.present) {
    step.only([...common, 'run', 'shell', 'working-directory']);
    checkShell(step.get('shell'));
    const workingDirectory = step.get('working-directory').text();
    return { ...base, kind: 'run', run: step.get('run').text() ?? '', workingDirectory };
  }
  step.only([...common, 'uses', 'with']);
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

/** GitHub's rule: a condition without a status function means `success() && (…)`. */
function readCondition(node: YamlNode): string {
  if (!node.present) return 'success()';
  const value = String(node.value()).trim();
  const expression = /^\$\{\{([\s\S]*)\}\}$/.exec(value)?.[1]?.trim() ?? value;
  return expression === '' ? 'success()' : statusFunctions.ensureStatusFunction(expression, conditionContexts);
}

/** What `ensureStatusFunction` needs to parse a condition: names in the way the parser's schema gives them. */
const conditionContexts = {
  allowedContext: [
    'github',
    'inputs',
    'vars',
    'needs',
    'strategy',
    'matrix',
    'job',
    'runner',
    'env',
    'steps',
    'secrets',
  ].concat(['success(0,0)', 'failure(0,0)', 'cancelled(0,0)', 'always(0,0)']),
} as Parameters<typeof statusFunctions.ensureStatusFunction>[1];

function readConcurrency(node: YamlNode): Concurrency | undefined {
  if (!node.present) return undefined;
  if (!node.isMapping) return { group: node.text() ?? '', cancelInProgress: false };
  node.only(['group', 'cancel-in-progress']);
  return { group: node.get('group').text() ?? '', cancelInProgress: node.get('cancel-in-progress').value() ?? false };
}

function readDefaults(node: YamlNode): string | undefined {
  node.only(['run']);
  const run = node.get('run');
  run.only(['shell', 'working-directory']);
  checkShell(run.get('shell'));
  return run.get('working-directory').text();
}

function checkShell(node: YamlNode): void {
  const shell = node.text();
  if (shell !== undefined && shell !== 'bash') node.refuse(`the lab runner has bash only, not ${shell}`);
}

function readMatrix(strategy: YamlNode): Job['matrix'] {
  if (!strategy.present) return undefined;
  strategy.only(['matrix', 'fail-fast']);
  if (strategy.get('fail-fast').value() !== false) {
    strategy.refuse('the lab runner does not cancel the siblings of a failed job: say fail-fast: false');
  }
  const matrix = strategy.get('matrix');
  if (!matrix.isMapping) return matrix.text();
  for (const key of ['include', 'exclude']) {
    if (matrix.get(key).present) matrix.get(key).refuse('the lab runner does not know this key');
  }
  return matrix.value() as Record<string, unknown>;
}
