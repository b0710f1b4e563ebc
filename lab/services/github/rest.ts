/** The part of GitHub's REST API that Holdfast calls: issues, comments, labels and the state of a run. */
import type { Answer, EndpointRequest } from '../http/endpoint.ts';
import { jsonObject } from '../http/endpoint.ts';
import type { GitHubState, Issue, JobIdentity, Label, Permission, RunRecord } from './state.ts';

/** A route that matched: what it is called in the log, what it needs, and what it does. */
export interface RestCall {
  readonly name: string;
  readonly scope: string;
  readonly access: Permission;
  readonly perform: () => Answer;
}

type Handler = (context: RestContext, ids: readonly string[]) => Answer;
interface RestContext {
  readonly state: GitHubState;
  readonly request: EndpointRequest;
  readonly identity: JobIdentity;
  readonly baseUrl: string;
  readonly body: Record<string, unknown>;
}

/** GitHub refuses a longer issue or comment. */
const bodyLimit = 65_536;

const routes: readonly [method: string, path: RegExp, name: string, scope: string, access: Permission, run: Handler][] =
  [
    ['GET', /^\/issues$/, 'ListIssues', 'issues', 'read', listIssues],
    ['POST', /^\/issues$/, 'CreateIssue', 'issues', 'write', createIssue],
    ['GET', /^\/issues\/(\d+)$/, 'GetIssue', 'issues', 'read', (c, [n]) => withIssue(c, n, (i) => ok(view(c, i)))],
    ['PATCH', /^\/issues\/(\d+)$/, 'UpdateIssue', 'issues', 'write', updateIssue],
    ['GET', /^\/issues\/(\d+)\/comments$/, 'ListComments', 'issues', 'read', listComments],
    ['POST', /^\/issues\/(\d+)\/comments$/, 'CreateComment', 'issues', 'write', createComment],
    ['POST', /^\/issues\/(\d+)\/labels$/, 'AddLabels', 'issues', 'write', addLabels],
    ['DELETE', /^\/issues\/(\d+)\/labels\/([^/]+)$/, 'RemoveLabel', 'issues', 'write', removeLabel],
    ['GET', /^\/labels$/, 'ListLabels', 'issues', 'read', (c) => page(c, c.state.labels)],
    ['POST', /^\/labels$/, 'CreateLabel', 'issues', 'write', createLabel],
    ['GET', /^\/labels\/([^/]+)$/, 'GetLabel', 'issues', 'read', getLabel],
    ['GET', /^\/actions\/runs\/(\d+)$/, 'GetWorkflowRun', 'actions', 'read', getRun],
    ['GET', /^\/actions\/workflows\/([^/]+)\/runs$/, 'ListWorkflowRuns', 'actions', 'read', listRuns],
  ];

/** Finds the route of a request; undefined when the lab does not have it. */
export function restCall(
  state: GitHubState,
  request: EndpointRequest,
  identity: JobIdentity,
  baseUrl: string,
): RestCall | undefined {
  const prefix = /^\/repos\/([^/]+)\/([^/]+)(\/.*)$/.exec(request.path);
  if (!prefix) return undefined;
  const [, owner = '', name = '', path = ''] = prefix;
  for (const [method, pattern, operation, scope, access, run] of routes) {
    const match = method === request.method ? pattern.exec(path) : null;
    if (!match) continue;
    const ids = match.slice(1).map((id) => decodeURIComponent(id));
    const mine = `${owner}/${name}`.toLowerCase() === state.fullName.toLowerCase();
    const body = request.body === '' ? {} : jsonObject(request.body);
    const perform = (): Answer => {
      if (!mine) return notFound;
      if (!body) return { status: 400, body: { message: 'Problems parsing JSON' } };
      return run({ state, request, identity, baseUrl, body }, ids);
    };
    return { name: operation, scope, access, perform };
  }
  return undefined;
}

const notFound: Answer = { status: 404, body: { message: 'Not Found', status: '404' } };
const ok = (body: unknown): Answer => ({ status: 200, body });
const invalid = (resource: string, field: string, code: string): Answer => ({
  status: 422,
  body: { message: 'Validation Failed', errors: [{ resource, field, code }], status: '422' },
});

