/**
 * The actions of GitHub that the runner stands in for: checkout copies the working tree, upload-artifact and download-artifact keep files
 * for the jobs of a run, and attest only checks what it is given: the lab has no Sigstore. upload-pages-artifact and deploy-pages put a
 * folder where the lab's site is.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Permissions } from '../services/github/state.ts';
import { checkOutWorkingTree } from './working-tree.ts';

const names = [
  ...['checkout', 'upload-artifact', 'download-artifact', 'attest'],
  ...['upload-pages-artifact', 'deploy-pages'],
] as const;
export type BuiltIn = (typeof names)[number];

type Inputs = Readonly<Record<string, string>>;

/** The built-in action that `uses` names. */
export function builtIn(uses: string): BuiltIn | undefined {
  const name = /^actions\/([a-z-]+)@\S+$/.exec(uses)?.[1];
  return names.find((known) => known === name);
}

function refuseOthers(action: BuiltIn, inputs: Inputs, known: readonly string[]): void {
  const unknown = Object.keys(inputs).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`the lab's ${action} does not know the inputs ${unknown.join(', ')}`);
}

/**
 * Gives the job's workspace the working tree, or the commit that `ref` names.
 * @param copies folder for copies of working trees
 * @throws Error for an input that the lab's checkout does not know
 */
export function checkout(
  repository: { readonly root: string; readonly repositories: Readonly<Record<string, string>> },
  workspace: string,
  inputs: Inputs,
  copies: string,
): void {
  const known = ['persist-credentials', 'fetch-depth', 'show-progress', 'clean', 'ref', 'path', 'repository', 'token'];
  refuseOthers('checkout', inputs, known);
  const root = inputs.repository ? repository.repositories[inputs.repository] : repository.root;
  if (root === undefined) throw new Error(`the lab has no repository ${inputs.repository}`);
  const target = join(workspace, inputs.path ?? '');
  mkdirSync(target, { recursive: true });
  // The commit that a job comes from is the working tree.
  if (inputs.ref && !inputs.repository) {
    const archive = execFileSync('git', ['-C', root, 'archive', '--format=tar', inputs.ref], { maxBuffer: 1 << 30 });
    execFileSync('tar', ['-x', '-C', target], { input: archive });
    return;
  }
  checkOutWorkingTree(root, join(copies, createHash('sha256').update(root).digest('hex').slice(0, 12)), target);
  if (inputs['fetch-depth'] === '0') addHistory(root, target);
}

/** All commits, as `fetch-depth: 0` brings them; otherwise the lab's checkout has no repository at all. */
function addHistory(root: string, target: string): void {
  const clone = mkdtempSync(join(target, '.clone-'));
  execFileSync('git', ['clone', '--quiet', '--no-checkout', `file://${root}`, clone]);
  renameSync(join(clone, '.git'), join(target, '.git'));
  rmSync(clone, { recursive: true });
  execFileSync('git', ['-C', target, 'reset', '--quiet']);
}

/** Keeps the named files as an artifact of the run; of a folder that is the only path, what is in it. */
export function uploadArtifact(
  workspace: string,
  artifacts: string,
  inputs: Inputs,
): { readonly directory: string; readonly files: number } {
  refuseOthers('upload-artifact', inputs, ['name', 'path', 'if-no-files-found', 'retention-days']);
  const paths = (inputs.path ?? '')
    .split('\n')
    .map((path) => path.trim())
    .filter(Boolean);
  if (paths.some((path) => /[*?![\]]/.test(path))) throw new Error("the lab's upload-artifact takes no patterns");
  const directory = join(artifacts, basename(inputs.name ?? 'artifact'));
  const named = paths.map((path) => resolve(workspace, path)).filter((path) => existsSync(path));
  const [only = ''] = named;
  const isFolder = named.length === 1 && paths.length === 1 && statSync(only).isDirectory();
  const present = isFolder ? readdirSync(only).map((name) => join(only, name)) : named;
  if (present.length === 0) {
    if (inputs['if-no-files-found'] === 'error') throw new Error(`no files were found at ${paths.join(', ')}`);
    return { directory, files: 0 };
  }
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const path of present) cpSync(path, join(directory, basename(path)), { recursive: true });
  return { directory, files: present.length };
}

/**
 * Copies an artifact into the workspace: of this run, whatever the attempt, or with `run-id` of another, which needs a token that may read
 * runs (actions/download-artifact, README, "Inputs").
 * @param artifacts those of a run, by its id
 */
export function downloadArtifact(
  workspace: string,
  artifacts: (run?: string) => string,
  permissions: Permissions,
  inputs: Inputs,
): void {
  refuseOthers('download-artifact', inputs, ['name', 'path', 'run-id', 'github-token']);
  if (inputs['github-token'] && (permissions.actions ?? 'none') === 'none')
    throw new Error('Resource not accessible by integration: actions: read is missing');
  const name = inputs.name ?? '';
  const directory = join(artifacts(inputs['github-token'] ? inputs['run-id'] : undefined), basename(name));
  if (name === '' || !existsSync(directory)) throw new Error(`Artifact not found for name: ${name}`);
  cpSync(directory, join(workspace, inputs.path ?? ''), { recursive: true });
}

/**
 * Checks what actions/attest checks (its README, "Usage" and "Permissions"), and signs nothing.
 * @returns the names of what would be attested
 */
export function attest(workspace: string, permissions: Permissions, inputs: Inputs): string[] {
  refuseOthers('attest', inputs, ['subject-checksums']);
  const missing = ['id-token', 'attestations'].filter((scope) => permissions[scope] !== 'write');
  if (missing.length > 0)
    throw new Error(`missing permissions: ${missing.map((scope) => `${scope}: write`).join(', ')}`);
  const lines = readFileSync(join(workspace, inputs['subject-checksums'] ?? ''), 'utf8')
    .trim()
    .split('\n');
  if (lines.length > 1024) throw new Error('Too many subjects specified. The maximum number of subjects is 1024.');
  return lines.map((line) => {
    const name = /^[0-9a-f]{64} [ *](.+)$/.exec(line)?.[1];
    if (name === undefined) throw new Error(`not a checksum: ${line}`);
    return name;
  });
}

/** Keeps a folder as the artifact github-pages of the run. */
export function uploadPagesArtifact(workspace: string, artifacts: string, inputs: Inputs): void {
  refuseOthers('upload-pages-artifact', inputs, ['path']);
  const path = inputs.path ?? '_site/';
  if (!existsSync(join(workspace, path))) throw new Error(`no files were found at ${path}`);
  uploadArtifact(workspace, artifacts, { name: 'github-pages', path });
}

/**
 * Makes the artifact github-pages the lab's site (actions/deploy-pages, README, "Security Considerations").
 * @param site folder of the published site
 */
export function deployPages(artifacts: string, site: string, permissions: Permissions, inputs: Inputs): void {
  refuseOthers('deploy-pages', inputs, []);
  const missing = ['pages', 'id-token'].filter((scope) => permissions[scope] !== 'write');
  if (missing.length > 0)
    throw new Error(`missing permissions: ${missing.map((scope) => `${scope}: write`).join(', ')}`);
  const directory = join(artifacts, 'github-pages');
  if (!existsSync(directory)) throw new Error('No artifacts named "github-pages" were found for this workflow run.');
  rmSync(site, { recursive: true, force: true });
  cpSync(directory, site, { recursive: true });
}
