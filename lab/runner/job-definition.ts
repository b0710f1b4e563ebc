/** Reads one job of a workflow file: its steps, or the workflow that it calls. */
import type { Job, Refusal, Source, Workflow } from './model.ts';
import { readPermissions } from './permissions.ts';
import { type Reference, type Repositories, workflowReference } from './references.ts';
import { readConcurrency, readCondition, readDefaults } from './shared-keys.ts';
import { readStep } from './step-definition.ts';
import type { YamlNode } from './yaml-tree.ts';

export interface JobReading {
  /** The repository of the file. */
  readonly source: Source;
  readonly repositories: Repositories;
  readonly refusals: Refusal[];
  /** Reads a workflow that the job calls; undefined when that one is refused. */
  readonly readCalled: (reference: Reference) => Promise<Workflow | undefined>;
}

type BaseJob = Omit<Extract<Job, { kind: 'call' }>, 'kind' | 'called' | 'with' | 'secrets'>;

const commonKeys = ['name', 'needs', 'if', 'permissions', 'concurrency', 'strategy'];
const stepsKeys = [
  ...['runs-on', 'env', 'environment', 'outputs', 'timeout-minutes', 'continue-on-error', 'defaults', 'services'],
  'steps',
];

/** Undefined when the workflow that it calls is refused. */
export async function readJob(id: string, job: YamlNode, reading: JobReading): Promise<Job | undefined> {
  const base: BaseJob = {
    id,
    name: job.get('name').text() ?? id,
    needs: job.get('needs').strings(),
    condition: readCondition(job.get('if')),
    permissions: readPermissions(job.get('permissions')),
    concurrency: readConcurrency(job.get('concurrency')),
    matrix: readMatrix(job.get('strategy')),
  };
  return job.get('uses').present ? readCall(base, job, reading) : readStepsJob(base, job, reading);
}

async function readCall(base: BaseJob, job: YamlNode, reading: JobReading): Promise<Job | undefined> {
  job.only([...commonKeys, 'uses', 'with', 'secrets']);
  const uses = job.get('uses');
  const reference = workflowReference(uses.text() ?? '', reading.source, reading.repositories);
  if (typeof reference === 'string') {
    uses.refuse(reference);
    return undefined;
  }
  const called = await reading.readCalled(reference);
  if (!called) return undefined;
  if (!called.events.includes('workflow_call')) uses.refuse(`${uses.text()} has no workflow_call`);
  const secrets = job.get('secrets');
  refuseUndeclared(job.get('with'), called.callInputs, 'input');
  refuseUndeclared(secrets, called.callSecrets, 'secret');
  return {
    ...base,
    kind: 'call',
    called,
    with: job.get('with').scalars(),
    secrets: secrets.value() === 'inherit' ? 'inherit' : secrets.scalars(),
  };
}

/** What a caller gives must be declared by the called workflow (docs.github.com, "Workflow syntax", `on.workflow_call`). */
function refuseUndeclared(given: YamlNode, declared: Readonly<Record<string, unknown>>, what: string): void {
  for (const [name, node] of given.entries()) {
    if (!Object.hasOwn(declared, name))
      node.refuse(`Invalid ${what}, ${name} is not defined in the referenced workflow.`);
  }
}

function readStepsJob(base: BaseJob, job: YamlNode, reading: JobReading): Job {
  job.only([...commonKeys, ...stepsKeys]);
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
    defaults: readDefaults(job.get('defaults')),
    services: readServices(job.get('services')),
    steps: job
      .get('steps')
      .items()
      .map((step) => readStep(step, reading))
      .filter((step) => step !== undefined),
  };
}

/**
 * The images of the services. The lab has no container engine to start one with: an image must be an expression, which
 * turns out to be empty when the job runs.
 */
function readServices(node: YamlNode): Record<string, unknown> {
  return Object.fromEntries(
    node.entries().map(([name, service]) => {
      const image = service.get('image').value();
      if (!String(image).includes('${{')) node.refuse(`the lab has no container engine for the service ${name}`);
      return [name, image];
    }),
  );
}

function readMatrix(strategy: YamlNode): Job['matrix'] {
  if (!strategy.present) return undefined;
  strategy.only(['matrix', 'fail-fast']);
  if (strategy.get('fail-fast').value() !== false) {
    strategy.refuse('the lab runner does not cancel the other jobs of a matrix when one fails: set fail-fast: false');
  }
  const matrix = strategy.get('matrix');
  if (!matrix.isMapping) return matrix.text();
  for (const key of ['include', 'exclude']) {
    if (matrix.get(key).present) matrix.get(key).refuse('the lab runner does not know this key');
  }
  return matrix.value() as Record<string, unknown>;
}
