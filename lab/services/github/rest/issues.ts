/** Issues, their comments, and the labels on them. */
import { type Answer, json } from '../../http/answer.ts';
import type { Issue } from '../state.ts';
import { bodyLimit, invalid, notFound, ok, page, type RestContext } from './answers.ts';
import { useLabels } from './labels.ts';

function withIssue(context: RestContext, number: string | undefined, act: (issue: Issue) => Answer): Answer {
  const issue = context.state.issues.find((one) => one.number === Number(number));
  return issue ? act(issue) : notFound;
}

export function listIssues(context: RestContext): Answer {
  const { query } = context.request;
  const wanted = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter(Boolean);
  const matching = context.state.issues
    .filter((issue) => wanted === 'all' || issue.state === wanted)
    .filter((issue) => labels.every((label) => issue.labels.some((own) => own.toLowerCase() === label.toLowerCase())))
    .sort((a, b) => (query.get('direction') === 'asc' ? a.number - b.number : b.number - a.number));
  return page(
    context,
    matching.map((issue) => view(context, issue)),
  );
}

export function getIssue(context: RestContext, [number]: readonly string[]): Answer {
  return withIssue(context, number, (issue) => ok(view(context, issue)));
}

export function createIssue(context: RestContext): Answer {
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
  return json(201, view(context, issue));
}

export function updateIssue(context: RestContext, [number]: readonly string[]): Answer {
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

export function listComments(context: RestContext, [number]: readonly string[]): Answer {
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

export function createComment(context: RestContext, [number]: readonly string[]): Answer {
  return withIssue(context, number, (issue) => {
    const { body } = context.body;
    if (typeof body !== 'string' || body === '') return invalid('IssueComment', 'body', 'missing_field');
    if (body.length > bodyLimit) return invalid('IssueComment', 'body', 'too_long');
    const createdAt = new Date().toISOString();
    const comment = { id: context.state.nextId(), body, author: 'github-actions[bot]', createdAt };
    issue.comments.push(comment);
    issue.updatedAt = createdAt;
    return json(201, { id: comment.id, body, user: { login: comment.author }, created_at: createdAt });
  });
}

export function addLabels(context: RestContext, [number]: readonly string[]): Answer {
  return withIssue(context, number, (issue) => {
    const added = useLabels(context.state, context.body.labels);
    issue.labels = [...new Set([...issue.labels, ...added])];
    return ok(issue.labels.map((name) => context.state.label(name)));
  });
}

export function removeLabel(context: RestContext, [number, label = '']: readonly string[]): Answer {
  return withIssue(context, number, (issue) => {
    const rest = issue.labels.filter((own) => own.toLowerCase() !== label.toLowerCase());
    if (rest.length === issue.labels.length) return notFound;
    issue.labels = rest;
    return ok(rest.map((name) => context.state.label(name)));
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
