/** Runs one job: its steps in order, then the post steps in reverse, in a workspace of its own. */
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Permissions } from '../services/github/state.ts';
import { readAction } from './action-file.ts';
import { checkout, uploadArtifact } from './built-in.ts';
import type { Masks } from './commands.ts';
import { type Contexts, condition, evaluate, type Status, text, textMap } from './expressions.ts';
import type { Job, Step, Workflow } from './model.ts';
import { killTracked } from './process-tree.ts';
import type { CancelDelays } from './step-process.ts';
import { StepRun, type StepSettings } from './step-run.ts';

export type Outcome = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface StepResult {
  readonly name: string;
  readonly outcome: Outcome;
  readonly conclusion: Outcome;
  readonly seconds: number;
}

export interface JobResult {
  /** The job's id; for a matrix with its values, for a called workflow after the caller's id. */
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly conclusion: Outcome;
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly StepResult[];
  /** Everything the steps wrote to the summary, as GitHub would show it. */
  readonly summary: string;
  readonly logPath: string | undefined;
  readonly seconds: number;
}

/** A line of live output. */
export interface RunnerLine {
  readonly job: string;
  readonly kind: 'job' | 'step' | 'end' | 'text' | 'group' | 'notice' | 'warning' | 'error' | 'debug';
  readonly text: string;
}

export interface JobOptions {
  readonly root: string;
  readonly directory: string;
  readonly key: string;
  readonly workflow: Workflow;
  readonly job: Extract<Job, { kind: 'steps' }>;
  readonly contexts: Contexts;
  readonly permissions: Permissions;
  readonly masks: Masks;
  /** Environment GitHub's runner would give: addresses, ids, tokens. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: RunnerLine) => void;
  readonly cancel: AbortSignal;
  /** Aborted when the runner is killed: nothing is run or said any more. */
  readonly killed: AbortSignal;
  readonly delays: CancelDelays;
}

interface PostStep {
  readonly name: string;
  readonly condition: string;
  readonly entry: string;
  readonly settings: StepSettings;
  readonly state: Readonly<Record<string, string>>;
}

