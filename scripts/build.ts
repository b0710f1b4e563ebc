/**
 * Bundles every action into dist/: tsc to build/, then ncc on each entry. The bundles are not minified and have
 * no source maps, so that a reviewer can read their changes. The output is reproducible byte for byte.
 *
 *   npm run build             writes dist/
 *   npm run build -- --check  fails and names the files when dist/ is not what the sources give
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $, cd, fs } from 'zx';
import { hashOfSources, sourceHashFile } from '../lab/runner/bundles.ts';
import { bundles, root } from './lib/actions.ts';
import { bundle } from './lib/bundle.ts';
import { readCommandLine } from './lib/command-line.ts';

const usage = `npm run build [-- --check]

Bundles every action into dist/. With --check it writes nothing, and fails when dist/ is not what the sources give.`;

$.verbose = false;
cd(root);

async function bundleAll(target: string): Promise<void> {
  await rm(join(root, 'build'), { recursive: true, force: true });
  await $`node_modules/.bin/tsc -p tsconfig.build.json`;
  // ncc reads package.json beside the entry to know that the sources are ES modules.
  await fs.writeJson(join(root, 'build', 'package.json'), { type: 'module' });
  for (const { name, entry } of bundles()) {
    await bundle(join(root, 'build', entry), join(target, name));
  }
  // By it the lab notices that dist/ is not what the sources give.
  await fs.writeFile(join(target, sourceHashFile), `${hashOfSources(root)}\n`);
}

async function files(folder: string, prefix = ''): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const nested = entries.map((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name), `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`],
  );
  return (await Promise.all(nested)).flat().sort();
}

/** Names of files that differ between the two folders. */
async function differences(left: string, right: string): Promise<string[]> {
  const names = new Set([...(await files(left)), ...(await files(right))]);
  const read = (folder: string, name: string) => readFile(join(folder, name)).catch(() => undefined);
  const differing: string[] = [];
  for (const name of names) {
    const [a, b] = await Promise.all([read(left, name), read(right, name)]);
    if (!a || !b || !a.equals(b)) differing.push(name);
  }
  return differing;
}

const { values } = readCommandLine(usage, { options: { check: { type: 'boolean' } } });
const dist = join(root, 'dist');
if (values.check) {
  const fresh = await mkdtemp(join(tmpdir(), 'holdfast-dist-'));
  try {
    await bundleAll(fresh);
    const differing = await differences(dist, fresh);
    if (differing.length > 0) {
      console.error(
        `dist/ is not what the sources give; run 'npm run build':\n${differing.map((name) => `  dist/${name}`).join('\n')}`,
      );
      process.exitCode = 1;
    }
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
} else {
  await bundleAll(dist);
  for (const { name } of bundles()) {
    const { size } = await fs.stat(join(dist, name, 'index.js'));
    console.log(`dist/${name}/index.js ${(size / 1024 ** 2).toFixed(1)} MiB`);
  }
}
