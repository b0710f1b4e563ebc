/** Asks GitHub whether the workflow run that left something behind is over. */
import type { Runs } from '../../ports/github.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type Octokit, toGitHubError } from './client.ts';

const runKey = /^([A-Za-z0-9_.-]+)\/([A-Za-z0-9_.-]+)\/actions\/runs\/(\d{1,15})$/;

/**
 * The Runs port. A run of another repository that the token cannot see, one that was deleted, a refusal and no answer
 * are all `unknown`: none of them shows that a run is over. A run with several attempts is alive while the latest one is.
 * Needs the permission `actions: read`.
 */
export function createRuns(octokit: Octokit, logger: Pick<Logger, 'debug'>): Runs {
  return {
    async state(run) {
      const [, owner, repo, id] = runKey.exec(run) ?? [];
      if (owner === undefined || repo === undefined || id === undefined) return 'unknown';
      try {
        const { data } = await octokit.rest.actions.getWorkflowRun({ owner, repo, run_id: Number(id) });
        if (typeof data.status !== 'string') return 'unknown';
        return data.status === 'completed' ? 'over' : 'alive';
      } catch (error) {
        logger.debug(toGitHubError(error, `asking for run ${id}`, 'actions: read').what);
        return 'unknown';
      }
    },
  };
}

/** For jobs without a token. The log says once what that means. */
export function unknownRuns(logger: Pick<Logger, 'info'>): Runs {
  let said = false;
  return {
    async state() {
      if (!said)
        logger.info(
          'github-token is empty, so nobody can say whether earlier runs are over: what they left is removed once it is old',
        );
      said = true;
      return 'unknown';
    },
  };
}
