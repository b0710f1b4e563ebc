/** The steps of one job: conditions, time limits and `continue-on-error`, and the post steps of its actions. */
import { join } from 'node:path';
import { type Action, readAction } from './action-file.ts';
import {
  attest,
  type BuiltIn,
  checkout,
  deployPages,
  downloadArtifact,
  uploadArtifact,
  uploadPagesArtifact,
} from './built-in.ts';
import { type Contexts, condition, evaluate, text, textMap } from './expressions.ts';
import type { JobContext } from './job-context.ts';
import type { Refusal, Step } from './model.ts';
import type { Outcome, StepResult } from './result.ts';
import type { StepOutcome, StepRun } from './step-run.ts';

/** As the context `github` names it. */
interface ActionOrigin {
  readonly action_repository: string;
  readonly action_ref: string;
}

interface PostStep {
  readonly name: string;
  readonly condition: string;
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
}

export class JobSteps {
  readonly results: StepResult[] = [];
  readonly #context: JobContext;
  readonly #processes: StepRun;
  readonly #posts: PostStep[] = [];

  constructor(context: JobContext, processes: StepRun) {
    this.#context = context;
    this.#processes = processes;
  }

  /** Runs the steps in order, then the post steps in reverse; a killed runner runs no further step. */
  async runAll(): Promise<void> {
    const { job, killed } = this.#context.options;
    for (const [index, step] of job.steps.entries()) {
      if (killed.aborted) return;
      this.#record(await this.#runStep(step, step.id ?? `__${index}`));
    }
    for (const post of this.#posts.reverse()) {
      if (killed.aborted) return;
      if (condition(post.condition, this.#context.contexts(), this.#context.currentStatus))
        this.#record(await this.#runPost(post));
    }
  }

  #record(result: StepResult): void {
    this.results.push(result);
    if (result.conclusion === 'failure') this.#context.status = 'failure';
  }

  async #runStep(step: Step, id: string): Promise<StepResult> {
    const { log, steps, environment, currentStatus } = this.#context;
    const name = this.#nameOf(step);
    const begun = performance.now();
    const end = (outcome: Outcome, conclusion: Outcome, outputs: StepOutcome['outputs']): StepResult => {
      steps[id] = { outputs, outcome, conclusion };
      if (outcome !== 'skipped') log('end', `${name}: ${outcome}`);
      return { name, outcome, conclusion, seconds: secondsSince(begun) };
    };
    try {
      const contexts = this.#context.contexts();
      const stepEnvironment = textMap(step.env, contexts);
      const own = { ...contexts, env: { ...environment, ...stepEnvironment } };
      if (!condition(step.condition, own, currentStatus)) return end('skipped', 'skipped', {});
      log('step', name);
      const { outcome, outputs } = await this.#runWithinLimit(step, name, own, stepEnvironment).catch(
        (error: unknown) => {
          // What cannot start has failed like any other, and may be tolerated.
          log('error', error instanceof Error ? error.message : String(error));
          return { outcome: 'failure' as const, outputs: {} };
        },
      );
      const tolerated = outcome === 'failure' && evaluate(step.continueOnError, own) === true;
      return end(outcome, tolerated ? 'success' : outcome, outputs);
    } catch (error) {
      log('error', error instanceof Error ? error.message : String(error));
      return end('failure', 'failure', {});
    }
  }

  async #runWithinLimit(
    step: Step,
    name: string,
    contexts: Contexts,
    environment: Readonly<Record<string, string>>,
  ): Promise<Pick<StepOutcome, 'outcome' | 'outputs'>> {
    const minutes = step.timeoutMinutes === undefined ? undefined : Number(evaluate(step.timeoutMinutes, contexts));
    const timeout = new AbortController();
    const timer = minutes && setTimeout(() => timeout.abort(), minutes * 60_000);
    try {
      const run = await this.#perform(step, contexts, environment, this.#context.cancelSignal(timeout.signal));
      if (!timeout.signal.aborted) return run;
      this.#context.log('error', `The action '${name}' has timed out after ${minutes} minutes.`);
      return { ...run, outcome: 'failure' };
    } finally {
      clearTimeout(timer);
    }
  }

  async #perform(
    step: Step,
    contexts: Contexts,
    environment: Readonly<Record<string, string>>,
    cancel: AbortSignal,
  ): Promise<Pick<StepOutcome, 'outcome' | 'outputs'>> {
    switch (step.kind) {
      case 'run': {
        const { job, workflow } = this.#context.options;
        const levels = [step, job.defaults, workflow.defaults];
        const folder = levels.find((level) => level.workingDirectory !== undefined)?.workingDirectory;
        const place = {
          directory: text(folder, contexts),
          pipefail: levels.some((level) => level.shell === 'bash'),
        };
        return this.#processes.bash(text(step.run, contexts), place, environment, cancel);
      }
      case 'built-in':
        return { outcome: 'success', outputs: this.#performBuiltIn(step.action, textMap(step.with, contexts)) };
      case 'action':
        return this.#performAction(step, contexts, environment, cancel);
    }
  }

  #performBuiltIn(action: BuiltIn, inputs: Readonly<Record<string, string>>): Record<string, string> {
    const { workspace, options, log } = this.#context;
    // Of the run, whatever the attempt.
    const run = String((options.contexts.github as { run_id: string }).run_id);
    const runs = join(options.directory, '..', '..');
    const artifactsOf = (id = run) => join(runs, 'artifacts', id);
    const artifacts = artifactsOf();
    switch (action) {
      case 'checkout':
        checkout(options, workspace, inputs, join(runs, 'checked-out'));
        return {};
      case 'upload-artifact': {
        const kept = uploadArtifact(workspace, artifacts, inputs);
        log('text', `${kept.files} files kept in ${kept.directory}`);
        return { 'artifact-url': kept.directory };
      }
      case 'download-artifact':
        downloadArtifact(workspace, artifactsOf, options.permissions, inputs);
        return {};
      case 'upload-pages-artifact':
        uploadPagesArtifact(workspace, artifacts, inputs);
        return {};
      case 'deploy-pages': {
        const site = join(runs, 'pages');
        deployPages(artifacts, site, options.permissions, inputs);
        return { page_url: site };
      }
      case 'attest':
        log('text', `stand-in, nothing is signed: ${attest(workspace, options.permissions, inputs).join(' ')}`);
        return {};
    }
  }

  async #performAction(
    step: Extract<Step, { kind: 'action' }>,
    contexts: Contexts,
    stepEnvironment: Readonly<Record<string, string>>,
    cancel: AbortSignal,
  ): Promise<StepOutcome> {
    const root = step.source?.root ?? this.#context.workspace;
    const action = readActionOf(root, step.path);
    const origin = this.#actionOrigin(step);
    const environment = {
      ...stepEnvironment,
      ...inputVariables(action, step.with, withGitHub(contexts, origin)),
      GITHUB_ACTION: step.id ?? '__self',
      ...(origin ? { GITHUB_ACTION_REPOSITORY: origin.action_repository, GITHUB_ACTION_REF: origin.action_ref } : {}),
    };
    const result = await this.#processes.node(join(root, step.path, action.main), environment, {}, cancel);
    if (action.post) {
      this.#posts.push({
        name: this.#nameOf(step),
        condition: action.postCondition,
        entry: join(root, step.path, action.post),
        environment,
        state: result.state,
      });
    }
    return result;
  }

  /**
   * Where an action comes from, as the runner says it (actions/runner, ActionRunner.cs and ActionManager.cs): for `$/` the repository and the
   * commit of the workflow, for others what `uses` names, for `./` nothing.
   */
  #actionOrigin({ source, uses }: Extract<Step, { kind: 'action' }>): ActionOrigin | undefined {
    const { origin } = this.#context.options;
    if (!source) return undefined;
    if (uses.startsWith('$/'))
      return { action_repository: origin.workflow_repository, action_ref: origin.workflow_sha };
    return { action_repository: source.repository ?? '', action_ref: uses.split('@')[1] ?? '' };
  }

  async #runPost(post: PostStep): Promise<StepResult> {
    const { log } = this.#context;
    const name = `Post ${post.name}`;
    const begun = performance.now();
    log('step', name);
    // The post steps of a cancelled job are not cancelled: they get their own chance to end well.
    const { signal } = new AbortController();
    const { outcome } = await this.#processes.node(post.entry, post.environment, post.state, signal);
    log('end', `${name}: ${outcome}`);
    return { name, outcome, conclusion: outcome, seconds: secondsSince(begun) };
  }

  /** As GitHub names a step that has no name. */
  #nameOf(step: Step): string {
    if (step.name) return text(step.name, this.#context.contexts());
    if (step.kind === 'run') return `Run ${step.run.trim().split('\n')[0] ?? ''}`;
    return `Run ${step.uses}`;
  }
}

function withGitHub(contexts: Contexts, origin: ActionOrigin | undefined): Contexts {
  return { ...contexts, github: { ...(contexts.github as object), ...origin } };
}

/** @throws Error when the workspace has no such action, most likely because nothing was checked out */
function readActionOf(root: string, path: string): Action {
  const refusals: Refusal[] = [];
  const action = readAction(root, path, refusals);
  if (action) return action;
  const reasons = refusals.map(({ file, line, what }) => `${file}:${line}: ${what}`).join('; ');
  throw new Error(`Can't find a usable action under ./${path} (${reasons}). Did you forget actions/checkout?`);
}

/** `INPUT_…` for every input of an action: as given, or its default. */
function inputVariables(
  action: Action,
  given: Readonly<Record<string, unknown>>,
  contexts: Contexts,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      text(Object.hasOwn(given, name) ? given[name] : input.default, contexts),
    ]),
  );
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1000;
}
