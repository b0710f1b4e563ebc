/** Secrets and variables of the repository, through gh: values by standard input, never in a command line. */
import { callsWorkflow, givenByInputs, usesActions } from '../../src/doctor/callers.ts';
import { RepositoryReader } from '../../src/doctor/gather/github.ts';
import { type Job, jobs } from '../../src/doctor/jobs.ts';
import { gh, ghOutput, ghReader } from '../lib/gh.ts';

/** Those of the repository, and those of its organisation that it may see. None where they cannot be read. */
export async function variablesOf(repository: string): Promise<Readonly<Record<string, string>>> {
  const reading = await new RepositoryReader(ghReader, repository).variables();
  return 'value' in reading ? reading.value : {};
}

/**
 * The variables that the workflow reads: all of the job for its own file; for a caller those that it does not give as inputs;
 * none for steps of one's own, which give the actions everything.
 */
export async function neededVariables(repository: string, workflow: string): Promise<readonly string[]> {
  const dumps = jobs.filter(({ actions }) => actions.includes('db-dump'));
  // Setup itself sets the variable of the role.
  const all = (job: Job | undefined): readonly string[] =>
    (job?.variables ?? []).filter((name) => name !== 'HOLDFAST_DUMP_ROLE');
  const own = all(dumps.find(({ file }) => file === workflow) ?? dumps[0]);
  const path = `.github/workflows/${workflow}`;
  const { status, body } = await ghReader.get(`repos/${repository}/contents/${path}`);
  const { content } = (body ?? {}) as { content?: unknown };
  if (status !== 200 || typeof content !== 'string') return own;
  const text = Buffer.from(content, 'base64').toString('utf8');
  const facts = { path, name: workflow, state: 'active', text, runs: [] };
  const called = dumps.filter((job) => callsWorkflow(facts, job));
  if (called.length > 0)
    return [
      ...new Set(
        called.flatMap((job) => {
          const given = givenByInputs(facts, job);
          return all(job).filter((name) => !given.includes(name));
        }),
      ),
    ];
  return dumps.some((job) => usesActions(facts, job)) ? [] : own;
}

/** The pages with callers. */
const dumpPages = jobs.flatMap(({ actions, page }) => (actions.includes('db-dump') ? page : [])).join(', ');

export async function setSecret(repository: string, name: string, value: string): Promise<void> {
  // Without --body gh reads standard input, and seals the value before it is sent.
  await ghOutput(['secret', 'set', name, '--repo', repository], value);
}

/** Makes the variable, or changes it. */
export async function setVariable(repository: string, name: string, value: string): Promise<void> {
  const body = JSON.stringify({ name, value });
  const change = await gh(
    ['api', '--method', 'PATCH', `repos/${repository}/actions/variables/${name}`, '--input', '-'],
    body,
  );
  if (change.status === 0) return;
  await ghOutput(['api', '--method', 'POST', `repos/${repository}/actions/variables`, '--input', '-'], body);
}

/** Whether gh may write what is about to be written, and the workflow is there. @returns the problems */
export async function repositoryProblems(repository: string, workflow: string | undefined): Promise<readonly string[]> {
  const { status, body } = await ghReader.get(`repos/${repository}`);
  if (status !== 200)
    return [
      `--repository: gh cannot see ${repository} (status ${status || 'none'}); sign in with: gh auth login, or name another`,
    ];
  const { permissions } = body as { permissions?: { admin?: boolean; push?: boolean } };
  const mayWrite = permissions?.admin || permissions?.push;
  return [
    ...(mayWrite
      ? []
      : [`--repository: your account may not set secrets of ${repository}; ask somebody with write access`]),
    ...(workflow === undefined ? [] : await workflowProblems(repository, workflow)),
  ];
}

async function workflowProblems(repository: string, workflow: string): Promise<readonly string[]> {
  const { status, body } = await ghReader.get(`repos/${repository}/actions/workflows/${workflow}`);
  if (status === 404)
    return [
      `--workflow: ${repository} has no workflow ${workflow} on its default branch; add the caller of ${dumpPages} to .github/workflows and push it, or name another`,
    ];
  const { state } = body as { state?: string };
  return status === 200 && state !== 'active'
    ? [`--workflow: ${workflow} is ${state}; turn it on with: gh workflow enable ${workflow} --repo ${repository}`]
    : [];
}
