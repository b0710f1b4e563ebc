/** What a run is about to do, printed and reported before anything changes. */

/** One line of the plan. */
export interface PlanDecision {
  /** What is (or, in a dry run, would be) done: "snapshot vol-1 of ib01.prod". */
  readonly decision: string;
  /** Why: "mounted at /ibdata on i-1". */
  readonly reason: string;
}
