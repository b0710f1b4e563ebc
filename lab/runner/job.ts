/** Runs one job in a workspace of its own: its steps in order, then the post steps in reverse. */
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate, text } from './expressions.ts';
import { JobContext, type JobOptions } from './job-context.ts';
import { JobSteps } from './job-steps.ts';
import { killTracked } from './process-tree.ts';
import type { JobResult, Outcome } from './result.ts';
import { StepRun } from './step-run.ts';

const defaultMinutes = 360;

/** Steps that fail, and a killed runner, give `failure`. @throws Error for a job that cannot start here */
export async function runJob(options: JobOptions): Promise<JobResult> {
  refuseServices(options);
  const started = performance.now();
  const timeout = new AbortController();
  const context = new JobContext(options, AbortSignal.any([options.cancel, timeout.signal]));
  const timer = startTimeLimit(context, timeout);
  const trackingId = `github_${randomUUID()}`;
  const kill = (): void => killTracked(trackingId);
  options.killed.addEventListener('abort', kill, { once: true });
  const processes = new StepRun({
    directory: options.directory,
    workspace: context.workspace,
    temp: context.temp,
    environment: options.environment,
    jobEnvironment: context.environment,
    masks: options.masks,
    trackingId,
    delays: options.delays,
    log: context.log,
    killed: options.killed,
  });
  const steps = new JobSteps(context, processes);
  try {
    await steps.runAll();
  } finally {
    clearTimeout(timer);
    options.killed.removeEventListener('abort', kill);
    // Processes that the steps left in the background end with the job.
    kill();
    discard(context.workspace);
  }
  const summary = processes.summaries.join('\n');
  writeFileSync(join(options.directory, 'summary.md'), summary);
  return {
    key: options.key,
    id: options.job.id,
    name: text(options.job.name, options.contexts),
    conclusion: conclusionOf(context),
    outputs: options.killed.aborted ? {} : outputsOf(context),
    steps: steps.results,
    summary,
    logPath: context.logPath,
    seconds: (performance.now() - started) / 1000,
  };
}

/** A runner ends with its job. A night of many runs would fill the disk with checkouts: each has every bundle. */
function discard(workspace: string): void {
  try {
    rmSync(workspace, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // A process that is still ending wrote there; what is left goes when the lab stops.
  }
}

function refuseServices({ job, contexts }: JobOptions): void {
  for (const [name, template] of Object.entries(job.services)) {
    const image = text(template, contexts);
    if (image !== '')
      throw new Error(
        `the lab has no container engine for the service ${name} (${image}); let its image be empty and use a server of the lab`,
      );
  }
}

function startTimeLimit(context: JobContext, timeout: AbortController): NodeJS.Timeout {
  const { job, contexts } = context.options;
  const minutes = Number(evaluate(job.timeoutMinutes, contexts) ?? defaultMinutes);
  return setTimeout(() => {
    context.log(
      'error',
      `The job running on the lab runner has exceeded the maximum execution time of ${minutes} minutes.`,
    );
    timeout.abort();
  }, minutes * 60_000);
}

function conclusionOf(context: JobContext): Outcome {
  const { killed, job } = context.options;
  const outcome: Outcome = killed.aborted ? 'failure' : context.cancelled ? 'cancelled' : context.status;
  const tolerated = outcome === 'failure' && evaluate(job.continueOnError, context.contexts()) === true;
  return tolerated ? 'success' : outcome;
}

/** GitHub drops an output that contains a secret. */
function outputsOf(context: JobContext): Record<string, string> {
  const { job, masks } = context.options;
  const outputs: Record<string, string> = {};
  for (const [name, template] of Object.entries(job.outputs)) {
    const value = text(template, context.contexts());
    if (masks.matches(value)) context.log('warning', `Skip output '${name}' since it may contain secret.`);
    else outputs[name] = value;
  }
  return outputs;
}
