/** Judging the source before anything is touched: what the host says of itself, and whether that can be backed up. */
import { createHash } from 'node:crypto';
import { volumeOfDisk } from '../domain/devices.ts';
import type { Instance, Volume } from '../domain/ec2.ts';
import type { QuiesceMode } from '../domain/receipt.ts';
import { isEarlierAttempt, type MakingRun } from '../domain/run.ts';
import type { HostAnswer } from '../host/catalogue/catalogue.ts';

/** The answer of the host script `inspect`. */
export type Inspection = HostAnswer<'inspect'>;

/** A hold on the host: who quiesced it, and until when its lease runs. Times are the host's, in epoch ms. */
export type Hold = NonNullable<Inspection['hold']>;

/** The inspection with the volume that EC2's device mapping names, where the disk has no serial number. */
export function withVolume(inspection: Inspection, instance: Instance): Inspection {
  const { disk = '', disks = [], layers = [], volumeIds } = inspection;
  if (volumeIds.length > 0 || layers.length > 0 || disk === '') return inspection;
  const found = volumeOfDisk(disk, disks, instance);
  return 'problem' in found ? inspection : { ...inspection, volumeIds: [found.volumeId] };
}

/** What cannot be proven, since a copy of it cannot be mounted as its original is. */
function layerProblems(
  { layers = [], rootOfMount = '/', mountedElsewhere = [], outside = '' }: Inspection,
  mode: QuiesceMode,
  where: string,
): string[] {
  const problems = layers.map((layer) => {
    const reason = Object.entries(layerReasons).find(([kind]) => layer.startsWith(kind))?.[1] ?? otherLayer;
    return `mount-point: ${where} is on ${layer}, not on a plain volume or a partition of one: ${reason}`;
  });
  if (rootOfMount !== '/')
    problems.push(
      `mount-point: ${where} is only the folder ${rootOfMount} of its filesystem (a bind mount, or a btrfs subvolume), while a copy is mounted as a whole; name the place where the filesystem itself is mounted`,
    );
  if (outside !== '')
    problems.push(
      `mount-point: a part of the filesystem of ${where} is on another device (${outside}): its journal, or its real-time section, which no snapshot of the volume holds, so that no copy can be mounted; make the journal internal, or move the data to a filesystem on one volume`,
    );
  if (mode === 'stop' && mountedElsewhere.length > 0)
    problems.push(
      `mount-point: the filesystem of ${where} is also mounted at ${mountedElsewhere.join(', ')}, so unmounting it once would not bring it to rest; unmount it there, or set quiesce: freeze`,
    );
  return problems;
}

const layerReasons: Readonly<Record<string, string>> = {
  LVM: 'LVM activates no copy of a volume group beside its like; move the data to a volume of their own',
  LUKS: 'a copy cannot be opened without its passphrase; move the data to a volume of their own with EBS encryption',
  'dm-crypt': 'a copy cannot be opened without its key; move the data to a volume of their own with EBS encryption',
  mdraid:
    'a copy holds one part of the array, or an array that is assembled under another name; move the data to a volume of their own',
  multipath: 'the verification host has no such paths to a copy; mount the volume itself',
  bcache: 'a copy lacks the cache, which may hold the newest data; move the data to a volume of their own',
};
const otherLayer = 'the verification host cannot put it together from a copy; move the data to a volume of their own';

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
  const layers = layerProblems(inspection, mode, where);
  problems.push(...layers);
  if ((inspection.layers ?? []).length > 0) {
    // Which volumes lie below no longer matters.
  } else if (inspection.volumeIds.length === 0) {
    problems.push(
      `mount-point: the EBS volume under ${where} cannot be determined: ${whyUnknown(inspection, instance)}`,
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
  const size = inspection.disks?.find((one) => one.name === inspection.disk && one.volumeId === null)?.bytes;
  if (volume !== undefined && size !== undefined && size !== volume.sizeGiB * 1024 ** 3)
    problems.push(
      `mount-point: by its name ${inspection.disk} on ${instance.id} is ${volume.id}, but it has ${size} bytes and the volume ${volume.sizeGiB} GiB`,
    );
  if (inspection.serviceState !== 'active') {
    problems.push(serviceProblem(inspection, instance));
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

function whyUnknown({ device, disk = '', disks = [] }: Inspection, instance: Instance): string {
  if (disk === '') return `device ${device || 'unknown'} has no EBS serial number`;
  const found = volumeOfDisk(disk, disks, instance);
  return 'problem' in found ? found.problem : `device ${device} has no EBS serial number`;
}

function serviceProblem({ serviceState, answers }: Inspection, { id }: Instance): string {
  // Its stop would stop nothing: the server belongs to the session of whoever started it.
  if (answers)
    return `service: it is "${serviceState}" on ${id}, but the server answers: it was started by hand; stop it, and start it with systemctl`;
  if (serviceState === 'dead')
    return `service: its unit is active on ${id}, but its server has ended (a unit made from a SysV script does not notice); a source that does not serve is not backed up`;
  return `service: it is "${serviceState}" on ${id}, not active; a source that does not serve is not backed up`;
}

/** What to do about a hold that somebody left on the host. */
export type HoldDecision =
  | { readonly kind: 'none' }
  | { readonly kind: 'resume'; readonly hold: Hold; readonly reason: string }
  | { readonly kind: 'refuse'; readonly reason: string };

/**
 * @param own this run: a hold of an earlier attempt is ours to end, one of this attempt is that of a job beside this one
 * @param holder whether the run that holds it is over, where it is another one
 */
export function decideHold(
  hold: Hold | null,
  own: MakingRun,
  holder: 'over' | 'alive' | 'unknown',
  now: Date,
): HoldDecision {
  if (hold === null) return { kind: 'none' };
  const beside = hold.run === own.key;
  if (isEarlierAttempt({ key: hold.run, attempt: attemptOf(hold.id) }, own))
    return { kind: 'resume', hold, reason: 'an earlier attempt of this run left it' };
  if (!beside && holder === 'over') return { kind: 'resume', hold, reason: `the run ${hold.run} is over and left it` };
  if ((beside || holder === 'unknown') && hold.leaseUntilMs < now.getTime()) {
    return { kind: 'resume', hold, reason: `its lease ended at ${new Date(hold.leaseUntilMs).toISOString()}` };
  }
  return {
    kind: 'refuse',
    reason: `another ${beside ? 'job of this run' : 'run'} holds the source: ${hold.run}, since ${new Date(hold.sinceMs).toISOString()}, lease until ${new Date(hold.leaseUntilMs).toISOString()}`,
  };
}

/**
 * A hold's id names run and attempt, so that the host can tell a repeated command from another run's, and the source, since jobs of one run
 * may back up several sources of one host at the same time.
 */
export function holdId(runId: string, attempt: number, source: string): string {
  return `${runId}-${attempt}-${createHash('sha256').update(source).digest('hex').slice(0, 12)}`;
}

/** The attempt that a hold's id names. Those of earlier versions end with it. */
function attemptOf(id: string): number {
  return Number(/^\d*-(\d+)(?:-|$)/.exec(id)?.[1] ?? Number.NaN);
}
