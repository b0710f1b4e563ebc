/**
 * The working tree in the workspaces of jobs. Making and removing thousands of files for each of a hundred runs takes longer than the jobs
 * themselves (ext4 without a journal looks at every inode that was removed in the last seconds before it makes a file). So the tree is copied
 * once, and a workspace has second names of the copies. A job that writes into such a file changes the copy, which is then made anew; never the
 * tree.
 */
import {
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  type Stats,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';

/** What Git ignores is not checked out. */
const ignored = new Set(['.git', 'node_modules', '.lab', 'build', 'coverage']);

/**
 * @param copies folder for the copies, kept from one checkout to the next
 * @param target a folder on the same file system
 */
export function checkOutWorkingTree(root: string, copies: string, target: string): void {
  mkdirSync(copies, { recursive: true });
  checkOut({ root, copies, target }, (name) => !ignored.has(name));
}

interface Folders {
  readonly root: string;
  readonly copies: string;
  readonly target: string;
}

function checkOut(folders: Folders, wanted: (name: string) => boolean): void {
  const entries = readdirSync(folders.root, { withFileTypes: true }).filter(({ name }) => wanted(name));
  for (const entry of entries) {
    const [from, copy, to] = [folders.root, folders.copies, folders.target].map((folder) =>
      join(folder, entry.name),
    ) as [string, string, string];
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
    else if (entry.isDirectory()) {
      if (lstatSync(copy, { throwIfNoEntry: false })?.isFile()) rmSync(copy);
      mkdirSync(copy, { recursive: true });
      mkdirSync(to, { recursive: true });
      checkOut({ root: from, copies: copy, target: to }, () => true);
    } else {
      refresh(from, copy);
      linkSync(copy, to);
    }
  }
}

/** Copies a file unless its copy is as it is. */
function refresh(from: string, copy: string): void {
  const [is, was] = [lstatSync(from), lstatSync(copy, { throwIfNoEntry: false })];
  if (was && unchanged(is, was)) return;
  rmSync(copy, { recursive: true, force: true });
  copyFileSync(from, copy);
  utimesSync(copy, is.atimeMs / 1000, is.mtimeMs / 1000);
}

const unchanged = (is: Stats, was: Stats): boolean =>
  is.size === was.size && is.mode === was.mode && Math.abs(is.mtimeMs - was.mtimeMs) < 0.01;
