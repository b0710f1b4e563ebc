/** Snapshots of a Windows instance: AWS's VSS document makes them itself, within its own freeze of at most ten seconds. */
import type { Snapshot } from '../../domain/ec2.ts';
import { tagNames } from '../../domain/tags.ts';
import type { Ec2Region } from '../../ports/ec2-region.ts';
import type { Hooks } from '../../ports/hooks.ts';
import { mustBeMended } from '../../quiesce/hold.ts';
import { BackupError, explain } from '../../runtime/errors.ts';
import type { CreateDecision } from '../plan/create.ts';
import { rotationTags } from '../plan/tags.ts';
import { describeSet } from './descriptions.ts';

export interface VssRequest {
  readonly decision: CreateDecision;
  /** Names this attempt of this run, at most 40 characters. */
  readonly attempt: string;
  /** Seconds that the document may take. */
  readonly documentSeconds: number;
}

/** @returns the snapshots, or why VSS did not make them: "VSS failed: …" */
export async function snapshotWithVss(
  { decision, attempt, documentSeconds }: VssRequest,
  { region, hooks }: { readonly region: Ec2Region; readonly hooks: Hooks },
  signal: AbortSignal,
): Promise<{ readonly snapshots: readonly Snapshot[] } | { readonly reason: string; readonly failure?: unknown }> {
  const { instance, volumes } = decision;
  if (decision.excludeVolumes.length > 0) return { reason: 'VSS can exclude no volume but the root volume' };
  const own = { [rotationTags.instance]: instance.id, [tagNames.attempt]: `${attempt}-vss` };
  try {
    await hooks.vss(instance.id, {
      description: describeSet(instance, region.region),
      excludeRoot: decision.excludeRoot,
      tags: { ...decision.tags, [rotationTags.consistency]: 'vss', ...own },
      timeoutSeconds: documentSeconds,
    });
    const snapshots = await region.snapshots(own);
    if (volumes.every(({ id }) => snapshots.some((one) => one.volumeId === id))) return { snapshots };
    throw new BackupError({ what: 'VSS did not snapshot every volume' });
  } catch (error) {
    signal.throwIfAborted();
    return { reason: `VSS failed: ${explain(error).what}`, ...(mustBeMended(error) ? { failure: error } : {}) };
  }
}
