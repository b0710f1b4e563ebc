/** Runs the process of a step: its environment, the values it hands on, and its output. */
import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../directory.ts';
import type { Masks } from './commands.ts';
import { type LogLine, OutputReader } from './output-reader.ts';
import type { Outcome } from './result.ts';
import { StepFiles, type StepValues } from './step-files.ts';
import { type CancelDelays, runProcess } from './step-process.ts';

interface StepRunOptions {
  readonly directory: string;
  readonly workspace: string;
  readonly temp: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The job's `env`, to which GITHUB_ENV adds. */
  readonly jobEnvironment: Record<string, string>;
  readonly masks: Masks;
  readonly trackingId: string;
  readonly delays: CancelDelays;
  readonly log: LogLine;
  readonly killed: AbortSignal;
}

export interface StepOutcome {
  readonly outcome: Outcome;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
}

interface Program {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  /** The step's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the main step has saved for its post step. */
  readonly state: Readonly<Record<string, string>>;
}

/** The processes of one job's steps: what one adds to PATH or to the environment, the next ones have. */
export class StepRun {
  readonly summaries: string[] = [];
  readonly #options: StepRunOptions;
  #paths: readonly string[] = [];

  constructor(options: StepRunOptions) {
    this.#options = options;
  }

  /**
   * A `run:` step, with GitHub's options for bash: pipefail only where the workflow names the shell (docs.github.com, "Workflow syntax",
   * `steps[*].shell`). @throws Error when the folder does not exist
   */
  bash(
    script: string,
    { directory: folder, pipefail }: { readonly directory: string; readonly pipefail: boolean },
    environment: Readonly<Record<string, string>>,
    cancel: AbortSignal,
  ): Promise<StepOutcome> {
    const file = join(this.#options.temp, `${randomUUID()}.sh`);
    writeFileSync(file, script, { mode: 0o600 });
    const directory = join(this.#options.workspace, folder);
    if (!existsSync(directory)) throw new Error(noSuchDirectory(directory));
    const options = pipefail ? ['--noprofile', '--norc', '-eo', 'pipefail', file] : ['-e', file];
    return this.#run({ command: 'bash', arguments: options, directory, environment, state: {} }, cancel);
  }

  /** The entry of a JavaScript action. */
  node(
    entry: string,
    environment: Readonly<Record<string, string>>,
    state: Readonly<Record<string, string>>,
    cancel: AbortSignal,
  ): Promise<StepOutcome> {
    const directory = this.#options.workspace;
    // A bundle of many megabytes is compiled once, not in each of a thousand runs. In a workspace, whose path is always new, that would keep
    // each of its bundles for ever.
    const cache = entry.startsWith(join(directory, '')) ? {} : { NODE_COMPILE_CACHE: compiled };
    const variables = { ...cache, ...environment };
    return this.#run({ command: node24(), arguments: [entry], directory, environment: variables, state }, cancel);
  }

  async #run(program: Program, cancel: AbortSignal): Promise<StepOutcome> {
    const { log, masks, trackingId, delays, killed, temp } = this.#options;
    const files = new StepFiles(temp);
    const output = new OutputReader(log, masks);
    const exitCode = await runProcess({
      command: program.command,
      arguments: program.arguments,
      directory: program.directory,
      environment: { ...this.#environmentOf(program), ...files.environment },
      trackingId,
      onLine: (line) => output.line(line),
      cancel,
      delays,
    });
    if (killed.aborted) return { outcome: 'failure', outputs: {}, state: {} };
    const values = files.takeValues();
    this.#keep(values);
    if (exitCode !== 0 && !cancel.aborted) log('error', `Process completed with exit code ${exitCode}.`);
    const failed = exitCode !== 0 || !values.parsed;
    const outcome: Outcome = cancel.aborted ? 'cancelled' : failed ? 'failure' : 'success';
    return { outcome, outputs: values.outputs, state: values.state };
  }

  #environmentOf({ environment, state }: Program): Record<string, string> {
    const options = this.#options;
    return {
      PATH: [...this.#paths, process.env.PATH ?? '/usr/bin:/bin'].join(':'),
      HOME: join(options.directory, 'home'),
      LANG: 'C.UTF-8',
      ...options.environment,
      ...options.jobEnvironment,
      ...environment,
      ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
      GITHUB_WORKSPACE: options.workspace,
      RUNNER_TEMP: options.temp,
    };
  }

  #keep(values: StepValues): void {
    const { log, masks, jobEnvironment } = this.#options;
    for (const error of values.errors) log('error', error);
    Object.assign(jobEnvironment, values.env);
    this.#paths = [...values.paths, ...this.#paths];
    if (values.summary !== '') this.summaries.push(masks.hide(values.summary));
  }
}

/** In the words of .NET, by which GitHub's runner starts a process. */
function noSuchDirectory(directory: string): string {
  return `An error occurred trying to start process '/usr/bin/bash' with working directory '${directory}'. No such file or directory`;
}

const compiled = join(repositoryRoot, '.lab', 'cache', 'compiled');

/** The node that `using: node24` means: the one this process runs on. */
function node24(): string {
  if (!process.versions.node.startsWith('24.')) {
    throw new Error(`actions need Node 24; the lab runs on ${process.version} (start it through scripts/node24)`);
  }
  return process.execPath;
}
