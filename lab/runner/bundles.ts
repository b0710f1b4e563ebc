/** Whether the bundles in dist/, which the runner executes, were built from the sources as they are now. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** File in dist/ with the hash of the sources that the bundles were built from. */
export const sourceHashFile = 'sources.sha256';

/**
 * A hash over the paths and contents of src/**\/*.ts. Times of files would mislead: after a clone all are equal, and a
 * change of branches renews those of the files that differ.
 */
export function hashOfSources(root: string): string {
  const src = join(root, 'src');
  const paths = readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(src, join(entry.parentPath, entry.name)))
    .sort();
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(src, path)))
      .update('\0');
  return hash.digest('hex');
}

/** One line for a person when the bundles are not those of the sources; undefined when they are. */
export function staleBundles(root: string): string | undefined {
  const file = join(root, 'dist', sourceHashFile);
  const built = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  if (built === hashOfSources(root)) return undefined;
  return 'dist/ is older than src/: the lab runs the bundles in dist/. To rehearse your changes, run npm run build first';
}
