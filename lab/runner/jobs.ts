/** The jobs of one workflow in the order of their needs; called workflows run inside their caller. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JobIdentity, Permissions, RunRecord } from '../services/github/state.ts';
import type { Masks } from './commands.ts';
import type { ConcurrencyGroups } from './concurrency.ts';
import { type Contexts, condition, evaluate, type Status, text, textMap } from './expressions.ts';
import { resolveInputs } from './inputs.ts';
import { type JobResult, type Outcome, runJob } from './job.ts';
import type { Job, Workflow } from './model.ts';
import { beyond, defaultPermissions } from './permissions.ts';
import type { RunnerOptions } from './runner.ts';
import { githubCancelDelays } from './step-process.ts';

export interface JobsOptions {
  readonly runner: RunnerOptions;
  readonly groups: ConcurrencyGroups;
  readonly workflow: Workflow;
  /** The workflow that was triggered; the same unless this one was called. */
  readonly entry: Workflow;
  readonly contexts: Contexts;
  readonly record: RunRecord;
  readonly directory: string;
  readonly masks: Masks;
  /** Results of an earlier attempt that are kept. */
  readonly kept: readonly JobResult[];
  readonly cancel: AbortSignal;
  readonly killed: AbortSignal;
  /** Where this workflow was called: the caller's job and what its token may do. */
  readonly caller?: { readonly key: string; readonly permissions: Permissions };
}

/** Runs all jobs, each as soon as those it needs are over. */
export async function runJobs(options: JobsOptions): Promise<JobResult[]> {
  const running = new Map<string, Promise<JobResult[]>>();
  const start = (job: Job): Promise<JobResult[]> => {
    const known = running.get(job.id);
    if (known) return known;
    const needed = job.needs.map((id) => {
      const found = options.workflow.jobs.find((one) => one.id === id);
      if (!found) throw new Error(`${options.workflow.path}: job ${job.id} needs ${id}, which does not exist`);
      return start(found);
    });
    const promise = Promise.all(needed).then((results) => one(options, job, needsOf(job, results), running));
    running.set(job.id, promise);
    return promise;
  };
  const results = await Promise.all(options.workflow.jobs.map(start));
  return results.flat();
}

interface Need {
  readonly result: Outcome;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The `needs` context. A matrix has one result: the worst; its outputs are those of the last. */
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

function worst(outcomes: readonly Outcome[]): Outcome {
  for (const outcome of ['failure', 'cancelled', 'success'] as const) if (outcomes.includes(outcome)) return outcome;
  return 'skipped';
}

async function one(
  options: JobsOptions,
  job: Job,
  needs: Record<string, Need>,
  running: ReadonlyMap<string, Promise<JobResult[]>>,
): Promise<JobResult[]> {
  const key = options.caller ? `${options.caller.key} / ${job.id}` : job.id;
  const kept = options.caller ? [] : options.kept.filter((result) => result.id.split('/')[0] === job.id);
  if (kept.length > 0) return [...kept];
  const contexts = { ...options.contexts, needs };
  const nothing = (conclusion: Outcome): JobResult => {
    return {
      key,
      id: job.id,
      name: job.name,
      conclusion,
      outputs: {},
      steps: [],
      summary: '',
      logPath: undefined,
      seconds: 0,
    };
  };
  if (options.killed.aborted) return [nothing('failure')];
  if (!condition(job.condition, contexts, await statusBefore(options, job, running))) {
    options.runner.onLine?.({ job: key, kind: 'job', text: `${job.name}: skipped` });
    return [nothing(options.cancel.aborted ? 'cancelled' : 'skipped')];
  }
  const results: JobResult[] = [];
  for (const matrix of combinations(job, contexts)) {
    const label = matrix ? ` (${leaves(matrix).join(', ')})` : '';
    const own = { ...contexts, ...(matrix ? { matrix } : {}) };
    const displaced = new AbortController();
    const leave = job.concurrency
      ? await options.groups.enter(text(job.concurrency.group, own), {
          cancelInProgress: evaluate(job.concurrency.cancelInProgress, own) === true,
          cancel: () => displaced.abort(),
        })
      : () => {};
    if (!leave) {
      results.push(nothing('cancelled'));
      continue;
    }
    const mine = { ...options, cancel: AbortSignal.any([options.cancel, displaced.signal]) };
    try {
      if (job.kind === 'call') results.push(...(await call(mine, job, own, key)));
      else results.push(await steps(mine, job, own, key + label));
    } catch (error) {
      // What stops a job from starting (a secret it needs, a permission its caller lacks) fails it.
      options.runner.onLine?.({
        job: key,
        kind: 'error',
        text: error instanceof Error ? error.message : String(error),
      });
      results.push(nothing('failure'));
    } finally {
      leave();
    }
  }
  return results;
}

/** `success()` of a job looks at everything before it, not only at what it needs directly. */
async function statusBefore(
  options: JobsOptions,
  job: Job,
  running: ReadonlyMap<string, Promise<JobResult[]>>,
): Promise<Status> {
  if (options.cancel.aborted) return 'cancelled';
  const ancestors = new Set<string>();
  const visit = (id: string): void => {
    if (ancestors.has(id)) return;
    ancestors.add(id);
    options.workflow.jobs.find((one) => one.id === id)?.needs.forEach(visit);
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

/** GitHub names a job of a matrix after all its values, also those inside of objects. */
function leaves(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.values(value).flatMap(leaves);
}

function combinations(job: Job, contexts: Contexts): (Record<string, unknown> | undefined)[] {
  if (job.matrix === undefined) return [undefined];
  const matrix = evaluateDeep(job.matrix, contexts) as Record<string, unknown>;
  return Object.entries(matrix).reduce<Record<string, unknown>[]>(
    (found, [key, values]) => found.flatMap((one) => (values as unknown[]).map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
}

function evaluateDeep(value: unknown, contexts: Contexts): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluateDeep(item, contexts));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluateDeep(item, contexts)]));
  }
  return evaluate(value, contexts);
}

