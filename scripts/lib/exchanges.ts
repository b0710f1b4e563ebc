/** Where the suites keep what they exchanged with the lab's AWS: a folder for each state of the sources of both sides. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './actions.ts';

/** What an exchange depends on: the lab's AWS and the product's side of it. */
const sources = ['lab/services/aws/**/*.ts', 'lab/services/http/*.ts', 'src/adapters/aws/**/*.ts'];

export function exchangesFolder(): string {
  const hash = createHash('sha256');
  for (const path of globSync(sources, { cwd: root }).sort()) hash.update(path).update(readFileSync(join(root, path)));
  return join(root, '.lab', 'tests', 'exchanges', hash.digest('hex').slice(0, 12));
}

const complete = 'complete';

/** Says that a whole run of the suites was kept in the folder, and not a test or two. */
export function markComplete(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, complete), '');
}

export const isComplete = (folder: string): boolean => existsSync(join(folder, complete));
