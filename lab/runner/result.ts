/** What runs, jobs and steps come to, and the lines they write on the way. */

export type Outcome = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface StepResult {
  readonly name: string;
  readonly outcome: Outcome;
  /** The outcome after `continue-on-error`. */
  readonly conclusion: Outcome;
  readonly seconds: number;
}

export interface JobResult {
  /** The job's id; for a matrix with its values, for a called workflow after the caller's id. */
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly conclusion: Outcome;
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly StepResult[];
  /** Everything the steps wrote to the summary, as GitHub would show it. */
  readonly summary: string;
  readonly logPath: string | undefined;
  readonly seconds: number;
}

/** A line of live output. */
export interface RunnerLine {
  readonly job: string;
  readonly kind: 'job' | 'step' | 'end' | 'text' | 'group' | 'notice' | 'warning' | 'error' | 'debug';
  readonly text: string;
}

/** The result of a job, or of several that count as one: the worst of them. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  for (const outcome of ['failure', 'cancelled', 'success'] as const) if (outcomes.includes(outcome)) return outcome;
  return 'skipped';
}