function withIssue(context: RestContext, number: string | undefined, act: (issue: Issue) => Answer): Answer {
  const issue = context.state.issues.find((one) => one.number === Number(number));
  return issue ? act(issue) : notFound;
}

function listIssues(context: RestContext): Answer {
  const { query } = context.request;
  const wanted = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter(Boolean);
  const found = context.state.issues
    .filter((issue) => wanted === 'all' || issue.state === wanted)
    .filter((issue) => labels.every((label) => issue.labels.some((own) => own.toLowerCase() === label.toLowerCase())))
    .sort((a, b) => (query.get('direction') === 'asc' ? a.number - b.number : b.number - a.number));
  return page(
    context,
    found.map((issue) => view(context, issue)),
  );
}

function createIssue(context: RestContext): Answer {
  const { title, body = '', labels = [] } = context.body as { title?: unknown; body?: unknown; labels?: unknown };
  if (typeof title !== 'string' || title === '') return invalid('Issue', 'title', 'missing_field');
  if (typeof body !== 'string' || body.length > bodyLimit) return invalid('Issue', 'body', 'too_long');
  const now = new Date().toISOString();
  const issue: Issue = {
    number: context.state.issues.length + 1,
    title,
    body,
    state: 'open',
    stateReason: null,
    labels: useLabels(context.state, labels),
    comments: [],
    author: 'github-actions[bot]',
    createdAt: now,
    updatedAt: now,
    closedAt: null,
  };
  context.state.issues.push(issue);
  return { status: 201, body: view(context, issue) };
}

function updateIssue(context: RestContext, [number]: readonly string[]): Answer {
  return withIssue(context, number, (issue) => {
    const { title, body, state, labels } = context.body;
    if (body !== undefined && (typeof body !== 'string' || body.length > bodyLimit)) {
      return invalid('Issue', 'body', 'too_long');
    }
    if (state !== undefined && state !== 'open' && state !== 'closed') return invalid('Issue', 'state', 'invalid');
    const now = new Date().toISOString();
    if (typeof title === 'string') issue.title = title;
    if (typeof body === 'string') issue.body = body;
    if (labels !== undefined) issue.labels = useLabels(context.state, labels);
    if (state !== undefined && state !== issue.state) {
      issue.state = state;
      issue.closedAt = state === 'closed' ? now : null;
      const reason = context.body.state_reason;
      issue.stateReason = state === 'open' ? 'reopened' : typeof reason === 'string' ? reason : 'completed';
    }
    issue.updatedAt = now;
    return ok(view(context, issue));
  });
}

function listComments(context: RestContext, [number]: readonly string[]): Answer {
  return withIssue(context, number, (issue) =>
    page(
      context,
      issue.comments.map(({ id, body, author, createdAt }) => ({
        id,
        body,
        user: { login: author, type: 'Bot' },
        created_at: createdAt,
      })),
    ),
  );
}

function createComment(context: RestContext, [number]: readonly string[]): Answer {
  return withIssue(context, number, (issue) => {
    const { body } = context.body;
    if (typeof body !== 'string' || body === '') return invalid('IssueComment', 'body', 'missing_field');
    if (body.length > bodyLimit) return invalid('IssueComment', 'body', 'too_long');
    const createdAt = new Date().toISOString();
    const comment = { id: context.state.nextId(), body, author: 'github-actions[bot]', createdAt };
    issue.comments.push(comment);
    issue.updatedAt = createdAt;
    return { status: 201, body: { id: comment.id, body, user: { login: comment.author }, created_at: createdAt } };
  });
}

function addLabels(context: RestContext, [number]: readonly string[]): Answer {
  return withIssue(context, number, (issue) => {
    const added = useLabels(context.state, context.body.labels);
    issue.labels = [...new Set([...issue.labels, ...added])];
    return ok(issue.labels.map((name) => context.state.label(name)));
  });
}

