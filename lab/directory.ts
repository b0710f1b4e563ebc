/** The folders of labs: `.lab` in the repository, with one folder for each lab and a cache that they share. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
export const labsDirectory = join(repositoryRoot, '.lab');

/** File in a lab's folder with the number of the process that runs the lab. */
const pidFile = 'pid';

/** Makes the folder of a new lab. */
export function newLabDirectory(): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const directory = join(labsDirectory, `${stamp}-${process.pid}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, pidFile), String(process.pid));
  return directory;
}

/** The `npm run lab` that runs this lab; undefined when it has ended, also when its number now belongs to another program. */
export function ownerOf(directory: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(directory, pidFile), 'utf8'));
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('lab/cli/main.ts') ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** The folders of all labs that were ever started here. */
export function labDirectories(): string[] {
  return foldersIn(labsDirectory, false)
    .filter(({ name }) => /^\d{8}-\d{6}-\d+$/.test(name))
    .map(({ path }) => path);
}

/** Removes what a lab that has ended needs no longer: the copies of the repository in which its jobs worked. */
export function cleanLabDirectory(directory: string): void {
  const workspaces = foldersIn(join(directory, 'runs'), true).filter(({ name }) =>
    ['workspace', 'temp', 'home', 'checked-out'].includes(name),
  );
  for (const { path } of workspaces) rmSync(path, { recursive: true, force: true });
  rmSync(join(directory, pidFile), { force: true });
}

function foldersIn(parent: string, recursive: boolean): { name: string; path: string }[] {
  try {
    return readdirSync(parent, { withFileTypes: true, recursive })
      .filter((entry) => entry.isDirectory())
      .map((entry) => ({ name: entry.name, path: join(entry.parentPath, entry.name) }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
