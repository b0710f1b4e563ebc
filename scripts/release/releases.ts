/** GitHub's releases, as far as publishing one needs them. */
import { createHash } from 'node:crypto';
import { createClient, type Octokit, splitRepository, toGitHubError } from '../../src/adapters/github/client.ts';

export interface Asset {
  readonly id: number;
  readonly name: string;
  /** `uploaded`, or `starter` after an upload that was broken off (docs.github.com, "Upload a release asset"). */
  readonly state: string;
  /** `sha256:…`; GitHub Enterprise Server may not say it. */
  readonly digest: string | undefined;
}

export interface PublishedOrDraft {
  readonly id: number;
  readonly tag: string;
  /** What was given when the draft was made: a commit. */
  readonly target: string;
  readonly draft: boolean;
  readonly immutable: boolean;
  readonly assets: readonly Asset[];
  readonly url: string;
  readonly body: string;
  /** Where its files go: another host than that of the API. */
  readonly uploads: string;
}

export interface Content {
  readonly tag: string;
  readonly hash: string;
  readonly body: string;
}

export interface Releases {
  /** Drafts too. */
  list(): Promise<PublishedOrDraft[]>;
  create(content: Content): Promise<PublishedOrDraft>;
  /** @param latest whether it becomes the release that GitHub calls the latest */
  publish(id: number, content: Content, latest: boolean): Promise<void>;
  remove(id: number): Promise<void>;
  upload(release: PublishedOrDraft, name: string, content: Buffer): Promise<void>;
  removeAsset(id: number): Promise<void>;
  /** Writes the text of a release that is published. Of an immutable one, too, "only release title and notes can be modified" (its page). */
  rewrite(id: number, body: string): Promise<void>;
  /** The commits that tags name whose names begin so. */
  tags(prefix: string): Promise<ReadonlyMap<string, string>>;
  /** Makes a tag. */
  tag(tag: string, hash: string): Promise<void>;
}

export function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** @param repository `owner/name`. Every method throws GitHubError. */
export function gitHubReleases(repository: string, token: string): Releases {
  const octokit = createClient({ token, timeoutSeconds: 120 });
  return new GitHubReleases(octokit, splitRepository(repository));
}

interface Answer {
  readonly id: number;
  readonly tag_name: string;
  readonly target_commitish: string;
  readonly draft: boolean;
  readonly immutable?: boolean;
  readonly html_url: string;
  readonly upload_url: string;
  readonly body?: string | null;
  readonly assets: readonly { id: number; name: string; state: string; digest?: string | null }[];
}

class GitHubReleases implements Releases {
  readonly #octokit: Octokit;
  readonly #repository: { readonly owner: string; readonly repo: string };

  constructor(octokit: Octokit, repository: { readonly owner: string; readonly repo: string }) {
    this.#octokit = octokit;
    this.#repository = repository;
  }

  list(): Promise<PublishedOrDraft[]> {
    return this.#call('listing the releases', async () => {
      const found: PublishedOrDraft[] = [];
      for (let page = 1; ; page += 1) {
        const { data } = await this.#octokit.rest.repos.listReleases({ ...this.#repository, per_page: 100, page });
        // Of an answer that was cut off Octokit makes an empty text, and its own paging an empty list.
        if (!Array.isArray(data)) throw new Error('the answer was cut off');
        found.push(...data.map((one) => view(one as Answer)));
        if (data.length < 100) return found;
      }
    });
  }

  create({ tag, hash, body }: Content): Promise<PublishedOrDraft> {
    return this.#call('making the draft of the release', async () => {
      const draft = { tag_name: tag, target_commitish: hash, name: tag, body, draft: true };
      const { data } = await this.#octokit.rest.repos.createRelease({ ...this.#repository, ...draft });
      if (typeof data !== 'object') throw new Error('the answer was cut off');
      return view(data as Answer);
    });
  }

  publish(id: number, { tag, hash, body }: Content, latest: boolean): Promise<void> {
    return this.#call('publishing the release', async () => {
      await this.#octokit.rest.repos.updateRelease({
        ...{ ...this.#repository, release_id: id, tag_name: tag, target_commitish: hash, name: tag, body },
        ...{ draft: false, make_latest: latest ? ('true' as const) : ('false' as const) },
      });
    });
  }

  remove(id: number): Promise<void> {
    return this.#call('removing a draft', async () => {
      await this.#octokit.rest.repos.deleteRelease({ ...this.#repository, release_id: id });
    });
  }

  upload({ uploads: url }: PublishedOrDraft, name: string, content: Buffer): Promise<void> {
    return this.#call(`attaching ${name} to the release`, async () => {
      const headers = { 'content-type': 'application/octet-stream', 'content-length': content.length };
      await this.#octokit.request({ method: 'POST', url, name, headers, data: content });
    });
  }

  removeAsset(id: number): Promise<void> {
    return this.#call('removing a file of the draft', async () => {
      await this.#octokit.rest.repos.deleteReleaseAsset({ ...this.#repository, asset_id: id });
    });
  }

  rewrite(id: number, body: string): Promise<void> {
    return this.#call('writing the notes of the release', async () => {
      await this.#octokit.rest.repos.updateRelease({ ...this.#repository, release_id: id, body });
    });
  }

  tags(prefix: string): Promise<ReadonlyMap<string, string>> {
    return this.#call('reading the tags', async () => {
      // The prefix: a tag that does not exist is an empty list, and no error.
      const { data } = await this.#octokit.rest.git.listMatchingRefs({ ...this.#repository, ref: `tags/${prefix}` });
      if (!Array.isArray(data)) throw new Error('the answer was cut off');
      return new Map(data.map(({ ref, object }) => [ref.replace('refs/tags/', ''), object.sha]));
    });
  }

  tag(tag: string, hash: string): Promise<void> {
    return this.#call('making the tag', async () => {
      await this.#octokit.rest.git.createRef({ ...this.#repository, ref: `refs/tags/${tag}`, sha: hash });
    });
  }

  async #call<T>(doing: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw toGitHubError(error, doing, 'contents: write');
    }
  }
}

function view(answer: Answer): PublishedOrDraft {
  return {
    ...{ id: answer.id, tag: answer.tag_name, target: answer.target_commitish, draft: answer.draft },
    ...{ immutable: answer.immutable === true, url: answer.html_url, uploads: answer.upload_url },
    body: answer.body ?? '',
    assets: answer.assets.map(({ id, name, state, digest }) => ({ id, name, state, digest: digest ?? undefined })),
  };
}
