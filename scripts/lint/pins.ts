/**
 * Actions of others are used at the full hash of a commit, with the version in a comment: `uses: OWNER/NAME@HASH # v1.2.3`.
 * A tag can be moved; the comment is what people read, and what Dependabot keeps up to date.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @returns a problem for each line that uses an action of others otherwise, as `file:line: message` */
export function unpinned(file: string, content: string): string[] {
  return content.split('\n').flatMap((line, index) => {
    const uses = /^\s*(?:- )?(?:\{ )?uses:\s*["']?([^\s"',}#]+)["']?,?\s*(.*)$/.exec(line);
    const [, reference = '', rest = ''] = uses ?? [];
    if (!uses || /^(\.|\$)\//.test(reference)) return [];
    const at = `${file}:${index + 1}: ${reference}`;
    if (!/^[^@]+@[0-9a-f]{40}$/.test(reference)) return [`${at} is not pinned to the full hash of a commit`];
    return /# v\d+(\.\d+){2}\b/.test(rest) ? [] : [`${at} lacks its whole version in a comment: # v1.2.3`];
  });
}

/** The same for every workflow file and manifest of the repository. */
export function unpinnedInRepository(root: string): string[] {
  const under = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return [...under('.github'), ...under('actions')]
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .flatMap((file) => unpinned(file, readFileSync(join(root, file), 'utf8')));
}
