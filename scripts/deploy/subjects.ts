/** The subjects of identity tokens: docs.github.com, "OpenID Connect reference", example subject claims. */
import type { Repository } from './github.ts';

/**
 * Both forms: repositories that were made, renamed or transferred since 15 July 2026 send ids as well. Which one a repository
 * sends cannot be asked, and naming both is safe, since the ids are the repository's own.
 */
function bothForms({ owner, name, ownerId, id }: Repository, context: string): string[] {
  return [`repo:${owner}/${name}:${context}`, `repo:${owner}@${ownerId}/${name}@${id}:${context}`];
}

/** Of jobs on these branches, and of jobs with these environments; without any, of the default branch. */
export function subjectsOf(
  repository: Repository,
  { branches, environments }: { readonly branches: readonly string[]; readonly environments: readonly string[] },
): string[] {
  const none = branches.length === 0 && environments.length === 0;
  const contexts = [
    ...(none ? [repository.defaultBranch] : branches).map((branch) => `ref:refs/heads/${branch}`),
    // GitHub encodes colons in names.
    ...environments.map((environment) => `environment:${environment.replaceAll(':', '%3A')}`),
  ];
  return contexts.flatMap((context) => bothForms(repository, context));
}

export function planSubjectsOf(repository: Repository): string[] {
  return bothForms(repository, 'pull_request');
}
