/** Runs workflow files as GitHub would: one object per lab, so that runs know of each other. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GitHubLab } from '../services/github/server.ts';
import type { RunRecord } from '../services/github/state.ts';
import { Masks } from './commands.ts';
import { ConcurrencyGroups } from './concurrency.ts';
import { type Contexts, evaluate, text } from './expressions.ts';
import { resolveInputs } from './inputs.ts';
import type { JobResult, Outcome, RunnerLine } from './job.ts';
import { runJobs } from './jobs.ts';
import type { Workflow } from './model.ts';
import type { CancelDelays } from './step-process.ts';
import { readWorkflow } from './workflow-file.ts';

export interface RunnerOptions {
  /** The repository whose workflows are run. */
  readonly root: string;
  /** Where runs keep workspaces, logs and summaries. */
  readonly directory: string;
  readonly github: GitHubLab;
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Environment of the runner's machine, which every step sees: the addresses of the lab's endpoints. */
  readonly machineEnvironment?: Readonly<Record<string, string>>;
  readonly onLine?: (line: RunnerLine) => void;
  readonly cancelDelays?: CancelDelays;
  readonly ref?: string;
}

export interface Trigger {
  readonly event: 'schedule' | 'workflow_dispatch' | 'push' | 'pull_request';
  /** For workflow_dispatch. */
  readonly inputs?: Readonly<Record<string, unknown>>;
}

export interface RunResult {
  readonly id: number;
  readonly attempt: number;
  readonly url: string;
  readonly workflow: string;
  readonly trigger: Trigger;
  readonly conclusion: Outcome;
  readonly jobs: readonly JobResult[];
  /** The summaries of all jobs, in order. */
  readonly summary: string;
  readonly summaryPath: string;
  readonly directory: string;
  readonly seconds: number;
}

export interface RunHandle {
  readonly id: number;
  readonly finished: Promise<RunResult>;
  /** Cancels as GitHub's button does: SIGINT, SIGTERM, SIGKILL; post steps run. */
  cancel(): void;
  /** The runner is lost: SIGKILL to everything it started, no post step; GitHub counts the run as failed. */
  killRunner(): void;
}

/** What of an earlier attempt is run again: everything, the failed jobs, or one job and those that need it. */
export type Rerun = 'all' | 'failed' | { readonly job: string };

export class Runner {
  readonly options: RunnerOptions;
  readonly #groups = new ConcurrencyGroups();
  readonly #handles = new Set<RunHandle>();

  constructor(options: RunnerOptions) {
    this.options = options;
  }

  /** Starts a run. @throws WorkflowRefused, or Error for wrong inputs, before anything has run */
  async start(path: string, trigger: Trigger): Promise<RunHandle> {
    const workflow = await readWorkflow(this.options.root, path);
    if (!workflow.events.includes(trigger.event)) {
      throw new Error(`${path} does not run on ${trigger.event}; it runs on ${workflow.events.join(', ')}`);
    }
    const given = trigger.inputs ?? {};
    if (trigger.event !== 'workflow_dispatch' && Object.keys(given).length > 0) {
      throw new Error(`inputs are for workflow_dispatch, not ${trigger.event}`);
    }
    const definitions = trigger.event === 'workflow_dispatch' ? workflow.dispatchInputs : {};
    const inputs = resolveInputs(definitions, given, { vars: this.options.vars ?? {} });
    const { state } = this.options.github;
    const record = state.startRun({ workflow: path, name: workflow.name, event: trigger.event });
    return this.#launch(workflow, trigger, inputs, record, []);
  }

  /** Runs an earlier run again under the same id, the attempt one higher; kept jobs bring their outputs along. */
  async rerun(previous: RunResult, what: Rerun = 'all'): Promise<RunHandle> {
    const record = this.options.github.state.runs.get(previous.id);
    if (record?.status !== 'completed') throw new Error(`run ${previous.id} is not over`);
    const workflow = await readWorkflow(this.options.root, previous.workflow);
    const again = jobsToRepeat(workflow, previous, what);
    record.attempt += 1;
    const definitions = previous.trigger.event === 'workflow_dispatch' ? workflow.dispatchInputs : {};
    const inputs = resolveInputs(definitions, previous.trigger.inputs ?? {}, { vars: this.options.vars ?? {} });
    const kept = previous.jobs.filter((job) => !again.has(job.id.split('/')[0] ?? job.id));
    return this.#launch(workflow, previous.trigger, inputs, record, kept);
  }

  /** Every run in progress loses its runner: what the fault effects `kill-before` and `kill-after` do. */
  killRunning(): void {
    for (const handle of [...this.#handles]) handle.killRunner();
  }

  /** Kills whatever still runs, and waits until it is gone; for stopping the lab. */
  async stop(): Promise<void> {
    const handles = [...this.#handles];
    this.killRunning();
    await Promise.allSettled(handles.map((handle) => handle.finished));
  }

  #launch(
    workflow: Workflow,
    trigger: Trigger,
    inputs: Record<string, unknown>,
    record: RunRecord,
    kept: readonly JobResult[],
  ): RunHandle {
    const cancel = new AbortController();
    const killed = new AbortController();
    const handle: RunHandle = {
      id: record.id,
      finished: this.#run(workflow, trigger, inputs, record, kept, cancel, killed).finally(() => {
        this.#handles.delete(handle);
      }),
      cancel: () => cancel.abort(),
      killRunner: () => {
        killed.abort();
        record.status = 'completed';
        record.conclusion = 'failure';
      },
    };
    this.#handles.add(handle);
    return handle;
  }

