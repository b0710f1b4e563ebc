/**
 * Reads a workflow file. GitHub's parser checks it first (schema, contexts, needs); then it is read key by key, and what
 * this runner does not do is refused with file, line and key before anything runs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJob } from './job-definition.ts';
import { type InputDefinition, type Job, type Refusal, type Source, type Workflow, WorkflowRefused } from './model.ts';
import { parser } from './official.ts';
import { readPermissions } from './permissions.ts';
import type { Reference, Repositories } from './references.ts';
import { readConcurrency, readDefaults } from './shared-keys.ts';
import { type YamlNode, YamlTree } from './yaml-tree.ts';

/** Reads `path` under `root`, and the workflows that it calls. @throws WorkflowRefused with every reason at once */
export async function readWorkflow(root: string, path: string, repositories: Repositories = {}): Promise<Workflow> {
  const refusals: Refusal[] = [];
  const source: Source = { repository: undefined, root, ref: undefined };
  const workflow = await read({ source, path, refusals, repositories, callers: [] });
  if (refusals.length > 0 || !workflow) throw new WorkflowRefused(refusals);
  return workflow;
}

interface Reading {
  readonly source: Source;
  readonly path: string;
  readonly refusals: Refusal[];
  readonly repositories: Repositories;
  /** The workflows through which this one is called, the outermost first. */
  readonly callers: readonly string[];
}

async function read(reading: Reading): Promise<Workflow | undefined> {
  const { source, path, refusals, callers, repositories } = reading;
  const name = source.repository ? `${source.repository}/${path}` : path;
  const refuse = (line: number, what: string): undefined => void refusals.push({ file: name, line, what });
  let content: string;
  try {
    content = readFileSync(join(source.root, path), 'utf8');
  } catch (error) {
    return refuse(1, `cannot be read: ${(error as Error).message}`);
  }
  if (callers.includes(name)) return refuse(1, `calls itself: ${[...callers, name].join(' → ')}`);
  const problems = await officialProblems(path, content);
  for (const { line, what } of problems) refuse(line, what);
  if (problems.length > 0) return undefined;

  const tree = new YamlTree(name, content);
  const top = tree.root;
  top.only(['name', 'run-name', 'on', 'permissions', 'env', 'defaults', 'concurrency', 'jobs']);
  const jobs: Job[] = [];
  const called = (reference: Reference) =>
    read({ ...reading, source: reference.source ?? source, path: reference.path, callers: [...callers, name] });
  for (const [id, node] of top.get('jobs').entries()) {
    const job = await readJob(id, node, { source, repositories, refusals, readCalled: called });
    if (job) jobs.push(job);
  }
  const workflow = {
    source,
    path,
    name: top.get('name').text() ?? path,
    runName: top.get('run-name').text(),
    ...readEvents(top.get('on')),
    permissions: readPermissions(top.get('permissions')),
    env: top.get('env').scalars(),
    concurrency: readConcurrency(top.get('concurrency')),
    defaults: readDefaults(top.get('defaults')),
    jobs,
  };
  refusals.push(...tree.refusals);
  return workflow;
}

/** What GitHub itself would say of the file. */
async function officialProblems(path: string, content: string): Promise<{ line: number; what: string }[]> {
  const { context, value } = parser.parseWorkflow({ name: path, content }, new parser.NoOperationTraceWriter());
  if (value) await parser.convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map((error) => ({ line: error.range?.start.line ?? 1, what: error.rawMessage }));
}

function readEvents(
  on: YamlNode,
): Pick<Workflow, 'events' | 'dispatchInputs' | 'callInputs' | 'callSecrets' | 'callOutputs'> {
  const dispatch = on.get('workflow_dispatch');
  const call = on.get('workflow_call');
  dispatch.only(['inputs']);
  call.only(['inputs', 'secrets', 'outputs']);
  return {
    events: on.isMapping ? on.entries().map(([name]) => name) : on.strings(),
    dispatchInputs: readInputs(dispatch.get('inputs')),
    callInputs: readInputs(call.get('inputs')),
    callSecrets: byName(call.get('secrets'), (node) => ({ required: node.get('required').value() === true })),
    callOutputs: byName(call.get('outputs'), (node) => node.get('value').text() ?? ''),
  };
}

function readInputs(inputs: YamlNode): Record<string, InputDefinition> {
  return byName(inputs, (node) => {
    node.only(['description', 'required', 'default', 'type', 'options', 'deprecationMessage']);
    return {
      type: (node.get('type').text() ?? 'string') as InputDefinition['type'],
      required: node.get('required').value() === true,
      default: node.get('default').value() as InputDefinition['default'],
      options: node.get('options').strings(),
    };
  });
}

function byName<T>(mapping: YamlNode, read: (node: YamlNode) => T): Record<string, T> {
  return Object.fromEntries(mapping.entries().map(([name, node]) => [name, read(node)]));
}
