/** What ebs-rotate works with, and what it reports. */
import type { RotationReport } from '../../domain/rotation.ts';
import type { Claims } from '../../ports/claims.ts';
import type { Ec2Regions } from '../../ports/ec2-region.ts';
import type { Runs, Workflows } from '../../ports/github.ts';
import type { QuiescePorts } from '../../quiesce/instance.ts';
import type { PlanLine } from '../../rotation/report/plan-lines.ts';
import type { ActionContext } from '../../runtime/context.ts';

export interface Ports extends QuiescePorts {
  readonly regions: Ec2Regions;
  readonly claims: Claims;
  readonly workflows: Workflows;
  readonly runs: Runs;
  /** Gives numbers from 0 to 1 that spread the waits of retries. */
  readonly random: () => number;
}

export interface Findings {
  readonly outcome: 'done' | 'dry-run' | 'nothing-to-do';
  readonly plan: readonly PlanLine[];
  readonly rotation: RotationReport;
  /** With `mode: regions`: those with something to do. */
  readonly regions: readonly string[];
  readonly notes: readonly string[];
}

export type Context = ActionContext<Findings>;
