/**
 * Publishes the release of a commit: draft, attach, publish, since a published release cannot be changed any more. It goes by what there
 * is: after a crash at any point the next run finishes what was begun, and after a success it changes nothing.
 */
import { GitHubError } from '../../src/adapters/github/client.ts';
import { type Content, digestOf, type PublishedOrDraft, type Releases } from './releases.ts';
import { compareVersions, isVersion } from './version.ts';

export interface Publication extends Content {
  readonly assets: ReadonlyMap<string, Buffer>;
  /** The ops image by its digest, which the text names; undefined when there is none. */
  readonly image?: string | undefined;
}

export interface Published {
  readonly url: string;
  /** Whether this run published it. */
  readonly now: boolean;
  readonly warnings: readonly string[];
}

/** @throws Error when the tag belongs to another commit, or a published release has other files; GitHubError */
export async function publish(releases: Releases, publication: Publication): Promise<Published> {
  const { tag, hash } = publication;
  const all = await releases.list();
  const same = all.filter((release) => release.tag === tag);
  await refuseOtherCommit(releases, tag, hash);
  const published = same.find(({ draft }) => !draft);
  const [kept, ...others] = published ? [published, ...drafts(same)] : drafts(same, hash);
  // Left over by a run whose answer was lost, or whose commit is no longer on the branch.
  for (const { id } of [...others, ...(published ? [] : drafts(same).filter(({ target }) => target !== hash))]) {
    await releases.remove(id);
  }
  if (published) return again(releases, published, publication);
  const draft = kept ?? (await tagging(releases, publication, () => releases.create(publication)));
  await attach(releases, draft, publication);
  const latest = isNewest(all, tag);
  await tagging(releases, publication, () => releases.publish(draft.id, publication, latest));
  return confirm(releases, publication);
}

/** The ops image may have failed when the release was published, and not now. */
async function again(releases: Releases, published: PublishedOrDraft, publication: Publication): Promise<Published> {
  const warnings = checkPublished(published, publication);
  const { image, body } = publication;
  const [name] = image?.split('@') ?? [];
  if (name !== undefined && !published.body.includes(`${name}@`)) await releases.rewrite(published.id, body);
  return { url: published.url, now: false, warnings };
}

/**
 * Makes the tag first where GitHub refuses a release that would make it. It refuses a target without a ref whose workflow files are not those of
 * a branch, when the token lacks `workflows: write`, which no job's token can have (GitHub changelog, 2 November 2023, "Enforcing workflow
 * scope when creating a release"). Of the same for a tag, reports differ: RafPe/pod-certificate-signer#129 made it, BerriAI/litellm#32023
 * could not.
 */
async function tagging<T>(releases: Releases, { tag, hash }: Publication, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!forbidden(error) || (await releases.tags(tag)).has(tag)) throw error;
    await releases.tag(tag, hash).catch((second: unknown) => {
      throw forbidden(second) ? refusal(tag, hash, error as GitHubError) : second;
    });
    return act();
  }
}

function forbidden(error: unknown): boolean {
  return error instanceof GitHubError && error.status === 403 && !error.temporary;
}

function refusal(tag: string, hash: string, cause: GitHubError): Error {
  return new Error(
    `${cause.message}, and so did making its tag.
Likely cause: main has other workflow files by now, and GitHub lets no job tag a commit whose workflow files are those of no branch; or the job lacks contents: write.
Fix: make the tag as somebody who may push, then run the failed jobs of this run again:
  git fetch origin && git push origin ${hash}:refs/tags/${tag}
Or leave it: the release of the next commit contains this one.`,
    { cause },
  );
}

/** Drafts, the oldest first. @param hash only those of this commit */
function drafts(releases: readonly PublishedOrDraft[], hash?: string): PublishedOrDraft[] {
  return releases
    .filter(({ draft, target }) => draft && (hash === undefined || target === hash))
    .sort((a, b) => a.id - b.id);
}

async function refuseOtherCommit(releases: Releases, tag: string, hash: string): Promise<void> {
  const tagged = (await releases.tags(tag)).get(tag);
  if (tagged === undefined || tagged === hash) return;
  throw new Error(
    `the tag ${tag} is that of commit ${tagged}, not of ${hash}.\nLikely cause: the history of main was rewritten, or somebody pushed the tag.\nFix: push one more commit to main; it gets a tag of its own.`,
  );
}

/** Makes the files of the draft exactly those of the publication. */
async function attach(releases: Releases, draft: PublishedOrDraft, { assets }: Publication): Promise<void> {
  const sound = draft.assets.filter(({ name, state, digest }) => {
    const content = assets.get(name);
    return content !== undefined && state === 'uploaded' && digest === digestOf(content);
  });
  for (const asset of draft.assets) if (!sound.includes(asset)) await releases.removeAsset(asset.id);
  for (const [name, content] of assets) {
    if (!sound.some((asset) => asset.name === name)) await releases.upload(draft, name, content);
  }
}

/** An older commit whose CI took longer must not become the latest release. */
function isNewest(all: readonly PublishedOrDraft[], tag: string): boolean {
  return all.every((one) => one.draft || !isVersion(one.tag) || compareVersions(one.tag, tag) <= 0);
}

/** Reads the release again: what GitHub has counts, not what it was asked for. */
async function confirm(releases: Releases, publication: Publication): Promise<Published> {
  const { tag, hash } = publication;
  const found = (await releases.list()).find((release) => release.tag === tag && !release.draft);
  if (!found) throw new Error(`GitHub does not show the release ${tag} that was published`);
  await refuseOtherCommit(releases, tag, hash);
  const warnings = checkPublished(found, publication);
  return { url: found.url, now: true, warnings };
}

function checkPublished(release: PublishedOrDraft, { tag, assets }: Publication): string[] {
  const wrong = [...assets].filter(([name, content]) => {
    const found = release.assets.find((asset) => asset.name === name);
    return found === undefined || (found.digest !== undefined && found.digest !== digestOf(content));
  });
  if (wrong.length > 0) {
    const names = wrong.map(([name]) => name).join(', ');
    throw new Error(
      `the published release ${tag} lacks these files, or has others of their names: ${names}.\nFix: push one more commit to main; its release has them.`,
    );
  }
  if (release.immutable) return [];
  return [
    `${tag} can still be changed: turn on Settings, General, Releases, "Enable release immutability" (docs/releases.md)`,
  ];
}
