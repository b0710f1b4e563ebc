/** The jobs of one workflow, in the order of their needs; called workflows run inside their caller. */
import { groupOf } from './concurrency.ts';
import { type Contexts, condition, evaluate, type Status, textMap } from './expressions.ts';
import { resolveInputs } from './inputs.ts';
import { combinations, matrixLabel, strategyOf } from './matrix.ts';
import type { InputDefinition, Job, Workflow } from './model.ts';
import { permissionsOf } from './permissions.ts';
import { type JobResult, type Outcome, worst } from './result.ts';
import { runStepsJob } from './steps-job.ts';
import type { WorkflowRun } from './workflow-run.ts';

/** Running and ended jobs by id. */
type Running = Map<string, Promise<JobResult[]>>;

/** Runs all jobs, each as soon as those that it needs have ended. */
export async function runJobs(run: WorkflowRun): Promise<JobResult[]> {
  const running: Running = new Map();
  const start = (job: Job): Promise<JobResult[]> => {
    const known = running.get(job.id);
    if (known) return known;
    const needed = job.needs.map((id) => start(jobNamed(run, id, job)));
    const promise = Promise.all(needed).then((results) => runWhenReady(run, job, needsOf(job, results), running));
    running.set(job.id, promise);
    return promise;
  };
  return (await Promise.all(run.workflow.jobs.map(start))).flat();
}

function jobNamed({ workflow }: WorkflowRun, id: string, neededBy: Job): Job {
  const job = workflow.jobs.find((one) => one.id === id);
  if (!job) throw new Error(`${workflow.path}: job ${neededBy.id} needs ${id}, which does not exist`);
  return job;
}

