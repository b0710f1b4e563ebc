/**
 * Why a job gets no identity token. Runs for pull requests of forks and of Dependabot get none, whatever the workflow asks
 * for (GitHub's documentation, "Permissions for the GITHUB_TOKEN").
 */
import { readFileSync } from 'node:fs';
import { BackupError } from '../../runtime/errors.ts';

export function noIdToken(env: Readonly<Record<string, string | undefined>>): BackupError {
  const fork = forkOf(env);
  return new BackupError({
    what: 'GitHub gives this job no identity token, so the role cannot be assumed',
    ...(fork === undefined ? (env.GITHUB_ACTOR === 'dependabot[bot]' ? dependabot : permission) : forFork(fork)),
  });
}

const permission = {
  likelyCause: 'the job lacks the permission id-token: write (a reusable workflow has at most what its caller grants)',
  fix: 'add to the job, and to the job that calls this workflow:\npermissions:\n  id-token: write',
};

const dependabot = {
  likelyCause: 'the job runs for Dependabot, to which GitHub gives no more rights than to a fork',
  fix: "let the job skip Dependabot: if: github.actor != 'dependabot[bot]'",
};

const forFork = (fork: string) => ({
  likelyCause: `the job runs for a pull request of the fork ${fork}, and GitHub gives forks no identity token, so that strangers cannot assume roles`,
  fix: 'let the job skip forks: if: github.event.pull_request.head.repo.full_name == github.repository; to try the change, push it to a branch of this repository',
});

/** The fork whose pull request the job runs for. */
function forkOf({ GITHUB_EVENT_PATH, GITHUB_REPOSITORY }: Readonly<Record<string, string | undefined>>) {
  try {
    const event = JSON.parse(readFileSync(GITHUB_EVENT_PATH ?? '', 'utf8')) as {
      pull_request?: { head?: { repo?: { full_name?: string } } };
    };
    const head = event.pull_request?.head?.repo?.full_name;
    return head === GITHUB_REPOSITORY ? undefined : head;
  } catch {
    return undefined;
  }
}
