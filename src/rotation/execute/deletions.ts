/** Executes the plan of deletions: each on its own, none stops the others. */
import type { Ec2Region } from '../../ports/ec2-region.ts';
import { each } from '../../runtime/each.ts';
import type { DeleteDecision } from '../plan/expire.ts';
import { concurrency, type Execution } from './execution.ts';

export interface DeletionResults {
  readonly deleted: readonly DeleteDecision[];
  /** Snapshots that AWS keeps, and why: in use or locked since the plan was made. */
  readonly kept: readonly { readonly id: string; readonly reason: string }[];
}

export async function executeDeletions(
  decisions: readonly DeleteDecision[],
  region: Ec2Region,
  { logger, signal, failed }: Pick<Execution, 'logger' | 'signal' | 'failed'>,
): Promise<DeletionResults> {
  const deleted: DeleteDecision[] = [];
  const kept: { id: string; reason: string }[] = [];
  const remove = async (decision: DeleteDecision): Promise<void> => {
    const { id } = decision.snapshot;
    try {
      const outcome = await region.deleteSnapshot(id);
      if (outcome.kind === 'kept') kept.push({ id, reason: outcome.reason });
      else deleted.push(decision);
      logger.info(`expire ${id}: ${outcome.kind}`);
    } catch (error) {
      failed({ what: `delete ${id}`, error });
    }
  };
  await each(decisions, concurrency, remove, signal);
  return { deleted, kept };
}