function removeLabel(context: RestContext, [number, label = '']: readonly string[]): Answer {
  return withIssue(context, number, (issue) => {
    const rest = issue.labels.filter((own) => own.toLowerCase() !== label.toLowerCase());
    if (rest.length === issue.labels.length) return notFound;
    issue.labels = rest;
    return ok(rest.map((name) => context.state.label(name)));
  });
}

function createLabel(context: RestContext): Answer {
  const { name, color = 'ededed', description = '' } = context.body as Partial<Record<keyof Label, unknown>>;
  if (typeof name !== 'string' || name === '') return invalid('Label', 'name', 'missing_field');
  if (typeof color !== 'string' || !/^[0-9a-fA-F]{6}$/.test(color)) return invalid('Label', 'color', 'invalid');
  if (typeof description !== 'string' || description.length > 100) return invalid('Label', 'description', 'invalid');
  const label = { name, color, description };
  return context.state.ensureLabel(label) ? { status: 201, body: label } : invalid('Label', 'name', 'already_exists');
}

function getLabel(context: RestContext, [name = '']: readonly string[]): Answer {
  const label = context.state.label(name);
  return label ? ok(label) : notFound;
}

function getRun(context: RestContext, [id]: readonly string[]): Answer {
  const run = context.state.runs.get(Number(id));
  return run ? ok(runView(context, run)) : notFound;
}

/** The newest first; of the filters only `created: >=TIME` is known. */
function listRuns(context: RestContext, [file]: readonly string[]): Answer {
  const { query } = context.request;
  const created = query.get('created');
  const since = created === null ? 0 : Date.parse(/^>=(.+)$/.exec(created)?.[1] ?? '');
  if (Number.isNaN(since)) return invalid('WorkflowRun', 'created', 'invalid');
  const found = [...context.state.runs.values()]
    .filter((run) => run.workflow.endsWith(`/${file}`) && Date.parse(run.createdAt) >= since)
    .reverse();
  const size = Number(query.get('per_page') ?? 30);
  return ok({ total_count: found.length, workflow_runs: found.slice(0, size).map((run) => runView(context, run)) });
}

function runView(context: RestContext, run: RunRecord) {
  return {
    id: run.id,
    name: run.name,
    path: run.workflow,
    run_number: run.number,
    run_attempt: run.attempt,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    created_at: run.createdAt,
    html_url: `https://github.com/${context.state.fullName}/actions/runs/${run.id}`,
  };
}

/** Whoever may write issues makes unknown labels by using them. */
function useLabels(state: GitHubState, labels: unknown): string[] {
  if (!Array.isArray(labels)) return [];
  return labels.map((label: unknown) => {
    const name = typeof label === 'string' ? label : String((label as { name?: unknown }).name);
    state.ensureLabel({ name, color: 'ededed', description: '' });
    return state.label(name)?.name ?? name;
  });
}

function view(context: RestContext, issue: Issue): Record<string, unknown> {
  return {
    id: 1_000_000 + issue.number,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    state_reason: issue.stateReason,
    labels: issue.labels.map((name) => context.state.label(name)),
    user: { login: issue.author, type: 'Bot' },
    comments: issue.comments.length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    html_url: `https://github.com/${context.state.fullName}/issues/${issue.number}`,
  };
}

/** One page and its Link header: 30 items unless asked, 100 at most, as GitHub pages. */
function page(context: RestContext, items: readonly unknown[]): Answer {
  const { query, path } = context.request;
  const size = Math.min(100, Math.max(1, Number(query.get('per_page') ?? 30) || 30));
  const current = Math.max(1, Number(query.get('page') ?? 1) || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (number: number, rel: string): string => {
    const next = new URLSearchParams(query);
    next.set('page', String(number));
    return `<${context.baseUrl}${path}?${next}>; rel="${rel}"`;
  };
  const links = [
    ...(current > 1 ? [link(current - 1, 'prev'), link(1, 'first')] : []),
    ...(current < last ? [link(current + 1, 'next'), link(last, 'last')] : []),
  ];
  return {
    status: 200,
    body: items.slice((current - 1) * size, current * size),
    ...(links.length > 0 ? { headers: { link: links.join(', ') } } : {}),
  };
}
