/** Judging the source before anything is touched: what the host says of itself, and whether that can be backed up. */
import type { Instance, Volume } from '../domain/ec2.ts';
import type { QuiesceMode } from '../domain/receipt.ts';
import type { HostAnswer } from '../host/catalogue/catalogue.ts';

/** The answer of the host script `inspect`. */
export type Inspection = HostAnswer<'inspect'>;

/** A hold on the host: who quiesced it, and until when its lease runs. Times are the host's, in epoch ms. */
export type Hold = NonNullable<Inspection['hold']>;

/**
 * Problems that make a backup impossible, all at once.
 * @param volume what EC2 knows of the volume the host named
 */
export function sourceProblems(
  inspection: Inspection,
  instance: Instance,
  volume: Volume | undefined,
  mode: QuiesceMode,
): string[] {
  const problems: string[] = [];
  const where = `${inspection.mountPoint} on ${instance.id}`;
  if (!inspection.mounted) return [`mount-point: nothing is mounted at ${where}`];
  if (inspection.isRoot) problems.push(`mount-point: ${where} is on the root filesystem, which is never quiesced`);
  if (inspection.volumeIds.length === 0) {
    problems.push(
      `mount-point: the EBS volume under ${where} cannot be determined: device ${inspection.device || 'unknown'} has no EBS serial number`,
    );
  } else if (inspection.volumeIds.length > 1) {
    problems.push(
      `mount-point: ${where} spans ${inspection.volumeIds.length} volumes (${inspection.volumeIds.join(', ')}); one snapshot cannot hold it`,
    );
  } else if (volume?.attachment?.instanceId !== instance.id) {
    problems.push(
      `mount-point: the host says ${where} is ${inspection.volumeIds[0]}, but EC2 does not list that volume as attached to ${instance.id}`,
    );
  } else if (instance.rootDevice !== undefined && instance.devices[instance.rootDevice] === volume.id) {
    problems.push(`mount-point: ${volume.id} is the root volume of ${instance.id}, which is never quiesced`);
  }
  if (inspection.serviceState !== 'active') {
    problems.push(
      `service: it is "${inspection.serviceState}" on ${instance.id}, not active; a source that does not serve is not backed up`,
    );
  } else if (!inspection.answers) {
    problems.push(`service: it is active on ${instance.id} but answers no query at its socket`);
  }
  const freezable = ['xfs', 'ext4', 'ext3', 'btrfs', 'f2fs'];
  if (mode === 'freeze' && !freezable.includes(inspection.filesystem)) {
    problems.push(
      `quiesce: a ${inspection.filesystem} filesystem cannot be frozen; allowed with freeze: ${freezable.join(', ')}`,
    );
  }
  return problems;
}

/** What to do about a hold that somebody left on the host. */
export type HoldDecision =
  | { readonly kind: 'none' }
  | { readonly kind: 'resume'; readonly hold: Hold; readonly reason: string }
  | { readonly kind: 'refuse'; readonly reason: string };

/**
 * @param ownRun this run's key: a hold of an earlier attempt is ours to end
 * @param holder whether the run that holds it is over
 */
export function decideHold(
  hold: Hold | null,
  ownRun: string,
  holder: 'over' | 'alive' | 'unknown',
  now: Date,
): HoldDecision {
  if (hold === null) return { kind: 'none' };
  if (hold.run === ownRun) return { kind: 'resume', hold, reason: 'an earlier attempt of this run left it' };
  if (holder === 'over') return { kind: 'resume', hold, reason: `the run ${hold.run} is over and left it` };
  if (holder === 'unknown' && hold.leaseUntilMs < now.getTime()) {
    return { kind: 'resume', hold, reason: `its lease ended at ${new Date(hold.leaseUntilMs).toISOString()}` };
  }
  return {
    kind: 'refuse',
    reason: `another run holds the source: ${hold.run}, since ${new Date(hold.sinceMs).toISOString()}, lease until ${new Date(hold.leaseUntilMs).toISOString()}`,
  };
}
