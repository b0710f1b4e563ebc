/** What workflow files say of retention, and which commits changed it: git's history, as GitHub's REST API tells it. */
import type { GitHubReader } from '../../../ports/inspection.ts';
import type { RepositoryRecord, RetentionChange, RetentionSetting, WorkflowRuns } from '../input.ts';
import { endOf, type Period, startOf } from '../period.ts';
import { type Branch, type Commit, committedAt, readBranch } from './branch.ts';
import { localCalls } from './called.ts';
import { settingsIn } from './retention-settings.ts';

/** Commits of a file that are read at most. */
const mostCommits = 100;

/** @param workflows paths of the files @param repository `OWNER/REPO` */
export async function readRecord(
  github: GitHubReader,
  {
    repository,
    workflows,
    period,
  }: { readonly repository: string; readonly workflows: readonly string[]; readonly period: Period },
): Promise<RepositoryRecord> {
  const retention: RetentionSetting[] = [];
  const changes: RetentionChange[] = [];
  const runs: WorkflowRuns[] = [];
  const unread: string[] = [];
  const branch = workflows.length === 0 ? undefined : await readBranch(github, repository, period, unread);
  for (const workflow of workflows) {
    const reader = new FileReader(github, repository, workflow, unread);
    if (branch !== undefined) {
      const { now, commits } = await reader.history(branch, period);
      retention.push(...now);
      changes.push(...commits);
    }
    const counted = await reader.runs(period);
    if (counted !== undefined) runs.push(counted);
  }
  return { repository, retention, changes: changes.toSorted((a, b) => (a.at < b.at ? -1 : 1)), runs, unread };
}

class FileReader {
  readonly #github: GitHubReader;
  readonly #repository: string;
  readonly #workflow: string;
  readonly #unread: string[];
  /** By path and commit; undefined where it could not be read. */
  readonly #texts = new Map<string, string | undefined>();

  constructor(github: GitHubReader, repository: string, workflow: string, unread: string[]) {
    this.#github = github;
    this.#repository = repository;
    this.#workflow = workflow;
    this.#unread = unread;
  }

  async history(
    branch: Branch,
    period: Period,
  ): Promise<{ now: readonly RetentionSetting[]; commits: readonly RetentionChange[] }> {
    const commitsOf = await this.#changing(branch, period);
    if (commitsOf === undefined) return { now: [], commits: [] };
    let last = branch.before === undefined ? [] : await this.#settings(branch.before);
    const commits: RetentionChange[] = [];
    for (const head of branch.heads) {
      const own = commitsOf.get(head.sha);
      if (own === undefined) continue;
      const next = await this.#settings(head.sha);
      // What could not be read is told, and taken for no change.
      if (next === undefined || last === undefined) {
        last = next ?? last;
        continue;
      }
      commits.push(...differences(last, next).map((change) => ({ ...change, ...whoAndWhen(head, [...own.values()]) })));
      last = next;
    }
    return { now: last ?? [], commits };
  }

