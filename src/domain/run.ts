/** The workflow run that makes a backup. */

/** Who is running: the key is the same for every attempt of one workflow run. */
export interface RunIdentity {
  /** `owner/repo/actions/runs/ID`. */
  readonly key: string;
  readonly url: string;
  readonly id: string;
  readonly attempt: number;
  /** SHA of the commit that the repository is at; undefined outside of GitHub. */
  readonly commit?: string | undefined;
}

/** How a thing names the run that made it. */
export type MakingRun = Pick<RunIdentity, 'key' | 'attempt'>;

/**
 * Whether an earlier attempt of this run made a thing. Nobody works on that any more: a run can be repeated only once it has ended (GitHub,
 * https://docs.github.com/en/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs). What names this very attempt may be the work
 * of another job, beside this one.
 */
export function isEarlierAttempt(made: MakingRun, own: MakingRun): boolean {
  return made.key === own.key && made.attempt < own.attempt;
}
