/** The two ways in which work ends early without anything being broken: its time was up, or somebody stopped it. */

/** Waiting has a deadline; this says what was waited for and what was last seen. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  /** Leads to the run book's section on waits that did not end. */
  readonly code = 'deadline';
  readonly what: string;
  readonly likelyCause: string;

  constructor(options: { what: string; seconds: number; last: string }) {
    super(`gave up waiting for ${options.what} after ${options.seconds} s; last seen: ${options.last}`);
    this.what = this.message;
    this.likelyCause = `${options.what} takes longer than the time allowed, or is stuck`;
  }
}

/** GitHub, or a person at the terminal, ended the run. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  readonly code = 'cancelled';
  readonly what: string;

  constructor(signal: string) {
    super(`cancelled by ${signal}`);
    this.what = this.message;
  }
}
