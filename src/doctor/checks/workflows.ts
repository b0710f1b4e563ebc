/** Workflows that run Holdfast: enabled, scheduled off the hour, and when they last ran and succeeded. */
import type { Finding } from '../../domain/finding.ts';
import type { WorkflowFacts } from '../../domain/installation.ts';
import { runs } from '../callers.ts';
import { isOnTheHour, longestGapHours, schedulesOf } from '../cron.ts';
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
  return [...schedule(workflow, about), ...lastRuns(workflow, about, now)];
}

type About = Pick<Finding, 'area' | 'subject' | 'should'>;

function schedule({ text, path }: WorkflowFacts, about: About): readonly Finding[] {
  if (text === undefined) return [];
  const crons = schedulesOf(text);
  const should = 'a schedule off the hour';
  if (crons.length === 0)
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
  const late = crons.filter(isOnTheHour);
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

function lastRuns({ runs: all, text }: WorkflowFacts, about: About, now: Date): readonly Finding[] {
  // A dry run is started by hand: of the schedule only what it started itself says something.
  const scheduled = all.filter(({ event }) => event === 'schedule');
  const over = scheduled.filter(({ status }) => status === 'completed');
  const [last] = over;
  const success = over.find(({ conclusion }) => conclusion === 'success');
  const crons = schedulesOf(text ?? '');
  if (text !== undefined && crons.length === 0) return [];
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
  const gaps = crons.flatMap((cron) => longestGapHours(cron) ?? []);
  const allowed = 2 * (gaps.length > 0 ? Math.min(...gaps) : 24);
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