interface Need {
  readonly result: Outcome;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The context `needs`. A matrix has one result, the worst; its outputs are those of the last job. */
function needsOf(job: Job, results: readonly (readonly JobResult[])[]): Record<string, Need> {
  return Object.fromEntries(
    job.needs.map((id, index) => {
      const all = results[index] ?? [];
      const own = all.filter((result) => result.id === id);
      const result = worst((own.length > 0 ? own : all).map((one) => one.conclusion));
      return [id, { result, outputs: Object.assign({}, ...own.map((one) => one.outputs)) as Record<string, string> }];
    }),
  );
}

/** A job whose needs have ended: kept, skipped, or run once for each combination of its matrix. */
async function runWhenReady(
  run: WorkflowRun,
  job: Job,
  needs: Record<string, Need>,
  running: Running,
): Promise<JobResult[]> {
  const key = run.caller ? `${run.caller.key} / ${job.id}` : job.id;
  const kept = run.caller ? [] : run.kept.filter((result) => result.id.split('/')[0] === job.id);
  if (kept.length > 0) return kept;
  if (run.killed.aborted) return [withoutSteps(key, job, 'failure')];
  const contexts = { ...run.contexts, needs };
  if (!condition(job.condition, contexts, await statusBefore(run, job, running))) {
    run.runner.onLine?.({ job: key, kind: 'job', text: `${job.name}: skipped` });
    return [withoutSteps(key, job, run.cancel.aborted ? 'cancelled' : 'skipped')];
  }
  const results: JobResult[] = [];
  const all = combinations(job, contexts);
  for (const [index, matrix] of all.entries()) {
    const own = { ...contexts, strategy: strategyOf(index, all.length, matrix), ...(matrix ? { matrix } : {}) };
    results.push(...(await runInTurn(run, job, own, { key, label: matrixLabel(matrix) })));
  }
  return results;
}

/** Waits for its turn in the job's concurrency group. */
async function runInTurn(
  run: WorkflowRun,
  job: Job,
  contexts: Contexts,
  { key, label }: { readonly key: string; readonly label: string },
): Promise<JobResult[]> {
  const displaced = new AbortController();
  const leave = await run.groups.enterFor(job.concurrency, contexts, () => displaced.abort());
  if (!leave) return [withoutSteps(key, job, 'cancelled')];
  const group = groupOf(job.concurrency, contexts);
  const held = group === undefined ? run.held : [...run.held, group];
  const own = { ...run, held, cancel: AbortSignal.any([run.cancel, displaced.signal]) };
  try {
    if (job.kind === 'call') return await runCalledWorkflow(own, job, contexts, key + label);
    return [await runStepsJob(own, job, contexts, key + label)];
  } catch (error) {
    // What keeps a job from starting (a secret that it needs, a permission that its caller lacks) fails it.
    const message = error instanceof Error ? error.message : String(error);
    run.runner.onLine?.({ job: key, kind: 'error', text: message });
    return [withoutSteps(key, job, 'failure')];
  } finally {
    leave();
  }
}

function withoutSteps(key: string, job: Job, conclusion: Outcome): JobResult {
  const nothing = { outputs: {}, steps: [], summary: '', logPath: undefined, seconds: 0 };
  return { key, id: job.id, name: job.name, conclusion, ...nothing };
}

/** The status that `success()` of a job asks for: that of all jobs before it, not only of those it needs directly. */
async function statusBefore({ workflow, cancel }: WorkflowRun, job: Job, running: Running): Promise<Status> {
  if (cancel.aborted) return 'cancelled';
  const ancestors = new Set<string>();
  const visit = (id: string): void => {
    if (ancestors.has(id)) return;
    ancestors.add(id);
    workflow.jobs.find((one) => one.id === id)?.needs.forEach(visit);
  };
  job.needs.forEach(visit);
  const outcomes: Outcome[] = [];
  for (const id of ancestors) {
    // The jobs inside a called workflow count only through their caller's result.
    const results = ((await running.get(id)) ?? []).filter((result) => result.id === id);
    outcomes.push(...results.map((result) => result.conclusion));
  }
  if (outcomes.includes('failure')) return 'failure';
  if (outcomes.includes('cancelled')) return 'cancelled';
  return outcomes.includes('skipped') ? 'skipped' : 'success';
}

/** A called workflow: inputs and secrets as the caller gives them, permissions no wider than the caller's. */
async function runCalledWorkflow(
  run: WorkflowRun,
  job: Extract<Job, { kind: 'call' }>,
  contexts: Contexts,
  key: string,
): Promise<JobResult[]> {
  const started = performance.now();
  const { called } = job;
  const permissions = permissionsOf(run, job);
  const given = Object.fromEntries(Object.entries(job.with).map(([name, value]) => [name, evaluate(value, contexts)]));
  refuseOtherTypes(called.callInputs, given);
  const inputs = resolveInputs(called.callInputs, given, contexts);
  const own = { ...run.contexts, inputs, secrets: secretsOf(job, contexts, key), needs: {} };
  const results = await inOwnGroup(run, called, own, (cancel, held) =>
    runJobs({ ...run, cancel, held, workflow: called, contexts: own, kept: [], caller: { key, permissions } }),
  );
  if (!results) return [withoutSteps(key, job, 'cancelled')];
  const jobs = Object.fromEntries(
    results.map((result) => [result.id, { result: result.conclusion, outputs: result.outputs }]),
  );
  const caller: JobResult = {
    ...withoutSteps(key, job, worst(results.map((result) => result.conclusion))),
    outputs: textMap(called.callOutputs, { ...contexts, inputs, jobs }),
    seconds: (performance.now() - started) / 1000,
  };
  return [...results.map((result) => ({ ...result, id: `${job.id}/${result.id}` })), caller];
}

/**
 * Runs a called workflow in the concurrency group that it names itself. Undefined when it got no place there.
 * @throws Error when its caller holds that group: GitHub cancels such a run, since neither could go on
 */
async function inOwnGroup<T>(
  run: WorkflowRun,
  called: Workflow,
  contexts: Contexts,
  work: (cancel: AbortSignal, held: readonly string[]) => Promise<T>,
): Promise<T | undefined> {
  const group = groupOf(called.concurrency, contexts);
  if (group === undefined) return work(run.cancel, run.held);
  if (run.held.includes(group)) {
    throw new Error(
      `Canceling since a deadlock was detected for concurrency group: '${group}' between a workflow and the one it calls`,
    );
  }
  const displaced = new AbortController();
  const leave = await run.groups.enterFor(called.concurrency, contexts, () => displaced.abort());
  try {
    return leave && (await work(AbortSignal.any([run.cancel, displaced.signal]), [...run.held, group]));
  } finally {
    leave?.();
  }
}

/** A called workflow takes no text for a boolean or a number, and nothing for neither. @throws Error, in GitHub's words */
function refuseOtherTypes(
  definitions: Readonly<Record<string, InputDefinition>>,
  given: Readonly<Record<string, unknown>>,
): void {
  for (const [name, value] of Object.entries(given)) {
    const type = definitions[name]?.type;
    if ((type === 'boolean' || type === 'number') && typeof value !== type) {
      throw new Error(`${name}: Unexpected value '${value ?? ''}' (the input is a ${type})`);
    }
  }
}

/** @throws Error that names a secret which the called workflow requires and does not get */
function secretsOf(
  job: Extract<Job, { kind: 'call' }>,
  contexts: Contexts,
  key: string,
): Readonly<Record<string, string>> {
  const secrets =
    job.secrets === 'inherit' ? (contexts.secrets as Record<string, string>) : textMap(job.secrets, contexts);
  for (const [name, { required }] of Object.entries(job.called.callSecrets)) {
    if (required && !secrets[name]) throw new Error(`${key}: secret ${name} is required`);
  }
  return secrets;
}
