/** What anonymize works with, and what it reports. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MaskedReport } from '../../domain/dump.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import type { Objects } from '../../ports/objects.ts';
import type { ActionContext } from '../../runtime/context.ts';

export interface Ports {
  /** Opened only for places in S3: files need no AWS credentials. */
  readonly objects: () => Objects;
}

export interface Findings {
  readonly outcome: 'done' | 'dry-run';
  readonly plan: readonly PlanDecision[];
  readonly masked: MaskedReport;
  readonly notes: readonly string[];
}

export type Context = ActionContext<Findings>;

/** The file to which an audit writes the rules that it proposes. */
export function proposalPath(): string {
  return join(process.env.RUNNER_TEMP || tmpdir(), 'proposed-rules.yml');
}
