/** Runs of workflows and their state. */
import type { Answer } from '../../http/answer.ts';
import type { RunRecord } from '../state.ts';
import { invalid, notFound, ok, type RestContext } from './answers.ts';

export function getRun(context: RestContext, [id]: readonly string[]): Answer {
  const run = context.state.runs.get(Number(id));
  return run ? ok(runView(context, run)) : notFound;
}

/** Newest first. The lab knows the filters `event`, and `created` as `>=TIME`. */
export function listRuns(context: RestContext, [file]: readonly string[]): Answer {
  const { query } = context.request;
  const created = query.get('created');
  const since = created === null ? 0 : Date.parse(/^>=(.+)$/.exec(created)?.[1] ?? '');
  if (Number.isNaN(since)) return invalid('WorkflowRun', 'created', 'invalid');
  const event = query.get('event');
  const matching = [...context.state.runs.values()]
    .filter(
      (run) =>
        (file === undefined || isOf(context, run, file)) &&
        (event === null || run.event === event) &&
        Date.parse(run.createdAt) >= since,
    )
    .reverse();
  const size = Number(query.get('per_page') ?? 30);
  return ok({
    total_count: matching.length,
    workflow_runs: matching.slice(0, size).map((run) => runView(context, run)),
  });
}

/** A workflow is named by its file or its id. */
function isOf({ state }: RestContext, run: RunRecord, word: string): boolean {
  const path = state.workflows.find((one) => String(one.id) === word)?.path;
  return run.workflow === path || run.workflow.endsWith(`/${word}`);
}

function runView(context: RestContext, run: RunRecord) {
  return {
    id: run.id,
    name: run.name,
    path: run.workflow,
    workflow_id: context.state.workflows.find((one) => one.path === run.workflow)?.id,
    run_number: run.number,
    run_attempt: run.attempt,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    created_at: run.createdAt,
    run_started_at: run.createdAt,
    html_url: `https://github.com/${context.state.fullName}/actions/runs/${run.id}`,
  };
}
