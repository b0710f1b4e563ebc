/** How a call creates snapshots, whichever call it is: all that it asks for, or none. */
import type { StoredImage } from '../../../../hosts/host.ts';
import { LabAwsError } from '../../protocol/service.ts';
import {
  addSnapshot,
  pendingOf,
  removeSnapshot,
  type SnapshotRecord,
  settle,
  type VolumeRecord,
} from '../model/world.ts';
import type { Ec2Context } from '../requests/context.ts';
import { text } from '../requests/query.ts';

/** Pending snapshots that one volume may have (EBS quotas). */
const pendingPerVolume = 5;
/** Steps in which the progress of a snapshot grows. */
const steps = 10;

/** State message of a snapshot that the lab makes fail. */
export const keyNotAccessible = 'Given key ID is not accessible';

/** A snapshot to create, and the image whose data it will hold. */
export interface Draft
  extends Pick<SnapshotRecord, 'volumeId' | 'sizeGiB' | 'tags' | 'encrypted' | 'kmsKeyId' | 'fullSizeBytes'> {
  readonly from: StoredImage | undefined;
}

export function draftOf(volume: VolumeRecord, tags: Map<string, string>): Draft {
  const { id, sizeGiB, encrypted, kmsKeyId, image } = volume;
  return { volumeId: id, sizeGiB, tags, encrypted, kmsKeyId, fullSizeBytes: undefined, from: image };
}

/** @throws LabAwsError unless a snapshot of each of the volumes may start now; then no rate limit is used up */
export function checkVolumes({ world, snapshotRate }: Ec2Context, volumes: readonly VolumeRecord[]): void {
  for (const volume of volumes) {
    if (volume.state !== 'available' && volume.state !== 'in-use')
      throw new LabAwsError('IncorrectState', `Snapshot cannot be created when the volume is '${volume.state}'`);
    if (pendingOf(world, volume.id) >= pendingPerVolume)
      throw new LabAwsError(
        'ConcurrentSnapshotLimitExceeded',
        'Maximum number of concurrent snapshots allowed for this volume has been reached.',
      );
  }
  snapshotRate(volumes.map((one) => one.id));
}

/**
 * Starts the snapshots of a call that has been checked. They are pending in the world, with their tags, before anything
 * is awaited, so that concurrent calls see them and the limits hold.
 * @param duration lab milliseconds until they are completed
 * @param failure state message with which they end in `error`, half-way; undefined lets them be completed
 */
export async function startSnapshots(
  context: Ec2Context,
  drafts: readonly Draft[],
  duration: number,
  failure: string | undefined,
): Promise<SnapshotRecord[]> {
  const { world, options } = context;
  const { storage } = options.hosts;
  const startedAt = options.clock.now();
  const started = drafts.map(({ from, ...draft }) => {
    const record = newSnapshot(context, draft, startedAt);
    addSnapshot(world, record);
    return { record, copied: from && storage.copy(from, record.id) };
  });
  const copies = await Promise.allSettled(started.map((one) => one.copied));
  const failed = copies.find((one) => one.status === 'rejected');
  await Promise.all(
    started.map(async ({ record }, index) => {
      const copy = copies[index];
      const image = copy?.status === 'fulfilled' ? copy.value : undefined;
      if (failed) removeSnapshot(world, record);
      // It may have been deleted while its data was copied.
      if (image && world.snapshots.get(record.id) !== record) await storage.remove(image);
      else record.image = image;
    }),
  );
  if (failed) throw failed.reason;
  const records = started.map((one) => one.record);
  progress(context, records, duration, failure);
  return records;
}

function newSnapshot(
  { parameters, options, newId }: Ec2Context,
  draft: Omit<Draft, 'from'>,
  startedAt: Date,
): SnapshotRecord {
  return {
    ...draft,
    id: newId('snap'),
    owner: options.seed.accountId,
    state: 'pending',
    stateMessage: '',
    progress: 0,
    startedAt,
    completedAt: undefined,
    description: text(parameters, 'Description') ?? '',
    tier: 'standard',
    lock: undefined,
    image: undefined,
  };
}

function progress(
  { world, options }: Ec2Context,
  records: readonly SnapshotRecord[],
  duration: number,
  failure: string | undefined,
): void {
  const move = (record: SnapshotRecord, done: number): void => {
    record.progress = (100 * done) / steps;
    if (failure !== undefined && done * 2 >= steps) {
      record.stateMessage = failure;
      settle(world, record, 'error');
    } else if (done === steps) {
      record.completedAt = options.clock.now();
      settle(world, record, 'completed');
    }
  };
  const step = (done: number): void => {
    options.clock.after(duration / steps, () => {
      const pending = records.filter((one) => one.state === 'pending' && world.snapshots.get(one.id) === one);
      for (const record of pending) move(record, done);
      if (pending.length > 0 && done < steps) step(done + 1);
    });
  };
  step(1);
}
