/** A copy of the repository in which one thing is wrong. */
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
 * Calls `work` with the folder of a copy: second names of all files, and another file where something is changed. What is installed is
 * shared.
 * @throws Error when the text to be changed does not stand in the file exactly once
 */
export async function inCopy<T>({ path, from, to }: Change, work: (folder: string) => Promise<T>): Promise<T> {
  const text = readFileSync(join(root, path), 'utf8');
  const count = text.split(from).length - 1;
  if (count !== 1) throw new Error(`${path} has the text ${JSON.stringify(from)} ${count} times, not once`);
  // On the file system of the repository, which second names need.
  mkdirSync(join(root, '.lab'), { recursive: true });
  const folder = mkdtempSync(join(root, '.lab', 'fault-'));
  try {
    for (const file of filesOfRepository()) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      linkSync(join(root, file), join(folder, file));
    }
    unlinkSync(join(folder, path));
    writeFileSync(
      join(folder, path),
      text.replace(from, () => to),
      { mode: statSync(join(root, path)).mode },
    );
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(join(folder, '.lab'));
    symlinkSync(cacheFolder, join(folder, '.lab', 'cache'));
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
