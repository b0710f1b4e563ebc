/** What the work of an action runs in, whatever the action. */
import type { RunIdentity } from '../domain/run.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import type { Timeline } from './timeline.ts';

/** What any work needs: time, a log, and the signal that ends it early. */
export interface WorkContext {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal;
}

/** The context of one run of an action. `Findings` is what the action reports. */
export interface ActionContext<Findings> extends WorkContext {
  readonly timeline: Timeline;
  /** The workflow run that this is a part of. */
  readonly run: RunIdentity;
  /** Reports findings as soon as they are known, so that a run that fails later reports them too. */
  readonly report: (findings: Partial<Findings>) => void;
}
