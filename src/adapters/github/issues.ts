/** Carries out what `decideIssue` decided: one issue per source, found by its hidden marker. */
import type { PatrolReport, UnprovenReport } from '../../domain/backup.ts';
import {
  decideIssue,
  type ExistingIssue,
  type IssueDecision,
  issueLabel,
  issueMarker,
} from '../../report/render/issue.ts';
import { decideUnprovenIssue, type UnprovenLinks, unprovenMarker } from '../../report/render/unproven-issue.ts';
import type { Report } from '../../report/report.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type RetryDecision, retry } from '../../runtime/retry.ts';
import { GitHubError, type Octokit, splitRepository, toGitHubError } from './client.ts';

export interface IssueOptions {
  readonly octokit: Octokit;
  /** `owner/repo` where issues are kept. */
  readonly repository: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

export interface IssueResult {
  readonly decision: IssueDecision['kind'];
  /** What was done, for the log. */
  readonly text: string;
  readonly url?: string;
}

const permission = 'issues: write';
const attempts = 3;

/**
 * Brings the issue of the report's source up to date. When GitHub does not answer, everything is done again from the
 * reading on: whatever the lost call did is then seen, so that no second issue is made.
 * @throws GitHubError that names the permission to add when the token lacks it
 */
export async function syncIssue(options: IssueOptions, report: Report): Promise<IssueResult> {
  return sync(options, async () => decideIssue(await findIssues(options, report.source), report));
}

/** The same of the issue of what nobody proves, which a patrol keeps beside its own. */
export async function syncUnprovenIssue(
  options: IssueOptions,
  patrol: PatrolReport & { readonly unproven: UnprovenReport },
  links: UnprovenLinks,
): Promise<IssueResult> {
  const marker = unprovenMarker(patrol.unproven);
  return sync(options, async () =>
    decideUnprovenIssue(await issuesWith(options, (body) => body.startsWith(marker)), patrol, links),
  );
}

async function sync(options: IssueOptions, decision: () => Promise<IssueDecision>): Promise<IssueResult> {
  const { clock, signal } = options;
  const decide = (error: unknown): RetryDecision<IssueResult> =>
    error instanceof GitHubError && error.temporary ? { again: error.what } : { fatal: error };
  return retry({ clock, signal, attempts, backoff: { first: 1500 }, decide }, async () =>
    executeDecision(options, await decision()),
  );
}

/** The issues, open and closed, that carry the source's marker. Only those are held in memory, one page at a time. */
export async function findIssues(options: IssueOptions, source: string): Promise<ExistingIssue[]> {
  const marker = issueMarker(source);
  return issuesWith(options, (body) => body.includes(marker));
}

/** All issues with the label whose body is wanted. */
export async function issuesWith(options: IssueOptions, isWanted: (body: string) => boolean): Promise<ExistingIssue[]> {
  const found: ExistingIssue[] = [];
  await call('listing issues', async () => {
    const pages = options.octokit.paginate.iterator(options.octokit.rest.issues.listForRepo, {
      ...splitRepository(options.repository),
      labels: issueLabel,
      state: 'all',
      per_page: 100,
    });
    for await (const page of pages) {
      for (const issue of page.data) {
        // GitHub lists pull requests as issues too.
        if (issue.pull_request !== undefined || !issue.body || !isWanted(issue.body)) continue;
        found.push({ number: issue.number, state: issue.state === 'open' ? 'open' : 'closed', body: issue.body });
      }
    }
  });
  return found;
}

export async function executeDecision(options: IssueOptions, decision: IssueDecision): Promise<IssueResult> {
  const { issues } = options.octokit.rest;
  const at = splitRepository(options.repository);
  const comment = async (number: number, body: string): Promise<void> => {
    await call(`commenting on issue ${number}`, () => issues.createComment({ ...at, issue_number: number, body }));
  };
  switch (decision.kind) {
    case 'none':
      return { decision: 'none', text: decision.reason };
    case 'create': {
      await ensureLabel(options);
      const { title, body } = decision;
      const made = await call('opening an issue', () =>
        issues.create({ ...at, title, body, labels: [...decision.labels] }),
      );
      return { decision: 'create', text: `opened issue ${made.data.number}`, url: made.data.html_url };
    }
    case 'update':
    case 'reopen': {
      const { number, body } = decision;
      // The comment first: the body records that this run has commented, which must be true.
      if (decision.comment !== undefined) await comment(number, decision.comment);
      const changed = await call(`updating issue ${number}`, () =>
        issues.update({ ...at, issue_number: number, body, ...(decision.kind === 'reopen' ? { state: 'open' } : {}) }),
      );
      const did = decision.kind === 'reopen' ? 'opened issue again' : 'updated issue';
      return { decision: decision.kind, text: `${did}: ${number}`, url: changed.data.html_url };
    }
    case 'close': {
      let url: string | undefined;
      for (const number of decision.numbers) {
        await comment(number, decision.comment);
        const closed = await call(`closing issue ${number}`, () =>
          issues.update({ ...at, issue_number: number, state: 'closed', state_reason: 'completed' }),
        );
        url ??= closed.data.html_url;
      }
      const text = `closed issue ${decision.numbers.join(', ')}`;
      return url === undefined ? { decision: 'close', text } : { decision: 'close', text, url };
    }
  }
}

async function ensureLabel(options: IssueOptions): Promise<void> {
  const at = splitRepository(options.repository);
  try {
    await options.octokit.rest.issues.getLabel({ ...at, name: issueLabel });
    return;
  } catch (error) {
    const failure = toGitHubError(error, 'looking for the label', permission);
    if (failure.status !== 404) throw failure;
  }
  try {
    await options.octokit.rest.issues.createLabel({
      ...at,
      name: issueLabel,
      color: 'b60205',
      description: 'Backups that fail, kept up to date by Holdfast',
    });
  } catch (error) {
    // 422: another job has created it meanwhile.
    const failure = toGitHubError(error, 'creating the label', permission);
    if (failure.status !== 422) throw failure;
  }
}

async function call<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toGitHubError(error, doing, permission);
  }
}