  async #run(
    workflow: Workflow,
    trigger: Trigger,
    inputs: Record<string, unknown>,
    record: RunRecord,
    kept: readonly JobResult[],
    cancel: AbortController,
    killed: AbortController,
  ): Promise<RunResult> {
    const started = performance.now();
    const directory = join(this.options.directory, `${record.id}-${record.attempt}`);
    mkdirSync(directory, { recursive: true });
    const contexts = this.#contexts(workflow, trigger, inputs, record, directory);
    const masks = new Masks();
    for (const secret of Object.values(this.options.secrets ?? {})) masks.add(secret);
    record.status = 'in_progress';
    record.conclusion = null;
    const leave = workflow.concurrency
      ? await this.#groups.enter(text(workflow.concurrency.group, contexts), {
          cancelInProgress: evaluate(workflow.concurrency.cancelInProgress, contexts) === true,
          cancel: () => cancel.abort(),
        })
      : () => {};
    let jobs: readonly JobResult[] = [];
    try {
      if (leave) {
        jobs = await runJobs({
          runner: this.options,
          groups: this.#groups,
          workflow,
          entry: workflow,
          contexts,
          record,
          directory,
          masks,
          kept,
          cancel: cancel.signal,
          killed: killed.signal,
        });
      }
    } finally {
      leave?.();
      record.status = 'completed';
      record.conclusion ??= 'failure';
    }
    const conclusion = leave ? conclude(jobs, killed.signal.aborted) : 'cancelled';
    record.conclusion = conclusion;
    const summary = jobs
      .map((job) => job.summary)
      .filter(Boolean)
      .join('\n');
    const summaryPath = join(directory, 'summary.md');
    writeFileSync(summaryPath, summary);
    return {
      id: record.id,
      attempt: record.attempt,
      url: `https://github.com/${this.options.github.state.fullName}/actions/runs/${record.id}`,
      workflow: workflow.path,
      trigger,
      conclusion,
      jobs,
      summary,
      summaryPath,
      directory,
      seconds: (performance.now() - started) / 1000,
    };
  }

  #contexts(
    workflow: Workflow,
    trigger: Trigger,
    inputs: Record<string, unknown>,
    record: RunRecord,
    directory: string,
  ): Contexts {
    const { github, root } = this.options;
    const review = trigger.event === 'pull_request';
    const ref = this.options.ref ?? (review ? 'refs/pull/7/merge' : 'refs/heads/main');
    const event = {
      // In the event all inputs are text; the context `inputs` has their types.
      ...(trigger.event === 'workflow_dispatch' ? { inputs: strings(inputs) } : {}),
      ...(trigger.event === 'schedule' ? { schedule: '0 0 * * *' } : {}),
      repository: { full_name: github.state.fullName, default_branch: 'main', private: true },
      workflow: workflow.path,
    };
    const eventPath = join(directory, 'event.json');
    writeFileSync(eventPath, JSON.stringify(event, null, 2));
    return {
      github: {
        event,
        event_name: trigger.event,
        event_path: eventPath,
        repository: github.state.fullName,
        repository_owner: github.state.repository.owner,
        repository_id: String(github.state.repository.id),
        ref,
        ref_name: ref.replace(/^refs\/(heads|tags)\//, ''),
        ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
        sha: commit(root),
        actor: 'lab',
        triggering_actor: 'lab',
        workflow: workflow.name,
        workflow_ref: `${github.state.fullName}/${workflow.path}@${ref}`,
        run_id: String(record.id),
        run_number: String(record.number),
        run_attempt: String(record.attempt),
        server_url: 'https://github.com',
        api_url: github.apiUrl,
        graphql_url: `${github.apiUrl}/graphql`,
        head_ref: review ? 'change' : '',
        base_ref: review ? 'main' : '',
      },
      vars: this.options.vars ?? {},
      secrets: this.options.secrets ?? {},
      inputs,
    };
  }
}

function strings(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

/** The commit of the working tree, or zeros where there is none. */
function commit(root: string): string {
  try {
    return execFileSync('git', ['-C', root, 'rev-parse', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '0'.repeat(40);
  }
}

function conclude(jobs: readonly JobResult[], killed: boolean): Outcome {
  const all = jobs.map((job) => job.conclusion);
  if (killed || all.includes('failure')) return 'failure';
  if (all.includes('cancelled')) return 'cancelled';
  return all.every((one) => one === 'skipped') ? 'skipped' : 'success';
}

function jobsToRepeat(workflow: Workflow, previous: RunResult, what: Rerun): Set<string> {
  const ids = workflow.jobs.map((job) => job.id);
  if (what === 'all') return new Set(ids);
  if (what !== 'failed' && !ids.includes(what.job)) {
    throw new Error(`${workflow.path} has no job ${what.job}; it has ${ids.join(', ')}`);
  }
  const failed = previous.jobs.filter((job) => job.conclusion === 'failure' || job.conclusion === 'cancelled');
  const again = new Set(what === 'failed' ? failed.map((job) => job.id.split('/')[0] ?? job.id) : [what.job]);
  // Whatever needs a repeated job is repeated with it, however far away.
  for (let grown = true; grown; ) {
    grown = false;
    for (const job of workflow.jobs) {
      if (!again.has(job.id) && job.needs.some((need) => again.has(need))) {
        again.add(job.id);
        grown = true;
      }
    }
  }
  return again;
}
