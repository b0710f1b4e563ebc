/** Bundles by ncc, which has no types of its own. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

interface Bundle {
  readonly code: string;
  readonly assets: Readonly<Record<string, { readonly source: string | Uint8Array; readonly permissions?: number }>>;
}

interface Options {
  readonly target: string;
  readonly license: string;
  readonly cache: boolean;
  readonly quiet: boolean;
}

/**
 * Bundles an entry with all that it imports into the folder's index.js, beside it the licenses. Called, not run: the second bundle of a process
 * takes half the processor time of the first, since ncc itself is compiled by then.
 * @param entry a JavaScript file; a package.json beside it or above it tells whether it is an ES module
 */
export async function bundle(entry: string, folder: string): Promise<void> {
  const ncc = createRequire(import.meta.url)('@vercel/ncc') as (entry: string, options: Options) => Promise<Bundle>;
  const { code, assets } = await ncc(resolve(entry), {
    target: 'es2022',
    license: 'licenses.txt',
    cache: false,
    quiet: true,
  });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), code);
  for (const [name, { source, permissions }] of Object.entries(assets)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), source, { mode: permissions });
  }
}
