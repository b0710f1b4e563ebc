/** How objects and scratch databases name the run that made them, so that a later run can tell whether it is over. */
import type { RunIdentity } from '../domain/run.ts';

/** In the metadata `holdfast-run` of objects: run and attempt. */
export function objectOwner({ key, attempt }: Pick<RunIdentity, 'key' | 'attempt'>): string {
  return `${key}#${attempt}`;
}

/**
 * In the comment of a scratch database: run and source, since the jobs of one run may share a scratch server. One word; databases of two
 * servers have the same name of files.
 */
export function scratchOwner({ key }: Pick<RunIdentity, 'key'>, source: string): string {
  return `${key}:${encodeURIComponent(source)}`;
}

/** The run of an owner, as `scratchOwner` gives it. */
export function runOfScratch(owner: string): string {
  return owner.split(':')[0] ?? '';
}
