import { githubSuite } from '../../contract/ports/github.ts';
import { FakeGitHub } from '../../fakes/github.ts';

githubSuite('the fake GitHub', async () => {
  const github = new FakeGitHub();
  return {
    runs: github,
    workflows: github,
    repository: github.repository,
    startRun: (file) => {
      const id = github.startRun(file);
      return { id, url: github.urlOf(id), end: (conclusion) => github.endRun(id, conclusion) };
    },
    stop: async () => {},
  };
});
