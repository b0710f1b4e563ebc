import { createClient } from '../../../src/adapters/github/client.ts';
import { createRuns } from '../../../src/adapters/github/runs.ts';
import { createWorkflows } from '../../../src/adapters/github/workflows.ts';
import { FakeLogger } from '../../fakes/clock.ts';
import { identity } from '../lab/support-github.ts';
import { githubSuite } from './github.ts';
import { startServices } from './services.ts';

githubSuite("GitHub's API", async () => {
  const { github, stop } = await startServices();
  const { token } = github.state.issueTokens(identity({ actions: 'read' }));
  const octokit = createClient({ token, apiUrl: github.apiUrl });
  const repository = github.state.fullName;
  return {
    runs: createRuns(octokit, new FakeLogger()),
    workflows: createWorkflows(octokit, repository),
    repository,
    startRun: (file) => {
      const run = github.state.startRun({ workflow: `.github/workflows/${file}`, name: file, event: 'schedule' });
      run.status = 'in_progress';
      return {
        id: run.id,
        url: `https://github.com/${repository}/actions/runs/${run.id}`,
        end: (conclusion) => Object.assign(run, { status: 'completed', conclusion }),
      };
    },
    stop,
  };
});
