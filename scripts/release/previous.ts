/** Which release came before: what the notes compare with. */
import type { PublishedOrDraft } from './releases.ts';
import { compareVersions, isVersion, type Version } from './version.ts';

/**
 * The greatest published version below `tag`, if its commit is an ancestor. Otherwise undefined: after a rewritten history readers may have
 * deployed a release that this one does not contain, and "nothing has changed" would be wrong for them.
 *
 * @param tagged commits by tag
 * @param ancestors hashes
 */
export function previousRelease(
  tag: string,
  releases: readonly PublishedOrDraft[],
  tagged: ReadonlyMap<string, string>,
  ancestors: ReadonlySet<string>,
): Version | undefined {
  const below = releases
    .filter((one) => !one.draft && isVersion(one.tag) && compareVersions(one.tag, tag) < 0)
    .sort((a, b) => compareVersions(b.tag, a.tag));
  const [newest] = below;
  const hash = newest && tagged.get(newest.tag);
  return newest && hash !== undefined && ancestors.has(hash) ? { tag: newest.tag, hash } : undefined;
}
