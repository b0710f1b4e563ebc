/** What workflow files say of retention, and which commits changed it: git's history, as GitHub's REST API tells it. */
import type { GitHubReader } from '../../../ports/inspection.ts';
import type { RepositoryRecord, RetentionChange, RetentionSetting, WorkflowRuns } from '../input.ts';
import { endOf, type Period, startOf } from '../period.ts';
import { localCalls } from './called.ts';
import { settingsIn } from './retention-settings.ts';

/** Commits of a file that are read at most. */
const mostCommits = 100;

interface Commit {
  readonly sha: string;
  readonly html_url: string;
  readonly commit: { readonly committer: { readonly date: string }; readonly author: { readonly name: string } };
  readonly author: { readonly login: string } | null;
}

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
  for (const workflow of workflows) {
    const reader = new FileReader(github, repository, workflow, unread);
    const { now, commits } = await reader.history(period);
    retention.push(...now);
    changes.push(...commits);
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

  async history(period: Period): Promise<{ now: readonly RetentionSetting[]; commits: readonly RetentionChange[] }> {
    const found = await this.#allCommits(period);
    if (found === undefined) return { now: [], commits: [] };
    let last = found.before === undefined ? [] : await this.#settings(found.before.sha);
    const commits: RetentionChange[] = [];
    for (const one of found.within) {
      const next = await this.#settings(one.sha);
      // What could not be read is told, and taken for no change.
      if (next === undefined || last === undefined) {
        last = next ?? last;
        continue;
      }
      commits.push(...differences(last, next).map((change) => ({ ...change, ...whoAndWhen(one) })));
      last = next;
    }
    return { now: last ?? [], commits };
  }

  /** Commits of the file and of the workflows of the repository that it called at any time of the period; oldest first. */
  async #allCommits(
    period: Period,
  ): Promise<{ readonly before: Commit | undefined; readonly within: readonly Commit[] } | undefined> {
    const [from, until] = [new Date(startOf(period)).toISOString(), new Date(endOf(period) - 1000).toISOString()];
    const [within, before] = [new Map<string, Commit>(), new Map<string, Commit>()];
    const paths = new Set([this.#workflow]);
    // A set is walked through to what is added meanwhile.
    for (const path of paths) {
      const some = await this.#commits(path, `since=${from}&until=${until}`, mostCommits);
      const last = await this.#commits(path, `until=${from}`, 1);
      if ((some === undefined || last === undefined) && path === this.#workflow) return undefined;
      if (some?.length === mostCommits)
        this.#unread.push(`Commits of ${path} before the newest ${mostCommits} of the period: they were not read.`);
      // GitHub lists the newest first.
      for (const one of some?.toReversed() ?? []) within.set(one.sha, one);
      for (const one of last ?? []) before.set(one.sha, one);
      for (const { sha } of [...(last ?? []), ...(some ?? [])])
        for (const called of localCalls((await this.#text(path, sha)) ?? '')) paths.add(called);
    }
    const sorted = (all: Map<string, Commit>): readonly Commit[] =>
      [...all.values()].toSorted((a, b) => committedAt(a) - committedAt(b));
    return { before: sorted(before).at(-1), within: sorted(within).filter(({ sha }) => !before.has(sha)) };
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

const committedAt = ({ commit }: Commit): number => Date.parse(commit.committer.date);

function whoAndWhen({
  sha,
  html_url: url,
  commit,
  author,
}: Commit): Pick<RetentionChange, 'at' | 'author' | 'commit' | 'url'> {
  const name = commit.author.name;
  return {
    at: new Date(commit.committer.date).toISOString(),
    author: author === null ? name : `${name} (${author.login})`,
    commit: sha,
    url,
  };
}

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
