/** What patrol works with, and what it reports. */
import type { PatrolReport } from '../../domain/backup.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import type { Ec2Regions } from '../../ports/ec2-region.ts';
import type { Documents } from '../../ports/objects.ts';
import type { ActionContext } from '../../runtime/context.ts';
import type { Jobs } from './jobs.ts';

export interface Ports {
  readonly objects: Documents;
  readonly regions: Ec2Regions;
  /** From 0 to below 1. */
  readonly random: () => number;
}

export interface Findings {
  readonly outcome: 'dry-run' | 'done';
  readonly plan: readonly PlanDecision[];
  readonly patrol: PatrolReport;
  readonly jobs: Jobs;
  readonly notes: readonly string[];
}

export type Context = ActionContext<Findings>;
