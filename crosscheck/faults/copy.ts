/** A copy of the repository in which something is wrong. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../lab/hosts/cached.ts';
import { root } from '../../scripts/lib/actions.ts';

export interface Change {
  /** From the root of the repository. */
  readonly path: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

/**
 * Calls `work` with the folder of a copy: second names of all files, and other files where something is changed. What is installed is
 * shared.
 * @throws Error when a text to be changed does not stand in its file exactly once, or would stay as it is
 */
export async function inCopy<T>(changes: readonly Change[], work: (folder: string) => Promise<T>): Promise<T> {
  const texts = changed(changes);
  // On the file system of the repository, which second names need.
  mkdirSync(join(root, '.lab'), { recursive: true });
  const folder = mkdtempSync(join(root, '.lab', 'fault-'));
  try {
    for (const file of filesOfRepository()) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      linkSync(join(root, file), join(folder, file));
    }
    for (const [path, text] of texts) {
      unlinkSync(join(folder, path));
      writeFileSync(join(folder, path), text, { mode: statSync(join(root, path)).mode });
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(join(folder, '.lab'));
    symlinkSync(cacheFolder, join(folder, '.lab', 'cache'));
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files that are changed, each with its new text. */
function changed(changes: readonly Change[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { path, from, to } of changes) {
    const text = texts.get(path) ?? readFileSync(join(root, path), 'utf8');
    const count = text.split(from).length - 1;
    if (from === to) throw new Error(`${path}: to replace ${JSON.stringify(from)} by itself changes nothing`);
    if (count !== 1) throw new Error(`${path} has the text ${JSON.stringify(from)} ${count} times, not once`);
    texts.set(
      path,
      text.replace(from, () => to),
    );
  }
  return texts;
}

/** What Git tracks, and what is new and not ignored. */
function filesOfRepository(): string[] {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout, status, stderr } = spawnSync('git', list, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`git ls-files failed: ${stderr}`);
  return stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}
