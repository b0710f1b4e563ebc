/** Carries out one step's process: environment, command files, commands on its output. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  commandFileSuffix,
  commandFiles,
  type Masks,
  parseCommand,
  parseKeyValueFile,
  summaryLimit,
} from './commands.ts';
import type { Contexts } from './expressions.ts';
import type { Outcome, RunnerLine } from './job.ts';
import { type CancelDelays, runProcess } from './step-process.ts';

export interface StepSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly contexts: Contexts;
}

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
  readonly say: (kind: RunnerLine['kind'], text: string) => void;
  readonly killed: AbortSignal;
}

export interface StepOutcome {
  outcome: Outcome;
  outputs: Record<string, string>;
  state: Record<string, string>;
}

/** The node that `using: node24` means: the one this process runs on. */
function node24(): string {
  if (!process.versions.node.startsWith('24.')) {
    throw new Error(`actions need Node 24; the lab runs on ${process.version} (start it through scripts/node24)`);
  }
  return process.execPath;
}

export class StepRun {
  readonly summaries: string[] = [];
  readonly #options: StepRunOptions;
  #paths: string[] = [];

  constructor(options: StepRunOptions) {
    this.#options = options;
  }

  /** A `run:` step under `shell: bash`, with GitHub's options for it. */
  bash(script: string, workingDirectory: string, settings: StepSettings, cancel: AbortSignal): Promise<StepOutcome> {
    const file = join(this.#options.temp, `${commandFileSuffix()}.sh`);
    writeFileSync(file, script);
    chmodSync(file, 0o600);
    const directory = join(this.#options.workspace, workingDirectory);
    if (!existsSync(directory)) throw new Error(`working-directory ${workingDirectory} does not exist`);
    const options = ['--noprofile', '--norc', '-eo', 'pipefail', file];
    return this.#run('bash', options, directory, settings, {}, cancel);
  }

  /** The entry of a JavaScript action. */
  node(
    entry: string,
    settings: StepSettings,
    state: Readonly<Record<string, string>>,
    cancel: AbortSignal,
  ): Promise<StepOutcome> {
    return this.#run(node24(), [entry], this.#options.workspace, settings, state, cancel);
  }

  async #run(
    command: string,
    args: readonly string[],
    directory: string,
    settings: StepSettings,
    state: Readonly<Record<string, string>>,
    cancel: AbortSignal,
  ): Promise<StepOutcome> {
    const options = this.#options;
    const files = this.#makeFiles();
    const path = process.env.PATH ?? '/usr/bin:/bin';
    const environment = {
      PATH: [...this.#paths, path].join(':'),
      HOME: join(options.directory, 'home'),
      LANG: 'C.UTF-8',
      ...options.environment,
      ...options.jobEnvironment,
      ...settings.environment,
      ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
      GITHUB_WORKSPACE: options.workspace,
      RUNNER_TEMP: options.temp,
      ...files,
    };
    const output = new OutputReader(options);
    const exitCode = await runProcess({
      command,
      arguments: args,
      directory,
      environment,
      trackingId: options.trackingId,
      onLine: (line) => output.line(line),
      cancel,
      delays: options.delays,
    });
    if (options.killed.aborted) return { outcome: 'failure', outputs: {}, state: {} };
    const wellEnded = this.#readFiles(files);
    if (exitCode !== 0 && !cancel.aborted) options.say('error', `Process completed with exit code ${exitCode}.`);
    const failed = exitCode !== 0 || !wellEnded.ok;
    const outcome: Outcome = cancel.aborted ? 'cancelled' : failed ? 'failure' : 'success';
    return { outcome, outputs: wellEnded.outputs, state: wellEnded.state };
  }

  #makeFiles(): Record<keyof typeof commandFiles, string> {
    const suffix = commandFileSuffix();
    const directory = join(this.#options.temp, '_runner_file_commands');
    mkdirSync(directory, { recursive: true });
    const files = Object.entries(commandFiles).map(([variable, name]) => {
      const file = join(directory, `${name}_${suffix}`);
      writeFileSync(file, '');
      return [variable, file];
    });
    return Object.fromEntries(files) as Record<keyof typeof commandFiles, string>;
  }

  #readFiles(files: Record<keyof typeof commandFiles, string>): {
    ok: boolean;
    outputs: Record<string, string>;
    state: Record<string, string>;
  } {
    const { say, masks, jobEnvironment } = this.#options;
    const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    let ok = true;
    const pairs = (variable: 'GITHUB_ENV' | 'GITHUB_OUTPUT' | 'GITHUB_STATE'): [string, string][] => {
      try {
        return parseKeyValueFile(read(files[variable]));
      } catch (error) {
        ok = false;
        say('error', `Unable to process file command '${commandFiles[variable]}' successfully.`);
        say('error', (error as Error).message);
        return [];
      }
    };
    Object.assign(jobEnvironment, Object.fromEntries(pairs('GITHUB_ENV')));
    this.#paths = [...read(files.GITHUB_PATH).split(/\r?\n/).filter(Boolean).reverse(), ...this.#paths];
    const summary = read(files.GITHUB_STEP_SUMMARY);
    const bytes = Buffer.byteLength(summary);
    if (bytes > summaryLimit) {
      const size = Math.ceil(bytes / 1024);
      say('error', `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${size}k.`);
    } else if (summary !== '') {
      this.summaries.push(masks.hide(summary));
    }
    const result = {
      outputs: Object.fromEntries(pairs('GITHUB_OUTPUT')),
      state: Object.fromEntries(pairs('GITHUB_STATE')),
    };
    for (const file of Object.values(files)) rmSync(file, { force: true });
    return { ok, ...result };
  }
}

/** Turns a process's lines into the runner's: commands are carried out, the rest is passed on. */
class OutputReader {
  readonly #options: StepRunOptions;
  #stopped: string | undefined;

  constructor(options: StepRunOptions) {
    this.#options = options;
  }

  line(line: string): void {
    const { say, masks } = this.#options;
    if (this.#stopped !== undefined) {
      if (line.trim() === `::${this.#stopped}::`) this.#stopped = undefined;
      else say('text', line);
      return;
    }
    const command = parseCommand(line);
    switch (command?.name) {
      case undefined:
        say('text', line);
        return;
      case 'add-mask':
        masks.add(command?.message ?? '');
        return;
      case 'stop-commands':
        this.#stopped = command?.message;
        return;
      case 'group':
        say('group', command?.message ?? '');
        return;
      case 'endgroup':
        return;
      case 'debug':
      case 'notice':
      case 'warning':
      case 'error': {
        const title = command?.properties.title;
        say(command?.name as RunnerLine['kind'], `${title ? `${title}: ` : ''}${command?.message ?? ''}`);
        return;
      }
      default:
        say('text', line);
        return;
    }
  }
}
