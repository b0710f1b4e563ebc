/** Running an earlier run again: which jobs are repeated, and which keep their results. */
import type { Workflow } from './model.ts';
import type { JobResult } from './result.ts';

/** What of an earlier attempt is run again: everything, the failed jobs, or one job; and all jobs that need those. */
export type Rerun = 'all' | 'failed' | { readonly job: string };

/** The results that an earlier attempt hands on. @throws Error when the workflow has no such job */
export function keptResults(workflow: Workflow, previous: readonly JobResult[], what: Rerun): JobResult[] {
  const repeated = withDependents(workflow, jobsToRepeat(workflow, previous, what));
  return previous.filter((job) => !repeated.has(topLevelId(job)));
}

/** A job of a called workflow belongs to the job that calls it. */
function topLevelId({ id }: JobResult): string {
  return id.split('/')[0] ?? id;
}

function jobsToRepeat(workflow: Workflow, previous: readonly JobResult[], what: Rerun): string[] {
  const ids = workflow.jobs.map((job) => job.id);
  if (what === 'all') return ids;
  if (what === 'failed')
    return previous.filter(({ conclusion }) => conclusion === 'failure' || conclusion === 'cancelled').map(topLevelId);
  if (ids.includes(what.job)) return [what.job];
  throw new Error(`${workflow.path} has no job ${what.job}; it has ${ids.join(', ')}`);
}

/** Adds all jobs that need one of these, directly or through others. */
function withDependents({ jobs }: Workflow, ids: readonly string[]): ReadonlySet<string> {
  const repeated = new Set(ids);
  for (let size = 0; size !== repeated.size; ) {
    size = repeated.size;
    for (const job of jobs) if (job.needs.some((need) => repeated.has(need))) repeated.add(job.id);
  }
  return repeated;
}
