/** The workflows of the repository, and how they are started by hand. */
import { type Answer, json } from '../../http/answer.ts';
import type { JobRecord, WorkflowRecord } from '../state.ts';
import { notFound, ok, type RestContext } from './answers.ts';

const view = ({ id, name, path, state }: WorkflowRecord) => ({
  id,
  node_id: `W_${id}`,
  name,
  path,
  state,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
});

export function listWorkflows({ state }: RestContext): Answer {
  return ok({ total_count: state.workflows.length, workflows: state.workflows.map(view) });
}

/** By id or by the name of the file. */
function find({ state }: RestContext, word: string | undefined): WorkflowRecord | undefined {
  return state.workflows.find((one) => String(one.id) === word || one.path.endsWith(`/${word}`));
}

export function getWorkflow(context: RestContext, [word]: readonly string[]): Answer {
  const workflow = find(context, word);
  return workflow ? ok(view(workflow)) : notFound;
}

/** Answers before the run has begun, as GitHub does. */
export function dispatch(context: RestContext, [word]: readonly string[]): Answer {
  const workflow = find(context, word);
  if (!workflow) return notFound;
  const { ref, inputs = {} } = context.body;
  const start = context.state.dispatch;
  if (typeof ref !== 'string' || !start)
    return json(422, { message: `No ref found for: ${String(ref)}`, status: '422' });
  if (workflow.state !== 'active')
    return json(422, { message: 'Cannot trigger a workflow_dispatch on a disabled workflow', status: '422' });
  const failure = start(workflow.path, inputs as Record<string, string>);
  return failure === undefined ? { status: 204, body: '' } : json(422, { message: failure, status: '422' });
}

/** A workflow file; the lab has no others. */
export function getContents({ state }: RestContext, [path]: readonly string[]): Answer {
  const file = state.workflows.find((one) => one.path === path);
  if (file?.text === undefined) return notFound;
  return ok({ type: 'file', path, encoding: 'base64', content: Buffer.from(file.text).toString('base64') });
}

const jobView = ({ id, runId, name, status, conclusion }: JobRecord) => ({
  id,
  run_id: runId,
  name,
  status,
  conclusion,
});

export function listJobs({ state }: RestContext, [run]: readonly string[]): Answer {
  const jobs = state.jobs.filter(({ runId }) => String(runId) === run).map(jobView);
  return ok({ total_count: jobs.length, jobs });
}

/** GitHub sends the reader on to a file of text; the lab gives the text itself. */
export function getJobLog({ state }: RestContext, [id]: readonly string[]): Answer {
  const job = state.jobs.find((one) => String(one.id) === id);
  return job ? { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: job.log } : notFound;
}

/** How the claim `sub` is written (docs.github.com, REST API, "Actions OIDC"). */
export function getSubjectRule({ state }: RestContext): Answer {
  return state.subjectRule ? ok(state.subjectRule) : notFound;
}