/** A called workflow: inputs and secrets as the caller gives them, permissions no wider than the caller's. */
async function call(
  options: JobsOptions,
  job: Extract<Job, { kind: 'call' }>,
  contexts: Contexts,
  key: string,
): Promise<JobResult[]> {
  const started = performance.now();
  const permissions = permissionsOf(options, job);
  const given = Object.fromEntries(Object.entries(job.with).map(([name, value]) => [name, evaluate(value, contexts)]));
  const inputs = resolveInputs(job.called.callInputs, given, contexts);
  const secrets = job.secrets === 'inherit' ? contexts.secrets : textMap(job.secrets, contexts);
  for (const [name, { required }] of Object.entries(job.called.callSecrets)) {
    if (required && !(secrets as Record<string, string>)[name]) throw new Error(`${key}: secret ${name} is required`);
  }
  const results = await runJobs({
    ...options,
    workflow: job.called,
    contexts: { ...options.contexts, inputs, secrets, needs: {} },
    kept: [],
    caller: { key, permissions },
  });
  const jobs = Object.fromEntries(
    results.map((result) => [result.id, { result: result.conclusion, outputs: result.outputs }]),
  );
  const outputs = textMap(job.called.callOutputs, { ...contexts, inputs, jobs });
  return [
    ...results.map((result) => ({ ...result, id: `${job.id}/${result.id}` })),
    {
      key,
      id: job.id,
      name: job.name,
      conclusion: worst(results.map((result) => result.conclusion)),
      outputs,
      steps: [],
      summary: '',
      logPath: undefined,
      seconds: (performance.now() - started) / 1000,
    },
  ];
}

function permissionsOf(options: JobsOptions, job: Job): Permissions {
  const stated = job.permissions ?? options.workflow.permissions;
  const held = options.caller?.permissions;
  if (!held) return stated ?? defaultPermissions;
  if (!stated) return held;
  const excess = beyond(stated, held);
  if (excess.length > 0) {
    const asks = `${options.workflow.path}: job ${job.id} asks for ${excess.join(', ')}`;
    throw new Error(`${asks}, which its caller ${options.caller?.key} does not have`);
  }
  return stated;
}

async function steps(
  options: JobsOptions,
  job: Extract<Job, { kind: 'steps' }>,
  contexts: Contexts,
  key: string,
): Promise<JobResult> {
  const { runner, record, masks } = options;
  const { github } = runner;
  const context = contexts.github as Record<string, string>;
  const permissions = permissionsOf(options, job);
  const environment = job.environment === undefined ? undefined : text(job.environment, contexts);
  const identity: JobIdentity = {
    runId: record.id,
    runNumber: record.number,
    runAttempt: record.attempt,
    job: job.id,
    workflow: options.entry.name,
    workflowPath: options.entry.path,
    jobWorkflow: options.workflow.path,
    event: context.event_name ?? '',
    ref: context.ref ?? '',
    sha: context.sha ?? '',
    actor: context.actor ?? '',
    permissions,
    ...(environment ? { environment } : {}),
  };
  const { token, oidcToken } = github.state.issueTokens(identity);
  masks.add(token);
  if (oidcToken) masks.add(oidcToken);
  const directory = join(options.directory, key.replaceAll(/[^A-Za-z0-9_.-]+/g, '-'));
  mkdirSync(directory, { recursive: true });
  runner.onLine?.({ job: key, kind: 'job', text: text(job.name, contexts) });
  try {
    return await runJob({
      root: runner.root,
      directory,
      key,
      workflow: options.workflow,
      job,
      contexts: {
        ...contexts,
        github: { ...context, job: job.id, token },
        secrets: { ...(contexts.secrets as object), GITHUB_TOKEN: token },
      },
      permissions,
      masks,
      environment: { ...runner.machineEnvironment, ...environmentOf(context, job.id), ...oidc(oidcToken) },
      onLine: (line) => runner.onLine?.(line),
      cancel: options.cancel,
      killed: options.killed,
      delays: runner.cancelDelays ?? githubCancelDelays,
    });
  } finally {
    github.state.revoke(token);
    github.state.revoke(oidcToken);
  }

  function oidc(bearer: string | undefined): Record<string, string> {
    if (bearer === undefined) return {};
    return { ACTIONS_ID_TOKEN_REQUEST_URL: github.oidcUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer };
  }
}

/** The default variables of a job (docs.github.com, "Variables reference"). */
function environmentOf(github: Readonly<Record<string, unknown>>, job: string): Record<string, string> {
  const names = ['event_name', 'event_path', 'repository', 'repository_owner', 'repository_id', 'ref', 'ref_name']
    .concat(['ref_type', 'sha', 'actor', 'triggering_actor', 'workflow', 'workflow_ref', 'run_id', 'run_number'])
    .concat(['run_attempt', 'server_url', 'api_url', 'graphql_url', 'head_ref', 'base_ref']);
  return {
    ...Object.fromEntries(names.map((name) => [`GITHUB_${name.toUpperCase()}`, String(github[name] ?? '')])),
    GITHUB_ACTIONS: 'true',
    CI: 'true',
    GITHUB_JOB: job,
    GITHUB_ACTION: job,
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: process.arch === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_NAME: 'lab',
    RUNNER_ENVIRONMENT: 'github-hosted',
  };
}
