/** The contexts of a run: what GitHub says of the event, the repository and the run itself. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../services/github/state.ts';
import type { Contexts } from './expressions.ts';
import type { Workflow } from './model.ts';
import type { RunnerOptions } from './options.ts';

export interface Trigger {
  readonly event: 'schedule' | 'workflow_dispatch' | 'push' | 'pull_request';
  /** For workflow_dispatch. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** A pull request from a fork: its jobs get no secrets and no write permission; and no variables, which is the harder case. */
  readonly fork?: boolean;
  /** The folder whose workflow is run: another repository's files, with everything else as it is. Default: the runner's. */
  readonly root?: string;
  /** That repository's variables and secrets. Default: the runner's. */
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

type Settings = Readonly<Record<string, string>>;

/** A run that is about to start. */
export interface NewRun {
  readonly workflow: Workflow;
  readonly trigger: Trigger;
  /** The inputs with their types, defaults filled in. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly record: RunRecord;
}

/** Gives the contexts, and writes the file of the event to `directory`. */
export function runContexts(options: RunnerOptions, run: NewRun, directory: string): Contexts {
  const event = eventOf(options, run);
  const eventPath = join(directory, 'event.json');
  writeFileSync(eventPath, JSON.stringify(event, null, 2));
  return {
    github: { event, event_path: eventPath, ...githubContext(options, run) },
    vars: settingsOf(options, run.trigger).vars,
    secrets: settingsOf(options, run.trigger).secrets,
    inputs: run.inputs,
  };
}

/** The variables and secrets that a run has. */
export function settingsOf(options: RunnerOptions, trigger: Trigger): { vars: Settings; secrets: Settings } {
  if (trigger.fork) return { vars: {}, secrets: {} };
  const { vars = options.vars ?? {}, secrets = options.secrets ?? {} } = trigger;
  return { vars, secrets };
}

function eventOf({ github }: RunnerOptions, { workflow, trigger, inputs }: NewRun): object {
  return {
    // In the event all inputs are text; the context `inputs` has their types.
    ...(trigger.event === 'workflow_dispatch' ? { inputs: asText(inputs) } : {}),
    ...(trigger.event === 'schedule' ? { schedule: '0 0 * * *' } : {}),
    ...(trigger.event === 'pull_request' ? { pull_request: pullRequest(github.state.fullName, trigger) } : {}),
    repository: { full_name: github.state.fullName, default_branch: 'main', private: true },
    workflow: workflow.path,
  };
}

function pullRequest(fullName: string, { fork }: Trigger): object {
  return {
    number: 7,
    head: { ref: 'change', repo: { full_name: fork ? 'somebody/fork' : fullName, fork: fork === true } },
  };
}

function githubContext(
  { github, ...options }: RunnerOptions,
  { workflow, trigger, record }: NewRun,
): Readonly<Record<string, string>> {
  const { fullName, repository } = github.state;
  const isPullRequest = trigger.event === 'pull_request';
  const ref = options.ref ?? (isPullRequest ? 'refs/pull/7/merge' : 'refs/heads/main');
  return {
    event_name: trigger.event,
    repository: fullName,
    repository_owner: repository.owner,
    repository_id: String(repository.id),
    ref,
    ref_name: ref.replace(/^refs\/(heads|tags)\//, ''),
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    sha: commitOf(workflow.source.root),
    actor: 'lab',
    triggering_actor: 'lab',
    workflow: workflow.name,
    workflow_ref: `${fullName}/${workflow.path}@${ref}`,
    workflow_sha: commitOf(workflow.source.root),
    run_id: String(record.id),
    run_number: String(record.number),
    run_attempt: String(record.attempt),
    server_url: 'https://github.com',
    api_url: github.apiUrl,
    graphql_url: `${github.apiUrl}/graphql`,
    head_ref: isPullRequest ? 'change' : '',
    base_ref: isPullRequest ? 'main' : '',
  };
}

function asText(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

/** The commit of the working tree; zeros for a folder that is no Git repository. */
export function commitOf(root: string): string {
  try {
    return execFileSync('git', ['-C', root, 'rev-parse', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '0'.repeat(40);
  }
}
