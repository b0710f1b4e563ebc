/** The Actions toolkit as the rest of the product sees it: inputs, outputs, state between main and post, log, token. */
import * as core from '@actions/core';
import type { RunIdentity } from '../../domain/run.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import { identityToken } from './id-token.ts';
import { noIdToken } from './no-id-token.ts';

/** The job's log. Multi-line messages stay one annotation: the toolkit escapes line breaks in commands. */
export const logger: Logger = {
  debug: (message) => core.debug(message),
  info: (message) => core.info(message),
  warning: (message) => core.warning(message),
  error: (message) => core.error(message),
  group: (title, work) => core.group(title, work),
};

/** The value of an input, trimmed; empty when it was not given. */
export function readInput(name: string): string {
  return core.getInput(name);
}

/** Sets an output that later steps and jobs read. GitHub drops a value that contains a masked secret. */
export function setOutput(name: string, value: string): void {
  core.setOutput(name, value);
}

/**
 * Saves a value for the post step. GitHub reads the state file even when the main step was killed, so a value
 * that is saved before an effect lets the post step undo it.
 */
export function saveState(name: string, value: string): void {
  core.saveState(name, value);
}

/** What the main step saved; empty when it saved nothing. */
export function readState(name: string): string {
  return core.getState(name);
}

/** Makes the runner replace `value` with asterisks in everything logged from now on. */
export function maskSecret(value: string): void {
  if (value !== '') core.setSecret(value);
}

/** Marks the job as failed, with the message as annotation. */
export function setFailed(message: string): void {
  core.setFailed(message);
}

/** Whether this job may ask for an identity token (`permissions: id-token: write`). */
export function canGetIdToken(): boolean {
  return Boolean(process.env.ACTIONS_ID_TOKEN_REQUEST_URL && process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
}

/**
 * A fresh OIDC token of this job; each lives about five minutes, in post steps too.
 * @throws BackupError that names the permission to add when the job has none, or says what GitHub's refusal means
 */
export async function getIdToken(audience: string): Promise<string> {
  if (!canGetIdToken()) throw noIdToken(process.env);
  return identityToken(() => core.getIDToken(audience), { clock: systemClock, logger });
}

/** `OWNER/REPO` of the job; empty outside GitHub. */
export function currentRepository(): string {
  return process.env.GITHUB_REPOSITORY ?? '';
}

/** The run this process belongs to. `key` is the same for every attempt. */
export function currentRun(): RunIdentity {
  const { GITHUB_SERVER_URL = 'https://github.com', GITHUB_REPOSITORY = '', GITHUB_RUN_ID = '' } = process.env;
  const key = `${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
  const attempt = Number(process.env.GITHUB_RUN_ATTEMPT ?? '1');
  const suffix = attempt > 1 ? `/attempts/${attempt}` : '';
  return { key, url: `${GITHUB_SERVER_URL}/${key}${suffix}`, id: GITHUB_RUN_ID, attempt, commit: currentCommit() };
}

/** The commit that triggered the workflow (GitHub documentation, "Variables reference", GITHUB_SHA): of the caller's repository. */
function currentCommit(): string | undefined {
  const { GITHUB_SHA: commit = '' } = process.env;
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit) ? commit : undefined;
}

/**
 * Address of a file in the repository of this action, at its version. The runner names both for an action that `uses: OWNER/NAME/PATH@REF` or
 * `uses: $/PATH` gives, where the version is a commit (actions/runner 2.336, ActionRunner.cs and ActionManager.cs), and neither for one
 * in the workspace (`./PATH`): that is taken to be the repository of the run.
 */
export function ownPage(path: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { GITHUB_SERVER_URL: server = 'https://github.com', GITHUB_REPOSITORY: run } = environment;
  const { GITHUB_ACTION_REPOSITORY: own, GITHUB_ACTION_REF: ref } = environment;
  const repository = own || run;
  if (!repository) return undefined;
  return `${server}/${repository}/blob/${own && ref ? ref : 'HEAD'}/${path}`;
}
