/**
 * The release that examples name, from docs/release.json: a full version and the hash of its commit. A commit cannot contain its own
 * hash, so the file names a release that is published already. Before the first one it is empty, and the examples say what to put there.
 */

export interface Release {
  readonly tag: string;
  readonly commit: string;
}

/** @throws Error where the file names half a release, or something that does not pin one */
export function readRelease(content: string): Release {
  const { tag, commit } = JSON.parse(content) as Release;
  const none = tag === '' && commit === '';
  if (none || (/^v?\d+\.\d+\.\d+\S*$/.test(tag) && /^[0-9a-f]{40}$/.test(commit))) return { tag, commit };
  throw new Error(
    'docs/release.json: give tag (a full version, such as v1.2.3) and commit (40 hex digits), or leave both empty',
  );
}

/** The page with every `OWNER/holdfast/PATH@HASH # VERSION` at the release. */
export function withRelease(page: string, { tag, commit }: Release): string {
  return page.replace(
    /(\bOWNER\/holdfast\/[\w./-]+)@\S+ # [\w.-]+/g,
    (_, path: string) => `${path}@${commit || 'FULL-HASH'} # ${tag || 'vX.Y.Z'}`,
  );
}

/** What readers of the examples must know of the version, for docs/setup.md. */
export function releaseNote({ tag, commit }: Release): string {
  const command = 'gh api repos/OWNER/holdfast/commits/VERSION --jq .sha';
  return commit === ''
    ? `Nothing is released yet, so the examples say \`FULL-HASH\` and \`vX.Y.Z\`. Until then put there the commit of \`main\` that you have read and tried: \`${command.replace('VERSION', 'main')}\`.`
    : `The examples are at ${tag}, whose commit is \`${commit}\`: compare with \`${command.replace('VERSION', tag)}\`.`;
}
