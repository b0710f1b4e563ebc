/** Freezes the data filesystems of an instance and thaws them. If the run does not thaw them, the lease on the host does. */
import { diskOfVolume, mayLackSerials } from '../domain/devices.ts';
import type { Instance } from '../domain/ec2.ts';
import type { Hosts } from '../ports/hosts.ts';
import type { WorkContext } from '../runtime/context.ts';
import { AwsError, HostError } from '../runtime/errors.ts';
import { endHold, leaseEndMs, leaseParameters, mustBeMended, notResumed, whyNotQuiesced } from './hold.ts';
import type { Attempt, OpenHold } from './instance-hold.ts';

export interface FreezeRequest {
  readonly instance: Pick<Instance, 'id' | 'type' | 'devices' | 'rootDevice'>;
  /** EBS volumes whose filesystems are frozen: never the root volume. */
  readonly volumes: readonly string[];
  readonly holdId: string;
  /** Seconds after which the host thaws by itself. */
  readonly maxPauseSeconds: number;
}

export interface Thawed {
  /** Epoch ms by the host's clock at which the lease thawed; undefined when this run did. */
  readonly leaseAtMs: number | undefined;
  readonly pauseMs: number | undefined;
  readonly failures: readonly unknown[];
}

/** Sets the lease and freezes. Never rejects: filesystems that cannot be frozen are snapshotted as they are. */
export async function freeze(
  { instance, volumes, holdId, maxPauseSeconds }: FreezeRequest,
  hold: OpenHold,
  hosts: Hosts,
  { clock, logger, signal }: WorkContext,
): Promise<Attempt> {
  const instanceId = instance.id;
  try {
    const devices = await disksWithoutSerials(instance, volumes, hosts, signal);
    hold.change({ holdId });
    const armedAt = clock.now().getTime();
    const answer = await hosts.run(
      instanceId,
      {
        script: 'freeze',
        parameters: {
          ...leaseParameters(holdId, maxPauseSeconds, clock),
          Volumes: volumes.join(' '),
          ...(devices === '' ? {} : { Devices: devices }),
        },
        timeoutSeconds: maxPauseSeconds,
        deliverySeconds: 30,
        pace: 'pause',
      },
      signal,
    );
    logger.info(`${instanceId}: frozen: ${answer.frozen.join(', ')}`);
    const notes = answer.skipped.map(({ what, why }) => `${what} was not frozen: ${why}`);
    return { untilMs: armedAt + maxPauseSeconds * 1000, notes, failures: [] };
  } catch (error) {
    const notes = [`the filesystems were not frozen: ${whyNotQuiesced(error)}`];
    // Thawing what is not frozen does no harm.
    const thawed = surelyNotFrozen(error) ? [] : (await thaw(instanceId, holdId, hosts)).failures;
    hold.change({ holdId: undefined });
    return { untilMs: undefined, notes, failures: mustBeMended(error) ? [error, ...thawed] : thawed };
  }
}

/** `VOLUME=DISK` of the volumes whose disks are told by their names; a volume that cannot be told is left to the script to skip. */
async function disksWithoutSerials(
  instance: FreezeRequest['instance'],
  volumes: readonly string[],
  hosts: Hosts,
  signal: AbortSignal,
): Promise<string> {
  if (!mayLackSerials(instance)) return '';
  const { disks } = await hosts.run(instance.id, { script: 'list-disks', parameters: {}, timeoutSeconds: 30 }, signal);
  const pairs = volumes.map((id) => {
    const located = diskOfVolume(id, disks, instance);
    return 'disk' in located && located.disk.volumeId === null ? `${id}=${located.disk.name}` : '';
  });
  return pairs.filter((pair) => pair !== '').join(' ');
}

/** Never rejects: what cannot be thawed is a failure with the code `resume-failed`, and left to the lease. */
export async function thaw(instanceId: string, holdId: string, hosts: Hosts): Promise<Thawed> {
  try {
    const command = {
      script: 'thaw',
      parameters: { HoldId: holdId },
      timeoutSeconds: 120,
      deliverySeconds: 30,
    } as const;
    const thawed = await endHold(instanceId, command, hosts);
    return { leaseAtMs: leaseEndMs(thawed), pauseMs: thawed.pauseMs ?? undefined, failures: [] };
  } catch (error) {
    const failure = notResumed(`${instanceId} could not be thawed, its lease will do it`, error);
    return { leaseAtMs: undefined, pauseMs: undefined, failures: [failure] };
  }
}

const codesThatLeaveNothingFrozen = new Set([
  'too-late',
  'nothing-to-freeze',
  'no-lease',
  'freeze-failed',
  'busy',
  'lacks',
]);

/** Whether AWS never sent the command, or the script itself said that it left nothing frozen. */
function surelyNotFrozen(error: unknown): boolean {
  if (error instanceof AwsError) return error.outcome === 'not-done';
  return error instanceof HostError && codesThatLeaveNothingFrozen.has(error.code);
}
