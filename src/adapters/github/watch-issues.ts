/** Keeps the issues of the watchdog: one for each source and failure. */
import type { SourceTrouble, WatchReport } from '../../domain/watching.ts';
import { decideWatchIssues, isWatchIssue, type WatchLinks } from '../../report/render/watch-issue.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type RetryDecision, retry } from '../../runtime/retry.ts';
import { GitHubError } from './client.ts';
import { executeDecision, type IssueOptions, issuesWith } from './issues.ts';

const attempts = 3;

/**
 * Opens, updates and closes. When GitHub does not answer, everything is done again from the reading on.
 * @returns what was told now for the first time
 * @throws GitHubError that names the permission to add when the token lacks it
 */
export async function syncWatchIssues(
  options: IssueOptions & { readonly logger: Logger },
  watch: WatchReport,
  links: WatchLinks,
): Promise<readonly SourceTrouble[]> {
  const { clock, signal, logger } = options;
  // What an attempt told whose end is not known is found as told by the next one.
  const told = new Map<string, SourceTrouble>();
  const decide = (error: unknown): RetryDecision<void> =>
    error instanceof GitHubError && error.temporary ? { again: error.what } : { fatal: error };
  await retry({ clock, signal, attempts, backoff: { first: 1500 }, decide }, async () => {
    for (const { decision, tells } of decideWatchIssues(await issuesWith(options, isWatchIssue), watch, links)) {
      if (tells !== undefined) told.set(`${tells.key} ${tells.failure}`, tells);
      const result = await executeDecision(options, decision);
      if (result.decision !== 'none') logger.info(`Issue: ${result.text}${result.url ? ` (${result.url})` : ''}`);
    }
  });
  return [...told.values()];
}
