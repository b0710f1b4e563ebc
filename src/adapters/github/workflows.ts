/** Asks GitHub for the newest run of another workflow of this repository. */
import type { Workflows } from '../../ports/github.ts';
import { type Octokit, splitRepository, toGitHubError } from './client.ts';

/** The Workflows port. Needs the permission `actions: read`. */
export function createWorkflows(octokit: Octokit, repository: string): Workflows {
  return {
    async newestRun(file, since) {
      try {
        const { data } = await octokit.rest.actions.listWorkflowRuns({
          ...splitRepository(repository),
          workflow_id: file,
          created: `>=${since.toISOString().slice(0, 19)}Z`,
          per_page: 1,
        });
        const [run] = data.workflow_runs;
        if (run === undefined) return { state: 'none', url: '' };
        if (run.status !== 'completed') return { state: 'waiting', url: run.html_url };
        return { state: run.conclusion === 'success' ? 'success' : 'failed', url: run.html_url };
      } catch (error) {
        throw toGitHubError(error, `asking for runs of ${file}`, 'actions: read');
      }
    },
  };
}
