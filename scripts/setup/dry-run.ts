/** Starts a dry run of a workflow, follows it, and shows its summary. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BackupError } from '../../src/runtime/errors.ts';
import { gh, ghOutput, ghReader } from '../lib/gh.ts';

export interface DryRunResult {
  readonly url: string;
  readonly conclusion: string;
  /** The summaries of its jobs, as Markdown. */
  readonly summary: string;
}

interface Run {
  readonly id: number;
  readonly status: string;
  readonly conclusion: string | null;
  readonly html_url: string;
  readonly event: string;
}

interface Job {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
}

export interface FollowOptions {
  readonly repository: string;
  /** File of the workflow. */
  readonly workflow: string;
  readonly say: (line: string) => void;
  readonly pollMs?: number;
  /** Milliseconds after which the run is left to itself. */
  readonly deadlineMs?: number;
}

export async function dryRun(options: FollowOptions): Promise<DryRunResult> {
  const { repository, workflow, say } = options;
  const known = new Set((await runsOf(options)).map(({ id }) => id));
  await ghOutput(['workflow', 'run', workflow, '--repo', repository, '--field', 'dry-run=true']);
  const run = await until(options, 'the dry run to begin', async () =>
    (await runsOf(options)).find(({ id, event }) => !known.has(id) && event === 'workflow_dispatch'),
  );
  say(`Dry run: ${run.html_url}`);
  let last = '';
  const over = await until(options, 'the dry run to end', async () => {
    const { body } = await ghReader.get(`repos/${repository}/actions/runs/${run.id}`);
    const now = body as Run;
    const state = (await jobsOf(repository, run.id))
      .map(({ name, status, conclusion }) => `${name}: ${conclusion ?? status}`)
      .join(', ');
    if (state !== last && state !== '') say(`  ${state}`);
    last = state;
    return now.status === 'completed' ? now : undefined;
  });
  const jobs = await jobsOf(repository, run.id);
  const summaries = await Promise.all(jobs.map((job) => summaryOf(repository, job)));
  return {
    url: run.html_url,
    conclusion: over.conclusion ?? '',
    summary: summaries.filter((text) => text !== '').join('\n\n'),
  };
}

async function runsOf({ repository, workflow }: FollowOptions): Promise<readonly Run[]> {
  const { status, body } = await ghReader.get(`repos/${repository}/actions/workflows/${workflow}/runs?per_page=20`);
  return status === 200 ? (body as { workflow_runs: readonly Run[] }).workflow_runs : [];
}

async function jobsOf(repository: string, run: number): Promise<readonly Job[]> {
  const { status, body } = await ghReader.get(`repos/${repository}/actions/runs/${run}/jobs?per_page=100`);
  return status === 200 ? (body as { jobs: readonly Job[] }).jobs : [];
}

/** GitHub gives summaries to browsers alone, so a dry run prints its summary into the log, too, as a group. */
async function summaryOf(repository: string, job: Job): Promise<string> {
  const { status, stdout } = await gh(['api', `repos/${repository}/actions/jobs/${job.id}/logs`]);
  return status === 0 ? summaryInLog(stdout) : '';
}

/** The groups called `Summary` in the log of a job, without the time in front of each line. */
export function summaryInLog(log: string): string {
  const lines = log.split(/\r?\n/).map((line) => line.replace(/^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]+Z ?/, ''));
  const found: string[] = [];
  let inside = false;
  for (const line of lines) {
    if (line === '##[group]Summary') inside = true;
    else if (line.startsWith('##[endgroup]')) inside = false;
    else if (inside) found.push(line);
  }
  return found.join('\n').trim();
}

async function until<T>(options: FollowOptions, what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const { pollMs = 5_000, deadlineMs = 3_600_000 } = options;
  for (let waited = 0; waited <= deadlineMs; waited += pollMs) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(pollMs);
  }
  throw new BackupError({
    what: `waited in vain for ${what}`,
    fix: `gh run list --repo ${options.repository} --workflow ${options.workflow}`,
  });
}
