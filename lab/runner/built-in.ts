/** The two actions of GitHub that the runner stands in for: checkout copies the working tree, upload-artifact keeps files. */
import { execFileSync } from 'node:child_process';
import { constants, cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What Git ignores is not checked out. */
const ignored = new Set(['.git', 'node_modules', '.lab', 'build', 'coverage']);

/**
 * Copies the working tree, or the commit that `ref` names, into the job's workspace.
 * @throws Error for an input that the lab's checkout does not know
 */
export function checkout(
  repository: { readonly root: string; readonly repositories: Readonly<Record<string, string>> },
  workspace: string,
  inputs: Readonly<Record<string, string>>,
): void {
  const known = ['persist-credentials', 'fetch-depth', 'show-progress', 'clean', 'ref', 'path', 'repository', 'token'];
  const unknown = Object.keys(inputs).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`the lab's checkout does not know the inputs ${unknown.join(', ')}`);
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
  for (const name of readdirSync(root)) {
    if (ignored.has(name)) continue;
    cpSync(join(root, name), join(target, name), {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
    });
  }
}

/** Copies the named files to `ARTIFACTS/NAME`, and gives that folder. */
export function uploadArtifact(
  workspace: string,
  artifacts: string,
  inputs: Readonly<Record<string, string>>,
): { readonly directory: string; readonly files: number } {
  const known = ['name', 'path', 'if-no-files-found', 'retention-days'];
  const unknown = Object.keys(inputs).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`the lab's upload-artifact does not know the inputs ${unknown.join(', ')}`);
  const paths = (inputs.path ?? '')
    .split('\n')
    .map((path) => path.trim())
    .filter(Boolean);
  if (paths.some((path) => /[*?![\]]/.test(path))) throw new Error("the lab's upload-artifact takes no patterns");
  const directory = join(artifacts, basename(inputs.name ?? 'artifact'));
  const present = paths.map((path) => join(workspace, path)).filter((path) => existsSync(path));
  if (present.length === 0) {
    if (inputs['if-no-files-found'] === 'error') throw new Error(`no files were found at ${paths.join(', ')}`);
    return { directory, files: 0 };
  }
  mkdirSync(directory, { recursive: true });
  for (const path of present) cpSync(path, join(directory, basename(path)), { recursive: true });
  return { directory, files: present.length };
}
