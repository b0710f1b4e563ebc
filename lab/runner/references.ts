/**
 * Where workflows and actions come from (docs.github.com, "Workflow syntax", `jobs.<job_id>.uses` and `steps[*].uses`): `$/PATH` is the
 * repository and the commit of the file that says it, `OWNER/NAME/PATH@REF` another repository, `./PATH` the workspace for
 * an action and the file's own repository for a workflow.
 */
import type { Source } from './model.ts';

/** Folders of other repositories by `owner/name`. Whatever the ref, it is the folder as it is. */
export type Repositories = Readonly<Record<string, string>>;

export interface Reference {
  /** Undefined for the workspace. */
  readonly source: Source | undefined;
  readonly path: string;
}

/** A reference, or why there is none. @param file the repository of the file that contains it */
export function actionReference(uses: string, file: Source, repositories: Repositories): Reference | string {
  if (uses.startsWith('./')) return { source: undefined, path: uses.slice(2) };
  return reference(uses, file, repositories);
}

/** As `actionReference`, for a workflow. */
export function workflowReference(uses: string, file: Source, repositories: Repositories): Reference | string {
  const found = uses.startsWith('./') ? { source: file, path: uses.slice(2) } : reference(uses, file, repositories);
  if (typeof found === 'string') return found;
  if (/^\.github\/workflows\/[^/@]+\.ya?ml$/.test(found.path)) return found;
  return `${uses} is no workflow: its path is .github/workflows/NAME.yml, and ./ and $/ take no @ref`;
}

function reference(uses: string, file: Source, repositories: Repositories): Reference | string {
  if (uses.startsWith('$/')) {
    if (uses.includes('@')) return `${uses}: $/ is always the commit of the file itself and takes no @ref`;
    if (uses.length === 2) return '$/ needs a path';
    return { source: file, path: uses.slice(2) };
  }
  const [, name = '', path = '', ref = ''] = /^([\w.-]+\/[\w.-]+)(?:\/([^@]+))?@(\S+)$/.exec(uses) ?? [];
  const root = Object.hasOwn(repositories, name) ? repositories[name] : undefined;
  if (root === undefined)
    return `the lab runner has no ${uses}: it knows $/, ./, checkout, upload-artifact, download-artifact, attest, upload-pages-artifact, deploy-pages and ${known(repositories)}`;
  return { source: { repository: name, root, ref: fullRef(ref) }, path };
}

/** As the claim `job_workflow_ref` has it: a commit as it is, a tag or a branch in full. */
function fullRef(ref: string): string {
  if (/^[0-9a-f]{40}$/.test(ref) || ref.startsWith('refs/')) return ref;
  return /^v\d/.test(ref) ? `refs/tags/${ref}` : `refs/heads/${ref}`;
}

function known(repositories: Repositories): string {
  return Object.keys(repositories).join(', ') || 'no other repository';
}
