/** Runs workflow files as GitHub would: one object for each lab, so that runs know of each other. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Masks } from './commands.ts';
import { ConcurrencyGroups, groupOf } from './concurrency.ts';
import { resolveInputs } from './inputs.ts';
import { runJobs } from './jobs.ts';
import type { Workflow } from './model.ts';
import type { RunnerOptions } from './options.ts';
import { keptResults, type Rerun } from './rerun.ts';
import type { JobResult, Outcome } from './result.ts';
import { type NewRun, runContexts, settingsOf, type Trigger } from './run-contexts.ts';
import { readWorkflow } from './workflow-file.ts';

export type { RunnerOptions } from './options.ts';
export type { Trigger } from './run-contexts.ts';

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

interface Controls {
  readonly cancel: AbortController;
  readonly killed: AbortController;
}

export class Runner {
  readonly options: RunnerOptions;
  readonly #groups = new ConcurrencyGroups();
  readonly #handles = new Set<RunHandle>();

  constructor(options: RunnerOptions) {
    this.options = options;
  }

  /** Starts a run. @throws WorkflowRefused, or Error for wrong inputs, before anything has run */
  async start(path: string, trigger: Trigger): Promise<RunHandle> {
    const workflow = await this.#read(path, trigger);
    if (!workflow.events.includes(trigger.event)) {
      throw new Error(`${path} does not run on ${trigger.event}; it runs on ${workflow.events.join(', ')}`);
    }
    if (trigger.event !== 'workflow_dispatch' && Object.keys(trigger.inputs ?? {}).length > 0) {
      throw new Error(`inputs are for workflow_dispatch, not ${trigger.event}`);
    }
    const inputs = this.#inputsOf(workflow, trigger);
    const { state } = this.options.github;
    const record = state.startRun({ workflow: path, name: workflow.name, event: trigger.event });
    return this.#launch({ workflow, trigger, inputs, record }, []);
  }

  /** Runs an earlier run again under the same id, as the next attempt. Jobs that are not repeated keep their results. */
  async rerun(previous: RunResult, what: Rerun = 'all'): Promise<RunHandle> {
    const record = this.options.github.state.runs.get(previous.id);
    if (record?.status !== 'completed') throw new Error(`run ${previous.id} is not over`);
    const { trigger } = previous;
    const workflow = await this.#read(previous.workflow, trigger);
    const kept = keptResults(workflow, previous.jobs, what);
    const inputs = this.#inputsOf(workflow, trigger);
    record.attempt += 1;
    return this.#launch({ workflow, trigger, inputs, record }, kept);
  }

  /** Every run in progress loses its runner: what the fault effects `kill-before` and `kill-after` do. */
  killRunning(): void {
    for (const handle of [...this.#handles]) handle.killRunner();
  }

  /** Kills what still runs and waits until it is gone; for stopping the lab. */
  async stop(): Promise<void> {
    const handles = [...this.#handles];
    this.killRunning();
    await Promise.allSettled(handles.map((handle) => handle.finished));
  }

  #read(path: string, { root = this.options.root }: Trigger): Promise<Workflow> {
    return readWorkflow(root, path, this.options.repositories);
  }

  #inputsOf(workflow: Workflow, trigger: Trigger): Record<string, unknown> {
    const definitions = trigger.event === 'workflow_dispatch' ? workflow.dispatchInputs : {};
    return resolveInputs(definitions, trigger.inputs ?? {}, { vars: settingsOf(this.options, trigger).vars });
  }

  #launch(run: NewRun, kept: readonly JobResult[]): RunHandle {
    const { record } = run;
    const controls: Controls = { cancel: new AbortController(), killed: new AbortController() };
    const handle: RunHandle = {
      id: record.id,
      finished: this.#run(run, kept, controls).finally(() => {
        this.#handles.delete(handle);
      }),
      cancel: () => controls.cancel.abort(),
      killRunner: () => {
        controls.killed.abort();
        record.status = 'completed';
        record.conclusion = 'failure';
      },
    };
    this.#handles.add(handle);
    return handle;
  }

  async #run(run: NewRun, kept: readonly JobResult[], controls: Controls): Promise<RunResult> {
    const { workflow, trigger, record } = run;
    const started = performance.now();
    const directory = join(this.options.directory, `${record.id}-${record.attempt}`);
    mkdirSync(directory, { recursive: true });
    const jobs = await this.#runInTurn(run, kept, controls, directory);
    const conclusion = jobs ? conclude(jobs, controls.killed.signal.aborted) : 'cancelled';
    record.conclusion = conclusion;
    const summary = (jobs ?? [])
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
      jobs: jobs ?? [],
      summary,
      summaryPath,
      directory,
      seconds: (performance.now() - started) / 1000,
    };
  }

  /** Undefined when a newer run of the workflow's concurrency group has taken this one's place in the queue. */
  async #runInTurn(
    run: NewRun,
    kept: readonly JobResult[],
    { cancel, killed }: Controls,
    directory: string,
  ): Promise<readonly JobResult[] | undefined> {
    const { workflow, record } = run;
    const contexts = runContexts(this.options, run, directory);
    const masks = new Masks();
    for (const secret of Object.values(settingsOf(this.options, run.trigger).secrets)) masks.add(secret);
    record.status = 'in_progress';
    record.conclusion = null;
    const group = groupOf(workflow.concurrency, contexts);
    const leave = await this.#groups.enterFor(workflow.concurrency, contexts, () => cancel.abort());
    try {
      if (!leave) return undefined;
      return await runJobs({
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
        held: group === undefined ? [] : [group],
      });
    } finally {
      leave?.();
      record.status = 'completed';
      record.conclusion ??= 'failure';
    }
  }
}

function conclude(jobs: readonly JobResult[], killed: boolean): Outcome {
  const all = jobs.map((job) => job.conclusion);
  if (killed || all.includes('failure')) return 'failure';
  if (all.includes('cancelled')) return 'cancelled';
  return all.every((one) => one === 'skipped') ? 'skipped' : 'success';
}