  /**
   * Heads of the branch that may have changed the file, or a workflow of the repository that it called at any time of the period; by SHA,
   * each with the commits that did.
   */
  async #changing(
    { before, heads, broughtBy, bringOlder }: Branch,
    period: Period,
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, Commit>> | undefined> {
    const filter = `since=${new Date(startOf(period)).toISOString()}&until=${new Date(endOf(period) - 1000).toISOString()}`;
    const found = new Map<string, Map<string, Commit>>(
      heads.filter(({ sha }) => bringOlder.has(sha)).map(({ sha }) => [sha, new Map()]),
    );
    const paths = new Set([this.#workflow]);
    // A set is walked through to what is added meanwhile.
    for (const path of paths) {
      const some = await this.#commits(path, filter, mostCommits);
      if (some === undefined && path === this.#workflow) return undefined;
      if (some?.length === mostCommits)
        this.#unread.push(`Commits of ${path} before the newest ${mostCommits} of the period: they were not read.`);
      const own = new Set(bringOlder);
      // GitHub lists the newest first.
      for (const one of some?.toReversed() ?? []) {
        const head = broughtBy.get(one.sha) ?? one.sha;
        own.add(head);
        found.set(head, (found.get(head) ?? new Map<string, Commit>()).set(one.sha, one));
      }
      const shas = heads.map(({ sha }) => sha).filter((sha) => own.has(sha));
      for (const sha of [...(before === undefined ? [] : [before]), ...shas])
        for (const called of localCalls((await this.#text(path, sha)) ?? '')) paths.add(called);
    }
    return found;
  }

  async #commits(path: string, filter: string, count: number): Promise<readonly Commit[] | undefined> {
    const list = `repos/${this.#repository}/commits?path=${encodeURIComponent(path)}&${filter}&per_page=${count}`;
    const { status, body } = await this.#github.get(list);
    if (status === 200 && Array.isArray(body)) return body as readonly Commit[];
    this.#tell(`Who changed ${path} of ${this.#repository}`, status);
    return undefined;
  }

  /** @returns undefined when the file, or one that it calls, could not be read; nothing where it was not there */
  async #settings(sha: string): Promise<readonly RetentionSetting[] | undefined> {
    const files = new Map<string, string>();
    const paths = new Set([this.#workflow]);
    for (const path of paths) {
      const text = await this.#text(path, sha);
      if (text === undefined) return undefined;
      files.set(path, text);
      for (const called of localCalls(text)) paths.add(called);
    }
    const { settings, notKnown } = settingsIn(this.#workflow, files.get(this.#workflow) ?? '', files);
    this.#unread.push(...notKnown.filter((one) => !this.#unread.includes(one)));
    return settings;
  }

  /** @returns undefined when it could not be read; an empty text where the file was not there */
  async #text(file: string, sha: string): Promise<string | undefined> {
    const key = `${sha} ${file}`;
    if (!this.#texts.has(key)) this.#texts.set(key, await this.#read(file, sha));
    return this.#texts.get(key);
  }

  async #read(file: string, sha: string): Promise<string | undefined> {
    const path = `repos/${this.#repository}/contents/${encodeURI(file)}?ref=${sha}`;
    const { status, body } = await this.#github.get(path);
    if (status === 404) return '';
    const { content } = (body ?? {}) as { readonly content?: unknown };
    if (status === 200 && typeof content === 'string') return Buffer.from(content, 'base64').toString('utf8');
    this.#tell(`${file} of ${this.#repository} at ${sha.slice(0, 12)}`, status);
    return undefined;
  }

  async runs({ from, to }: Period): Promise<WorkflowRuns | undefined> {
    const file = this.#workflow.split('/').at(-1) ?? '';
    const count = async (filter: string): Promise<number | undefined> => {
      const path = `repos/${this.#repository}/actions/workflows/${encodeURIComponent(file)}/runs?created=${from}..${to}&per_page=1${filter}`;
      const { status, body } = await this.#github.get(path);
      const { total_count: total } = (body ?? {}) as { readonly total_count?: unknown };
      if (status === 200 && typeof total === 'number') return total;
      if (filter === '') this.#tell(`Runs of ${this.#workflow} of ${this.#repository}`, status);
      return undefined;
    };
    const total = await count('');
    if (total === undefined) return undefined;
    const [succeeded, failed] = [await count('&status=success'), await count('&status=failure')];
    if (succeeded === undefined || failed === undefined) return undefined;
    return { workflow: this.#workflow, total, succeeded, failed };
  }

  #tell(what: string, status: number): void {
    this.#unread.push(`${what}: GitHub ${status === 0 ? 'did not answer' : `answered with status ${status}`}.`);
  }
}

/** What a merge brought is theirs who wrote it, from when it was merged. */
function whoAndWhen(
  head: Commit,
  brought: readonly Commit[],
): Pick<RetentionChange, 'at' | 'author' | 'commit' | 'url'> {
  const merger = nameOf(head);
  const authors = [...new Set(brought.map(nameOf))];
  const isMerge = head.parents.length > 1 && !(authors.length === 1 && authors[0] === merger);
  return {
    at: new Date(committedAt(head)).toISOString(),
    author: isMerge ? [...authors.filter((one) => one !== merger), `merged by ${merger}`].join(', ') : merger,
    commit: head.sha,
    url: head.html_url,
  };
}

const nameOf = ({ commit, author }: Commit): string =>
  author === null ? commit.author.name : `${commit.author.name} (${author.login})`;

const keyOf = ({ workflow, place, setting }: Omit<RetentionSetting, 'value'>): string =>
  `${workflow} ${place} ${setting}`;

function differences(
  before: readonly RetentionSetting[],
  after: readonly RetentionSetting[],
): readonly Omit<RetentionChange, 'at' | 'author' | 'commit' | 'url'>[] {
  const [old, now] = [new Map(before.map((one) => [keyOf(one), one])), new Map(after.map((one) => [keyOf(one), one]))];
  return [...new Map([...old, ...now])].flatMap(([key, { workflow, place, setting }]) => {
    const [was, is] = [old.get(key)?.value, now.get(key)?.value];
    if (was === is) return [];
    return [
      {
        workflow,
        place,
        setting,
        ...(was === undefined ? {} : { before: was }),
        ...(is === undefined ? {} : { after: is }),
      },
    ];
  });
}
