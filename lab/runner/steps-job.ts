/** Runs a job that has steps: with tokens of its own, and the default variables of GitHub's runner. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JobIdentity, Permissions } from '../services/github/state.ts';
import { type Contexts, text } from './expressions.ts';
import { runJob } from './job.ts';
import type { JobOrigin } from './job-context.ts';
import type { Job } from './model.ts';
import { permissionsOf, readOnly } from './permissions.ts';
import type { JobResult } from './result.ts';
import { commitOf } from './run-contexts.ts';
import { githubCancelDelays } from './step-process.ts';
import type { WorkflowRun } from './workflow-run.ts';

type StepsJob = Extract<Job, { kind: 'steps' }>;

/** The tokens are revoked when the job has ended. */
export async function runStepsJob(
  run: WorkflowRun,
  job: StepsJob,
  contexts: Contexts,
  key: string,
): Promise<JobResult> {
  const { runner, masks } = run;
  const { state, oidcUrl } = runner.github;
  const permissions = isFork(contexts) ? readOnly(permissionsOf(run, job)) : permissionsOf(run, job);
  const origin = originOf(run, contexts);
  const { token, oidcToken } = state.issueTokens(identityOf(run, job, contexts, { permissions, origin }));
  masks.add(token);
  if (oidcToken) masks.add(oidcToken);
  const directory = join(run.directory, key.replaceAll(/[^A-Za-z0-9_.-]+/g, '-'));
  mkdirSync(directory, { recursive: true });
  runner.onLine?.({ job: key, kind: 'job', text: text(job.name, contexts) });
  const github = contexts.github as Record<string, string>;
  const oidc =
    oidcToken === undefined ? {} : { ACTIONS_ID_TOKEN_REQUEST_URL: oidcUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: oidcToken };
  try {
    return await runJob({
      root: run.entry.source.root,
      origin,
      repositories: { [origin.workflow_repository]: run.workflow.source.root, ...runner.repositories },
      directory,
      key,
      workflow: run.workflow,
      job,
      contexts: {
        ...contexts,
        github: { ...github, job: job.id, token },
        secrets: { ...(contexts.secrets as object), GITHUB_TOKEN: token },
      },
      permissions,
      masks,
      environment: { ...runner.runnerEnvironment, ...defaultVariables(github, job.id), ...oidc },
      onLine: (line) => runner.onLine?.(line),
      cancel: run.cancel,
      killed: run.killed,
      delays: runner.cancelDelays ?? githubCancelDelays,
    });
  } finally {
    state.revoke(token);
    state.revoke(oidcToken);
  }
}

function isFork(contexts: Contexts): boolean {
  const { event } = contexts.github as { event: { pull_request?: { head: { repo: { fork: boolean } } } } };
  return event.pull_request?.head.repo.fork === true;
}

/** Which file the job comes from, as the context `job` says it. */
function originOf({ workflow, runner }: WorkflowRun, contexts: Contexts): JobOrigin {
  const github = contexts.github as Record<string, string>;
  const { source, path } = workflow;
  const repository = source.repository ?? runner.github.state.fullName;
  return {
    workflow_ref: `${repository}/${path}@${source.ref ?? github.ref}`,
    workflow_sha: commitOf(source.root),
    workflow_repository: repository,
    workflow_file_path: path,
  };
}

/** Whose token it is: the claims of the identity token follow from this. */
function identityOf(
  { record, entry }: WorkflowRun,
  job: StepsJob,
  contexts: Contexts,
  { permissions, origin }: { readonly permissions: Permissions; readonly origin: JobOrigin },
): JobIdentity {
  const github = contexts.github as Record<string, string>;
  const environment = job.environment === undefined ? undefined : text(job.environment, contexts);
  return {
    runId: record.id,
    runNumber: record.number,
    runAttempt: record.attempt,
    job: job.id,
    workflow: entry.name,
    workflowPath: entry.path,
    jobWorkflow: { ref: origin.workflow_ref, sha: origin.workflow_sha },
    event: github.event_name ?? '',
    ref: github.ref ?? '',
    sha: github.sha ?? '',
    actor: github.actor ?? '',
    permissions,
    ...(environment ? { environment } : {}),
  };
}

/** Entries of the context `github` that steps have as GITHUB_… */
const githubVariables = [
  ...['event_name', 'event_path', 'repository', 'repository_owner', 'repository_id', 'ref', 'ref_name', 'ref_type'],
  ...[
    'sha',
    'actor',
    'triggering_actor',
    'workflow',
    'workflow_ref',
    'workflow_sha',
    'run_id',
    'run_number',
    'run_attempt',
  ],
  ...['server_url', 'api_url', 'graphql_url', 'head_ref', 'base_ref'],
];

/** The default variables of a job (docs.github.com, "Variables reference"). */
function defaultVariables(github: Readonly<Record<string, unknown>>, job: string): Record<string, string> {
  return {
    ...Object.fromEntries(githubVariables.map((name) => [`GITHUB_${name.toUpperCase()}`, String(github[name] ?? '')])),
    GITHUB_ACTIONS: 'true',
    CI: 'true',
    GITHUB_JOB: job,
    GITHUB_ACTION: job,
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: process.arch === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_NAME: 'lab',
    RUNNER_ENVIRONMENT: 'github-hosted',
  };
}
