/** The repository on GitHub, through `gh`: its ids, and its variables for Actions. */
import { $ } from 'zx';
import { Problem } from './problem.ts';

export interface Repository {
  readonly owner: string;
  readonly name: string;
  readonly ownerId: number;
  readonly id: number;
  readonly defaultBranch: string;
  /** Whether who is signed in may push to it. */
  readonly writable: boolean;
}

/** The remote "origin". @throws Problem outside a clone of a repository on GitHub */
export async function repositoryOfClone(): Promise<string> {
  const { exitCode, stdout } = await $({ nothrow: true, quiet: true })`git remote get-url origin`;
  const name = /[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?\s*$/.exec(stdout)?.[1];
  if (exitCode === 0 && name !== undefined) return name;
  throw new Problem('which repository? This is no clone with a remote "origin".\n  Give --repository OWNER/NAME', 2);
}

interface GhAnswer {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** @throws Problem when gh is missing or not signed in */
export async function gh(args: readonly string[]): Promise<GhAnswer> {
  let result: { exitCode: number | null; stdout: string; stderr: string };
  try {
    result = await $({ nothrow: true, quiet: true })`gh ${args}`;
  } catch (error) {
    throw new Problem(`gh does not start: ${(error as Error).message}`, 2);
  }
  const { exitCode, stdout, stderr } = result;
  if (exitCode === 127 || /command not found/.test(stderr))
    throw new Problem('gh, the GitHub CLI, is not installed.\n  See https://cli.github.com, then: gh auth login', 2);
  // 4: gh's own status for a missing sign-in.
  if (exitCode === 4 || /gh auth login|Bad credentials/.test(stderr))
    throw new Problem('gh is not signed in to GitHub.\n  Run: gh auth login', 2);
  return { ok: exitCode === 0, stdout, stderr };
}

/** @throws Problem when it cannot be read */
export async function readRepository(fullName: string): Promise<Repository> {
  const { ok, stdout, stderr } = await gh(['api', `repos/${fullName}`]);
  if (!ok) {
    const cause = /HTTP 404/.test(stderr)
      ? 'it does not exist, or gh is signed in as somebody who may not see it'
      : stderr.trim();
    throw new Problem(
      `GitHub does not show the repository ${fullName}: ${cause}.\n  Check --repository, and: gh auth status`,
      2,
    );
  }
  const {
    id,
    name,
    owner,
    default_branch: defaultBranch,
    permissions,
  } = JSON.parse(stdout) as {
    id: number;
    name: string;
    owner: { login: string; id: number };
    default_branch: string;
    permissions?: { push?: boolean };
  };
  // GitHub's own spelling: AWS compares with case.
  return { owner: owner.login, ownerId: owner.id, name, id, defaultBranch, writable: permissions?.push !== false };
}

/** The repository's variables. @throws Problem */
export async function readVariables(fullName: string): Promise<Record<string, string>> {
  const { ok, stdout, stderr } = await gh([
    'api',
    '--paginate',
    `repos/${fullName}/actions/variables?per_page=30`,
    '--jq',
    '.variables[]',
  ]);
  if (!ok) throw new Problem(`the variables of ${fullName} cannot be read: ${stderr.trim()}`);
  const all = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { name: string; value: string });
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
}

/** `gh variable` exists since gh 2.31 only; the API works with every version. @throws Problem */
export async function writeVariable(fullName: string, name: string, value: string, exists: boolean): Promise<void> {
  const path = `repos/${fullName}/actions/variables`;
  const call = exists ? ['--method', 'PATCH', `${path}/${name}`] : ['--method', 'POST', path];
  const { ok, stderr } = await gh(['api', ...call, '-f', `name=${name}`, '-f', `value=${value}`, '--silent']);
  if (!ok) throw new Problem(`the variable ${name} of ${fullName} cannot be set: ${stderr.trim()}`);
}
