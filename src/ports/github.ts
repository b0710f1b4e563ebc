/** Runs of workflows, as GitHub knows them. */

/** Other workflows of the repository. */
export interface Workflows {
  /** The newest run of a workflow file since then: `waiting` while it has not ended, `none` when there is none. */
  newestRun(file: string, since: Date): Promise<{ state: 'none' | 'waiting' | 'success' | 'failed'; url: string }>;
}

/** Whether a workflow run that left something behind is over. `unknown` when GitHub does not say. */
export interface Runs {
  state(run: string): Promise<'over' | 'alive' | 'unknown'>;
}
