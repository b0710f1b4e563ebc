/** Workflows that run Holdfast: enabled, scheduled off the hour, and when they last ran and succeeded. */
import type { Finding } from '../../domain/finding.ts';
import type { WorkflowFacts } from '../../domain/installation.ts';
import { nextRuns, type Schedule } from '../../runtime/schedule/runs.ts';
import { schedulesIn } from '../../runtime/schedule/workflow.ts';
import { runs } from '../callers.ts';
import type { Inventory } from '../inventory.ts';
import { isWanted, type Job, jobs } from '../jobs.ts';
import { judge } from '../reading.ts';

const area = 'Schedules';
const hour = 3_600_000;

export function workflowFindings(inventory: Inventory): readonly Finding[] {
  const { workflows, configuration } = inventory;
  const variables = 'value' in configuration.variables ? configuration.variables.value : {};
  const about = { area, subject: 'workflows', should: 'a scheduled workflow for each job that is configured' };
  return judge(about, workflows, (all) =>
    jobs.flatMap((job) => {
      const running = all.filter((one) => runs(one, job));
      if (running.length > 0) return running.flatMap((one) => workflowFinding(one, job, inventory.now));
      if (!isWanted(job, variables)) return [];
      return [
        {
          ...about,
          subject: job.title,
          status: 'failed' as const,
          is: 'configured, and no workflow of this repository runs it',
          fix: `add a caller to .github/workflows (${job.page})`,
        },
      ];
    }),
  );
}

function workflowFinding(workflow: WorkflowFacts, job: Job, now: Date): readonly Finding[] {
  const about = {
    area,
    subject: `${job.title}: ${workflow.path}`,
    should: 'enabled, and succeeded within two of its intervals',
  };
  const enable = `gh workflow enable ${workflow.path.split('/').at(-1)}`;
  if (workflow.state === 'disabled_inactivity')
    return [
      { ...about, status: 'failed', is: 'disabled by GitHub: the repository had no activity for 60 days', fix: enable },
    ];
  if (workflow.state !== 'active') return [{ ...about, status: 'failed', is: workflow.state, fix: enable }];
  return [...schedule(workflow, about, now), ...scheduledRuns(workflow, about, now)];
}

type About = Pick<Finding, 'area' | 'subject' | 'should'>;

/** Whether all of its runs are at the top of an hour: GitHub delays and drops most of those (GitHub Docs, "Events that trigger
 * workflows", schedule). */
function isOnTheHour(schedule: Schedule, now: Date): boolean {
  const coming = nextRuns(schedule, 50, now);
  return coming.length > 0 && coming.every((at) => at.getUTCMinutes() === 0);
}

/** Hours from one run of any of the schedules to the next, at most; undefined when there are fewer than two. */
function longestGapHours(schedules: readonly Schedule[], now: Date): number | undefined {
  // Enough for a week of hourly runs, and for years of monthly ones.
  const coming = schedules.map((one) => nextRuns(one, 200, now).map((at) => at.getTime()));
  const end = Math.min(...coming.map((runs) => runs.at(-1) ?? Number.POSITIVE_INFINITY));
  const all = coming.flatMap((runs) => runs.filter((at) => at <= end)).sort((a, b) => a - b);
  const gaps = all.slice(1).map((at, index) => (at - (all[index] as number)) / hour);
  return gaps.length === 0 ? undefined : Math.max(...gaps);
}

function schedule({ text, path }: WorkflowFacts, about: About, now: Date): readonly Finding[] {
  if (text === undefined) return [];
  const { schedules, problems } = schedulesIn(text);
  const should = 'a schedule off the hour';
  if (problems.length > 0)
    return [{ ...about, should, status: 'failed', is: problems.join('; '), fix: `mend on.schedule of ${path}` }];
  if (schedules.length === 0)
    return /^\s*(workflow_call|workflow_dispatch):?\s*$/m.test(text) || /\bworkflow_dispatch\b/.test(text)
      ? [
          {
            ...about,
            should,
            status: 'warning',
            is: 'it has no schedule: it runs only when somebody starts it',
            fix: `add to ${path}: on: { schedule: [{ cron: "17 3 * * *" }] }`,
          },
        ]
      : [];
  const late = schedules.filter((one) => isOnTheHour(one, now)).map(({ expression }) => expression);
  return late.length === 0
    ? []
    : [
        {
          ...about,
          should,
          status: 'warning',
          is: `"${late.join('", "')}" is at the top of the hour, when GitHub delays and drops most runs`,
          fix: `in ${path}, choose another minute`,
        },
      ];
}

function scheduledRuns({ runs: all, text }: WorkflowFacts, about: About, now: Date): readonly Finding[] {
  // A dry run is started by hand: of the schedule only what it started itself says something.
  const scheduled = all.filter(({ event }) => event === 'schedule');
  const over = scheduled.filter(({ status }) => status === 'completed');
  const [last] = over;
  const success = over.find(({ conclusion }) => conclusion === 'success');
  const { schedules } = schedulesIn(text ?? '');
  if (text !== undefined && schedules.length === 0) return [];
  if (last === undefined)
    return [
      {
        ...about,
        status: 'warning',
        is: 'its schedule has started no run that GitHub still lists',
        fix: 'it runs from the default branch only; start it by hand: gh workflow run',
      },
    ];
  if (success === undefined || success !== last)
    return [
      {
        ...about,
        status: last.conclusion === 'success' ? 'ok' : 'failed',
        is: `the last scheduled run, of ${last.startedAt.toISOString()}, ended with ${last.conclusion}; ${success ? `the last success is of ${success.startedAt.toISOString()}` : 'none succeeded'}`,
        fix: `gh run view --log-failed ${last.url.split('/').at(-1)}  (${last.url})`,
      },
    ];
  const allowed = 2 * (longestGapHours(schedules, now) ?? 24);
  const age = (now.getTime() - last.startedAt.getTime()) / hour;
  if (age > allowed)
    return [
      {
        ...about,
        status: 'failed',
        is: `the last scheduled run is of ${last.startedAt.toISOString()}, ${Math.round(age)} hours ago`,
        fix: 'see whether the schedule is on the default branch, and whether GitHub Actions is allowed: gh api repos/{owner}/{repo}/actions/permissions',
      },
    ];
  return [{ ...about, status: 'ok', is: `succeeded at ${last.startedAt.toISOString()}` }];
}
