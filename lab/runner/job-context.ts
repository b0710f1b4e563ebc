/** What the steps of one job share: folders, log, environment, and the contexts of expressions. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Permissions } from '../services/github/state.ts';
import type { Masks } from './commands.ts';
import { type Contexts, type Status, textMap } from './expressions.ts';
import type { Job, Workflow } from './model.ts';
import type { LogLine } from './output-reader.ts';
import type { Outcome, RunnerLine } from './result.ts';
import type { CancelDelays } from './step-process.ts';

/** The file that a job comes from (docs.github.com, "Contexts reference", `job`); the names are GitHub's. */
export interface JobOrigin {
  readonly workflow_ref: string;
  readonly workflow_sha: string;
  readonly workflow_repository: string;
  readonly workflow_file_path: string;
}

export interface JobOptions {
  /** The repository of the run, which is what checkout gives. */
  readonly root: string;
  readonly origin: JobOrigin;
  /** Folders of repositories that checkout can be asked for. */
  readonly repositories: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly key: string;
  readonly workflow: Workflow;
  readonly job: Extract<Job, { kind: 'steps' }>;
  readonly contexts: Contexts;
  readonly permissions: Permissions;
  readonly masks: Masks;
  /** Environment that GitHub's runner would give: addresses, ids, tokens. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: RunnerLine) => void;
  readonly cancel: AbortSignal;
  /** Aborted when the runner is killed: from then on nothing is run or logged. */
  readonly killed: AbortSignal;
  readonly delays: CancelDelays;
}

interface StepRecord {
  readonly outputs: Readonly<Record<string, string>>;
  readonly outcome: Outcome;
  readonly conclusion: Outcome;
}

export class JobContext {
  readonly options: JobOptions;
  readonly workspace: string;
  readonly temp: string;
  readonly logPath: string;
  /** The job's `env`, to which GITHUB_ENV adds. */
  readonly environment: Record<string, string>;
  /** The context `steps`. */
  readonly steps: Record<string, StepRecord> = {};
  /** `failure` after the first step that failed. */
  status: 'success' | 'failure' = 'success';
  /** Aborted when the job is cancelled or takes too long. */
  readonly #cancel: AbortSignal;

  constructor(options: JobOptions, cancel: AbortSignal) {
    this.options = options;
    this.#cancel = cancel;
    const { directory, workflow, job, contexts } = options;
    this.workspace = join(directory, 'workspace');
    this.temp = join(directory, 'temp');
    this.logPath = join(directory, 'log.txt');
    for (const folder of [this.workspace, this.temp, join(directory, 'home')]) mkdirSync(folder, { recursive: true });
    writeFileSync(this.logPath, '');
    this.environment = { ...textMap(workflow.env, contexts), ...textMap(job.env, contexts) };
  }

  get cancelled(): boolean {
    return this.#cancel.aborted;
  }

  /** What the status functions of a condition ask for. */
  get currentStatus(): Status {
    return this.cancelled ? 'cancelled' : this.status;
  }

  /** The contexts as they are now. */
  contexts(): Contexts {
    const { contexts } = this.options;
    return {
      ...contexts,
      github: { ...(contexts.github as object), workspace: this.workspace },
      env: this.environment,
      steps: this.steps,
      job: { status: this.status, ...this.options.origin },
      runner: {
        os: 'Linux',
        arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
        name: 'lab',
        temp: this.temp,
        debug: '',
      },
    };
  }

  /** Ends with the step: cancelled with the job, unless the step runs although the job is cancelled already. */
  cancelSignal(stepTimeout: AbortSignal): AbortSignal {
    return AbortSignal.any(this.cancelled ? [stepTimeout] : [this.#cancel, stepTimeout]);
  }

  /** Writes a line to the log of the job and passes it on, with secrets hidden. */
  readonly log: LogLine = (kind, line) => {
    const { killed, masks, onLine, key } = this.options;
    if (killed.aborted) return;
    const text = masks.hide(line);
    appendFileSync(this.logPath, `${new Date().toISOString()} ${kind === 'text' ? '' : `[${kind}] `}${text}\n`);
    onLine({ job: key, kind, text });
  };
}
