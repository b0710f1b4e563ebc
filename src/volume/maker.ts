/**
 * Who made a copy, or started a verification host: a job of an attempt of a run. Jobs of one attempt may work side by side (a matrix), so
 * that the run alone says nothing of whether somebody still works on a thing.
 */
import type { Tags } from '../domain/ec2.ts';
import { isEarlierAttempt, type MakingRun } from '../domain/run.ts';
import { tagNames } from '../domain/tags.ts';

export interface Job extends MakingRun {
  /** Names the job among those of its attempt; empty where an earlier version of Holdfast did not say. */
  readonly job: string;
}

/** Tags of a copy, beside those of everything that Holdfast makes. */
export const copyTags = {
  job: 'holdfast:job',
  /** The verification host that it was made for. */
  instance: 'holdfast:instance',
} as const;

/** What is known of a run that made a thing, as GitHub says. */
export type RunState = 'over' | 'alive' | 'unknown';

/** The same of a job; `own` is this very job, in its main or its post step. */
export type Maker = 'own' | RunState;

/** @param runs what is known of other runs, by their keys */
export function stateOf(made: Job, own: Job, runs: ReadonlyMap<string, RunState>): Maker {
  if (made.key !== own.key) return runs.get(made.key) ?? 'unknown';
  if (isEarlierAttempt(made, own)) return 'over';
  // Another job of this run may be over, but nobody says so: what it left waits for a later run.
  return made.attempt === own.attempt && made.job !== '' && made.job === own.job ? 'own' : 'alive';
}

export function tagsOfMaker({ key, attempt, job }: Job): Tags {
  return { [tagNames.run]: key, [tagNames.attempt]: String(attempt), [copyTags.job]: job };
}

export function makerOf(tags: Tags): Job {
  return {
    key: tags[tagNames.run] ?? '',
    attempt: Number(tags[tagNames.attempt] ?? Number.NaN),
    job: tags[copyTags.job] ?? '',
  };
}

/** The value of the tag `holdfast:started-by`; it is the only tag of an instance that the role may write. */
export function startMark({ key, attempt, job }: Job): string {
  return `${key}/attempts/${attempt}:${job}`;
}

/** Who wrote that tag. Earlier versions wrote the run's key alone. */
export function starterOf(mark: string): Job {
  const [, key = mark, attempt, job = ''] = /^(.*)\/attempts\/(\d+):(.*)$/.exec(mark) ?? [];
  return { key, attempt: Number(attempt ?? Number.NaN), job };
}

/** Names a job in a message to another one. */
export function wordsOf(made: Job, own: Job): string {
  return made.key === own.key ? 'another job of this run' : `the run ${made.key || 'without a name'}`;
}