/** @throws never for what a step does; a killed runner gives `failure` */
export async function runJob(options: JobOptions): Promise<JobResult> {
  const { job, directory } = options;
  const started = performance.now();
  const workspace = join(directory, 'workspace');
  const temp = join(directory, 'temp');
  for (const path of [workspace, temp, join(directory, 'home')]) mkdirSync(path, { recursive: true });
  const logPath = join(directory, 'log.txt');
  writeFileSync(logPath, '');
  const trackingId = `github_${randomUUID()}`;
  const stop = (): void => killTracked(trackingId);
  options.killed.addEventListener('abort', stop, { once: true });
  const say = (kind: RunnerLine['kind'], line: string): void => {
    if (options.killed.aborted) return;
    const hidden = options.masks.hide(line);
    appendFileSync(logPath, `${new Date().toISOString()} ${kind === 'text' ? '' : `[${kind}] `}${hidden}\n`);
    options.onLine({ job: options.key, kind, text: hidden });
  };
  const timeout = new AbortController();
  const minutes = Number(evaluate(job.timeoutMinutes, options.contexts) ?? 360);
  const timer = setTimeout(() => {
    say('error', `The job running on the lab runner has exceeded the maximum execution time of ${minutes} minutes.`);
    timeout.abort();
  }, minutes * 60_000);
  const cancel = AbortSignal.any([options.cancel, timeout.signal]);

  for (const [name, image] of Object.entries(job.services)) {
    const wanted = text(image, options.contexts);
    if (wanted !== '')
      throw new Error(`the lab has no container engine for the service ${name} (${wanted}); name a server of its own`);
  }
  const jobContext = { status: 'success' as Status };
  const steps: Record<string, { outputs: Record<string, string>; outcome: Outcome; conclusion: Outcome }> = {};
  const environment: Record<string, string> = {
    ...textMap(options.workflow.env, options.contexts),
    ...textMap(job.env, options.contexts),
  };
  const github = { ...(options.contexts.github as object), workspace };
  const contexts = (): Contexts => ({
    ...options.contexts,
    github,
    env: environment,
    steps,
    job: jobContext,
    runner: { os: 'Linux', arch: process.arch === 'arm64' ? 'ARM64' : 'X64', name: 'lab', temp, debug: '' },
  });
  const status = (): Status => (cancel.aborted ? 'cancelled' : jobContext.status);
  const stepRun = new StepRun({
    directory,
    workspace,
    temp,
    environment: options.environment,
    jobEnvironment: environment,
    masks: options.masks,
    trackingId,
    delays: options.delays,
    say,
    killed: options.killed,
  });
  const results: StepResult[] = [];
  const posts: PostStep[] = [];

  for (const [index, step] of job.steps.entries()) {
    if (options.killed.aborted) break;
    const result = await runStep(step, index);
    results.push(result);
    if (result.conclusion === 'failure') jobContext.status = 'failure';
  }
  for (const post of posts.reverse()) {
    if (options.killed.aborted) break;
    if (!condition(post.condition, contexts(), status())) continue;
    const begun = performance.now();
    say('step', `Post ${post.name}`);
    // A cancelled job's post steps run on: they get their own chance to end well.
    const outcome = await stepRun.node(post.entry, post.settings, post.state, new AbortController().signal);
    say('end', `Post ${post.name}: ${outcome.outcome}`);
    results.push(resultOf(`Post ${post.name}`, outcome.outcome, outcome.outcome, begun));
    if (outcome.outcome === 'failure') jobContext.status = 'failure';
  }
  clearTimeout(timer);
  options.killed.removeEventListener('abort', stop);
  killTracked(trackingId);
  const ended: Outcome = options.killed.aborted ? 'failure' : status();
  const tolerated = ended === 'failure' && evaluate(job.continueOnError, contexts()) === true;
  const summary = stepRun.summaries.join('\n');
  writeFileSync(join(directory, 'summary.md'), summary);
  return {
    key: options.key,
    id: job.id,
    name: text(job.name, options.contexts),
    conclusion: tolerated ? 'success' : ended,
    outputs: options.killed.aborted ? {} : jobOutputs(),
    steps: results,
    summary,
    logPath,
    seconds: (performance.now() - started) / 1000,
  };

  function jobOutputs(): Record<string, string> {
    const outputs: Record<string, string> = {};
    for (const [name, template] of Object.entries(job.outputs)) {
      const value = text(template, contexts());
      if (options.masks.touches(value)) say('warning', `Skip output '${name}' since it may contain secret.`);
      else outputs[name] = value;
    }
    return outputs;
  }

  async function runStep(step: Step, index: number): Promise<StepResult> {
    const name = stepName(step);
    const id = step.id ?? `__${index}`;
    const begun = performance.now();
    const record = (outcome: Outcome, conclusion: Outcome, outputs: Record<string, string>): StepResult => {
      steps[id] = { outputs, outcome, conclusion };
      if (outcome !== 'skipped') say('end', `${name}: ${outcome}`);
      return resultOf(name, outcome, conclusion, begun);
    };
    try {
      const own = { ...contexts(), env: { ...environment, ...textMap(step.env, contexts()) } };
      if (!condition(step.condition, own, status())) return record('skipped', 'skipped', {});
      say('step', name);
      const settings: StepSettings = { environment: textMap(step.env, contexts()), contexts: own };
      const limit = step.timeoutMinutes === undefined ? undefined : Number(evaluate(step.timeoutMinutes, own));
      const stepTimeout = new AbortController();
      const stepTimer = limit && setTimeout(() => stepTimeout.abort(), limit * 60_000);
      // A step that runs although the job is cancelled already is not cancelled by that again.
      const signal = AbortSignal.any(cancel.aborted ? [stepTimeout.signal] : [cancel, stepTimeout.signal]);
      const run = await perform(step, settings, signal, own);
      clearTimeout(stepTimer);
      if (stepTimeout.signal.aborted) {
        say('error', `The action '${name}' has timed out after ${limit} minutes.`);
        run.outcome = 'failure';
      }
      const tolerated = run.outcome === 'failure' && evaluate(step.continueOnError, own) === true;
      return record(run.outcome, tolerated ? 'success' : run.outcome, run.outputs);
    } catch (error) {
      say('error', error instanceof Error ? error.message : String(error));
      return record('failure', 'failure', {});
    }
  }

  async function perform(
    step: Step,
    settings: StepSettings,
    signal: AbortSignal,
    own: Contexts,
  ): Promise<{ outcome: Outcome; outputs: Record<string, string> }> {
    if (step.kind === 'run') {
      const relative = step.workingDirectory ?? job.workingDirectory ?? options.workflow.workingDirectory ?? '';
      return stepRun.bash(text(step.run, own), text(relative, own), settings, signal);
    }
    if (step.kind === 'built-in') {
      const inputs = textMap(step.with, own);
      if (step.action === 'checkout') {
        checkout(options.root, workspace, inputs);
        return { outcome: 'success', outputs: {} };
      }
      const kept = uploadArtifact(workspace, join(directory, 'artifacts'), inputs);
      say('text', `${kept.files} kept in ${kept.directory}`);
      return { outcome: 'success', outputs: { 'artifact-url': kept.directory } };
    }
    const refusals: Parameters<typeof readAction>[2] = [];
    const action = readAction(workspace, step.path, refusals);
    if (!action) {
      const found = refusals.map((one) => `${one.file}:${one.line}: ${one.what}`).join('; ');
      throw new Error(`Can't find a usable action under ./${step.path} (${found}). Did you forget actions/checkout?`);
    }
    const inputs: Record<string, string> = {};
    for (const [name, input] of Object.entries(action.inputs)) {
      const given = Object.hasOwn(step.with, name) ? step.with[name] : input.default;
      inputs[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = text(given, own);
    }
    const actionSettings: StepSettings = {
      ...settings,
      environment: { ...settings.environment, ...inputs, GITHUB_ACTION: step.id ?? `__${step.path}` },
    };
    const result = await stepRun.node(join(workspace, step.path, action.main), actionSettings, {}, signal);
    if (action.post) {
      const entry = join(workspace, step.path, action.post);
      const name = stepName(step);
      posts.push({ name, condition: action.postCondition, entry, settings: actionSettings, state: result.state });
    }
    return result;
  }

  function stepName(step: Step): string {
    if (step.name) return text(step.name, contexts());
    if (step.kind === 'run') return `Run ${step.run.trim().split('\n')[0] ?? ''}`;
    return `Run ${step.kind === 'action' ? `./${step.path}` : step.uses}`;
  }
}

function resultOf(name: string, outcome: Outcome, conclusion: Outcome, begun: number): StepResult {
  return { name, outcome, conclusion, seconds: (performance.now() - begun) / 1000 };
}
