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

/** The elements of a parameter of the template that is a list. */
export function listOf(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
}

/** What the stack trusts, and the new subjects after it. */
export function addSubjects(before: string, added: readonly string[]): string {
  const have = listOf(before);
  const missing = added.filter((one) => !have.includes(one));
  return missing.length === 0 ? before : [...have, ...missing].join(',');
}

/** One line for each subject: whether it is added, stays or goes. */
export function subjectLines(before: string, after: string): string[] {
  const [had, has] = [listOf(before), listOf(after)];
  return [
    ...has.filter((one) => !had.includes(one)).map((one) => `+ ${one}`),
    ...had.filter((one) => !has.includes(one)).map((one) => `- ${one}  (no longer trusted)`),
    ...had.filter((one) => has.includes(one)).map((one) => `  ${one}  (stays)`),
  ];
}

/**
 * Whether a role trusts jobs of the repository, on any branch. An organisation may have its tokens carry other subjects
 * (docs.github.com, "OpenID Connect reference", customizing the subject claims); of those it cannot be said, so they count.
 */
export function trusts(subjects: readonly string[], fullName: string): boolean {
  const wanted = fullName.toLowerCase();
  return subjects.some((subject) => {
    const named = /^repo:([^/:@]+)(?:@\d+)?\/([^:@]+)(?:@\d+)?(?::|$)/.exec(subject);
    return named === null || `${named[1]}/${named[2]}`.toLowerCase() === wanted;
  });
}

export function planSubjectsOf(repository: Repository): string[] {
  return bothForms(repository, 'pull_request');
}
