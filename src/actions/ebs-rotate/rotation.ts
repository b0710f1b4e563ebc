/** One rotation of one region: what its parts share. */
import type { RotationPart } from '../../domain/rotation.ts';
import type { Execution } from '../../rotation/execute/execution.ts';
import type { Problem } from '../../rotation/plan/configuration.ts';
import type { PlanLine } from '../../rotation/report/plan-lines.ts';
import { explain } from '../../runtime/errors.ts';
import type { Settings } from './inputs.ts';
import type { Inventory } from './inventory.ts';
import type { Context, Ports } from './ports.ts';
import type { RotationResults } from './results.ts';

export interface Rotation {
  readonly settings: Settings;
  readonly ports: Ports;
  readonly context: Context;
  readonly inventory: Inventory;
  readonly results: RotationResults;
  readonly now: Date;
  /** `YYYY-mm-dd` in the time zone of the settings. */
  readonly today: string;
  readonly slot: string;
}

/** Reports the plan and prints it. @param nothing what to print when the plan is empty */
export async function showPlan(
  { results, context: { logger } }: Rotation,
  lines: readonly PlanLine[],
  nothing: string,
): Promise<void> {
  results.addPlan(lines);
  await logger.group('Plan', async () => {
    for (const { decision, reason } of lines) logger.info(`${decision}: ${reason}`);
    if (lines.length === 0) logger.info(nothing);
  });
}

/** Warnings in the report; of the others the log has their number. */
const mostWarnings = 20;

/** Warns in log and report of what a person should correct; the run does not fail for it. */
export function warn(warnings: readonly Problem[], { results, context: { logger } }: Rotation): void {
  for (const { resource, what } of warnings.slice(0, mostWarnings)) {
    logger.warning(`${resource}: ${what}`);
    results.note(`warning: ${resource}: ${what}`);
  }
  const more = warnings.length - mostWarnings;
  if (more > 0) results.note(`warning: ${more} more tags are written like one of the rotation, and are none`);
}

/** The execution of one part; what fails in it is that part's failure. */
export function executionOf({ ports, context, results }: Rotation, part: RotationPart): Execution {
  const { clock, logger, signal } = context;
  return {
    regions: ports.regions,
    random: ports.random,
    clock,
    logger,
    signal,
    failed: ({ what, error }) => {
      logger.warning(`${what}: ${explain(error).what}`);
      results.failure(part, what, error);
    },
  };
}
