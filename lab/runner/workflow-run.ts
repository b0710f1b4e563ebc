/** What the jobs of one run share. */
import type { Permissions, RunRecord } from '../services/github/state.ts';
import type { Masks } from './commands.ts';
import type { ConcurrencyGroups } from './concurrency.ts';
import type { Contexts } from './expressions.ts';
import type { Workflow } from './model.ts';
import type { RunnerOptions } from './options.ts';
import type { JobResult } from './result.ts';

export interface WorkflowRun {
  readonly runner: RunnerOptions;
  readonly groups: ConcurrencyGroups;
  readonly workflow: Workflow;
  /** The workflow that was triggered: the same, unless this one was called. */
  readonly entry: Workflow;
  readonly contexts: Contexts;
  readonly record: RunRecord;
  readonly directory: string;
  readonly masks: Masks;
  /** Results of an earlier attempt that are kept. */
  readonly kept: readonly JobResult[];
  readonly cancel: AbortSignal;
  readonly killed: AbortSignal;
  /** For a called workflow: the caller's job, and what its token may do. */
  readonly caller?: { readonly key: string; readonly permissions: Permissions };
  /** Concurrency groups that this run and the jobs that call it hold. */
  readonly held: readonly string[];
}
