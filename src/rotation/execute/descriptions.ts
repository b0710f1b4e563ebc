/** Descriptions of snapshots: the field, and the tag, which EC2 copies from the volume where possible. */
import type { Instance, Snapshot } from '../../domain/ec2.ts';
import type { Ec2Region } from '../../ports/ec2-region.ts';
import { BackupError, explain } from '../../runtime/errors.ts';
import type { CreateDecision } from '../plan/create.ts';
import { describeSnapshot, rotationTags } from '../plan/tags.ts';

/** The field that all snapshots of one call share. EC2 keeps 255 characters. */
export function describeSet({ id, name }: Instance, region: string): string {
  return `${name ?? id} (${id}) - ${region}`.slice(0, 255);
}

/**
 * Sets the descriptions on the volumes, from which EC2 copies them to the snapshots.
 * @returns undefined, or why that failed; then the snapshots get theirs afterwards
 */
export async function describeVolumes({ describe }: CreateDecision, region: Ec2Region): Promise<string | undefined> {
  try {
    for (const one of describe) await region.setTags(one.volumeId, { [rotationTags.description]: one.text });
    return undefined;
  } catch (error) {
    return `a volume could not be given its description, so the snapshots get theirs afterwards: ${explain(error).what}`;
  }
}

/** Sets the descriptions on the snapshots. @returns the errors of those that failed */
export async function describeSnapshots(
  snapshots: readonly Snapshot[],
  { instance, volumes }: CreateDecision,
  region: Ec2Region,
): Promise<BackupError[]> {
  const failures: BackupError[] = [];
  for (const { id, volumeId } of snapshots) {
    const device = volumes.find((one) => one.id === volumeId)?.device ?? '-';
    const facts = { name: instance.name, instanceId: instance.id, volumeId, device, region: region.region };
    try {
      await region.setTags(id, { [rotationTags.description]: describeSnapshot(facts) });
    } catch (error) {
      const why = explain(error);
      const what = `${id} could not be given its description: ${why.what}`;
      failures.push(new BackupError({ ...why, what, cause: error }));
    }
  }
  return failures;
}
