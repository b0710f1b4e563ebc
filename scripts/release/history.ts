/** What Git knows of the commit that is released. */
import { execFileSync } from 'node:child_process';
import type { Change } from './changes.ts';
import type { Commit } from './version.ts';

function git(directory: string, ...parameters: string[]): string {
  return execFileSync('git', ['-C', directory, ...parameters], { encoding: 'utf8', maxBuffer: 1 << 28 });
}

/** The commit and all its ancestors, each after its parents. @throws Error for a clone that lacks some of them */
export function history(directory: string, hash: string): Commit[] {
  if (git(directory, 'rev-parse', '--is-shallow-repository').trim() === 'true') {
    throw new Error('the clone lacks commits, from which the version follows. Fix: check out with fetch-depth: 0');
  }
  const lines = git(directory, 'log', '--topo-order', '--reverse', '--format=%H %ct %P', hash).trim().split('\n');
  return lines.map((line) => {
    const [commit = '', at = '', ...parents] = line.split(' ');
    return { hash: commit, at: Number(at), parents: parents.filter(Boolean) };
  });
}

/** What `hash` has beyond `since`, newest first; without merges, which say nothing themselves. */
export function changes(directory: string, since: string, hash: string): Change[] {
  const range = `${since}..${hash}`;
  const text = git(directory, 'log', '--no-merges', '--name-only', '--format=%x00%H%n%s', range);
  return text
    .split('\0')
    .slice(1)
    .map((entry) => {
      const [commit = '', subject = '', ...files] = entry.split('\n');
      return { hash: commit, subject, files: files.filter((file) => file !== '') };
    });
}

export function differs(directory: string, since: string, hash: string, file: string): boolean {
  return git(directory, 'diff', '--name-only', since, hash, '--', file).trim() !== '';
}
