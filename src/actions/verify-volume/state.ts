/** What the main step leaves for the post step. */

/** The state's name in the runner's state file. */
export const copyState = 'copy';

/** Saved before a copy is created. */
export interface SavedCopy {
  /** The verification instance. */
  readonly instanceId: string;
  /** This job, as the copy's tags name it. */
  readonly job: string;
}
