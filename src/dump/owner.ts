/** How objects and scratch databases name the run that made them, so that a later run can tell whether it is over. */
import { isEarlierAttempt, type MakingRun } from '../domain/run.ts';
import type { Runs } from '../ports/github.ts';

/** In the metadata `holdfast-run` of objects: run and attempt. */
export function objectOwner({ key, attempt }: MakingRun): string {
  return `${key}#${attempt}`;
}

/**
 * In the comment of a scratch database: run, source and attempt, since the jobs of one run may share a scratch server. One word; databases of
 * two servers have the same name of files.
 */
export function scratchOwner({ key, attempt }: MakingRun, source: string): string {
  return `${key}:${encodeURIComponent(source)}:${attempt}`;
}

/** The run of an owner, as `scratchOwner` gives it. Earlier versions name no attempt: then nobody can tell it from this one. */
export function runOfScratch(owner: string): MakingRun {
  const [key = '', , attempt = 'unknown'] = owner.split(':');
  return { key, attempt: Number(attempt) };
}

/** Whether nobody works on what a run made any more. */
export async function isOver(made: MakingRun, own: MakingRun, runs: Runs): Promise<boolean> {
  return made.key === own.key ? isEarlierAttempt(made, own) : (await runs.state(made.key)) === 'over';
}
