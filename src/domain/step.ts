/** What a run did, step by step. */

/** A step of the timeline. Times are ISO 8601. */
export interface Step {
  readonly name: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly outcome: 'done' | 'failed' | 'skipped';
  /** What a reader of the timeline wants to know besides the duration. */
  readonly note?: string;
}
