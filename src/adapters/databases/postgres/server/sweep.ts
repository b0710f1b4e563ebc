/** The folders of servers of our own: removed after use, or by the next run when theirs has died. */
import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../../programs.ts';
import { asRoot, rootEnvironment } from './privileges.ts';

export const folderPrefix = 'holdfast-server-';
/** File that names the owner, as the comment on a scratch database does. */
export const ownerFile = 'owner';

/** Removes a server's folder, whose files belong to another account. Links in it are removed, never followed. */
export async function removeFolder(root: readonly string[], folder: string): Promise<void> {
  const [program = '', ...parameters] = [...root, '/bin/rm', '-rf', '--one-file-system', '--', folder];
  await runProgram({ program, parameters, environment: rootEnvironment, what: `rm of ${folder}` });
}

/**
 * Removes the folders that dead runs left. Their processes are gone: they ended with the run.
 * @returns their names
 */
export async function sweepServers(
  workDirectory: string,
  isOver: (owner: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of await readdir(workDirectory).catch(() => [])) {
    if (!name.startsWith(folderPrefix)) continue;
    const folder = join(workDirectory, name);
    const owner = await readFile(join(folder, ownerFile), 'utf8').catch(() => '');
    if (owner === '') {
      // Its run died before it wrote anything. Another account's folder, or one with files, stays.
      await rmdir(folder).catch(() => {});
      continue;
    }
    if (!(await isOver(owner))) continue;
    await removeFolder(await asRoot(), folder);
    removed.push(name);
  }
  return removed;
}
