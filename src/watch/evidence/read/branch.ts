/**
 * Which commits the default branch has stood at, and when. GitHub's list is ordered by nothing but the dates of commits, and a commit of a
 * pull request is older than its merge, perhaps by weeks: what it changed counts from the merge. Git knows no more: a commit that was
 * pushed without a merge counts from its own date.
 */
import type { GitHubReader } from '../../../ports/inspection.ts';
import { endOf, type Period, startOf } from '../period.ts';

/** As GitHub lists it. */
export interface Commit {
  readonly sha: string;
  readonly html_url: string;
  readonly commit: { readonly committer: { readonly date: string }; readonly author: { readonly name: string } };
  readonly author: { readonly login: string } | null;
  /** Of a merge, the first is where the branch stood before. */
  readonly parents: readonly { readonly sha: string }[];
}

export interface Branch {
  /** Where it stood when the period began; undefined where it began later. */
  readonly before: string | undefined;
  /** Where it stood in the period, oldest first. */
  readonly heads: readonly Commit[];
  /** By the SHA of a commit of the period: the merge that brought it. */
  readonly broughtBy: ReadonlyMap<string, string>;
  /** Merges that brought commits of before the period, which nobody has listed. */
  readonly bringOlder: ReadonlySet<string>;
}

const perPage = 100;
/** 5000 commits from the beginning of the period until now. */
const mostPages = 50;

/** @returns undefined when it could not be read, which is told */
export async function readBranch(
  github: GitHubReader,
  repository: string,
  period: Period,
  unread: string[],
): Promise<Branch | undefined> {
  const since = new Date(startOf(period)).toISOString();
  const commits: Commit[] = [];
  for (let page = 1; page <= mostPages; page += 1) {
    const some = await list(github, repository, `since=${since}&per_page=${perPage}&page=${page}`, unread);
    if (some === undefined) return undefined;
    commits.push(...some);
    if (some.length < perPage) break;
    if (page === mostPages)
      unread.push(
        `Commits of ${repository} before the newest ${commits.length} since the period began: they were not read.`,
      );
  }
  if (commits.length > 0) return branchOf(commits, period);
  const newest = await list(github, repository, 'per_page=1', unread);
  return newest && { before: newest[0]?.sha, heads: [], broughtBy: new Map(), bringOlder: new Set() };
}

async function list(
  github: GitHubReader,
  repository: string,
  filter: string,
  unread: string[],
): Promise<readonly Commit[] | undefined> {
  const { status, body } = await github.get(`repos/${repository}/commits?${filter}`);
  if (status === 200 && Array.isArray(body)) return body as readonly Commit[];
  unread.push(
    `Who changed retention in ${repository}: GitHub ${status === 0 ? 'did not answer' : `answered with status ${status}`}.`,
  );
  return undefined;
}

/** @param commits since the period began, the newest first: its first is where the branch stands now */
export function branchOf(commits: readonly Commit[], period: Period): Branch {
  const bySha = new Map(commits.map((one) => [one.sha, one]));
  const newestFirst: Commit[] = [];
  let before = commits[0]?.sha;
  for (let one = commits[0]; one !== undefined; one = before === undefined ? undefined : bySha.get(before)) {
    newestFirst.push(one);
    before = one.parents[0]?.sha;
  }
  const all = newestFirst.toReversed();
  const known = new Set([...all.map(({ sha }) => sha), ...(before === undefined ? [] : [before])]);
  const broughtBy = new Map<string, string>();
  const bringOlder = new Set<string>();
  for (const merge of all) {
    const left = merge.parents.slice(1).map(({ sha }) => sha);
    for (let sha = left.pop(); sha !== undefined; sha = left.pop()) {
      if (known.has(sha)) continue;
      const parents = bySha.get(sha)?.parents;
      if (parents === undefined) bringOlder.add(merge.sha);
      else {
        known.add(sha);
        broughtBy.set(sha, merge.sha);
        left.push(...parents.map((parent) => parent.sha));
      }
    }
  }
  const last = all.findLastIndex((one) => committedAt(one) < endOf(period));
  return { before, heads: all.slice(0, last + 1), broughtBy, bringOlder };
}

export const committedAt = ({ commit }: Commit): number => Date.parse(commit.committer.date);
