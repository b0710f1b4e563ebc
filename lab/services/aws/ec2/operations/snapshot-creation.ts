/** How every snapshot begins and goes on, whichever call made it: all of a call's, or none. */
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
import type { Scene } from '../requests/context.ts';
import { text } from '../requests/query.ts';

/** Pending snapshots that one volume may have (EBS quotas). */
const pendingPerVolume = 5;
/** Steps in which progress is seen to grow. */
const steps = 10;

/** What is particular about a new snapshot, and the image whose data of this moment it holds. */
export interface Draft
  extends Pick<SnapshotRecord, 'volumeId' | 'sizeGiB' | 'tags' | 'encrypted' | 'kmsKeyId' | 'fullSizeBytes'> {
  readonly from: StoredImage | undefined;
}

export function draftOf(volume: VolumeRecord, tags: Map<string, string>): Draft {
  const { id, sizeGiB, encrypted, kmsKeyId, image } = volume;
  return { volumeId: id, sizeGiB, tags, encrypted, kmsKeyId, fullSizeBytes: undefined, from: image };
}

/** Refuses, and takes no token, unless a snapshot of every one of the volumes may begin now. */
export function checkVolumes(scene: Scene, volumes: readonly VolumeRecord[]): void {
  for (const volume of volumes) {
    if (volume.state !== 'available' && volume.state !== 'in-use') {
      throw new LabAwsError('IncorrectState', `Snapshot cannot be created when the volume is '${volume.state}'`);
    }
    if (pendingOf(scene.world, volume.id) >= pendingPerVolume) {
      throw new LabAwsError(
        'ConcurrentSnapshotLimitExceeded',
        'Maximum number of concurrent snapshots allowed for this volume has been reached.',
      );
    }
  }
  scene.snapshotRate(volumes.map((one) => one.id));
}

/**
 * Begins the snapshots of a call, which has been checked. They are pending in the world, with their tags, from this
 * moment on, so that calls at the same time find the limits kept.
 * @param failure the message with which they end in `error`, half way
 */
export async function begin(
  scene: Scene,
  drafts: readonly Draft[],
  duration: number,
  failure: string | undefined,
): Promise<SnapshotRecord[]> {
  const { world, parameters, options } = scene;
  const { storage } = options.hosts;
  const startedAt = options.clock.now();
  const description = text(parameters, 'Description') ?? '';
  const begun = drafts.map(({ from, ...draft }) => {
    const record: SnapshotRecord = {
      ...draft,
      id: scene.newId('snap'),
      owner: options.seed.accountId,
      state: 'pending',
      stateMessage: '',
      progress: 0,
      startedAt,
      completedAt: undefined,
      description,
      tier: 'standard',
      lock: undefined,
      image: undefined,
    };
    addSnapshot(world, record);
    return { record, copied: from && storage.copy(from, record.id) };
  });
  const copies = await Promise.allSettled(begun.map((one) => one.copied));
  const failed = copies.find((one) => one.status === 'rejected');
  await Promise.all(
    begun.map(async ({ record }, index) => {
      const copy = copies[index];
      const image = copy?.status === 'fulfilled' ? copy.value : undefined;
      if (failed) removeSnapshot(world, record);
      // It may have been deleted while it was copied.
      if (image && world.snapshots.get(record.id) !== record) await storage.remove(image);
      else record.image = image;
    }),
  );
  if (failed) throw failed.reason;
  const made = begun.map((one) => one.record);
  progress(scene, made, duration, failure);
  return made;
}

function progress(
  { world, options }: Scene,
  begun: readonly SnapshotRecord[],
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
      const pending = begun.filter((one) => one.state === 'pending' && world.snapshots.get(one.id) === one);
      for (const record of pending) move(record, done);
      if (pending.length > 0 && done < steps) step(done + 1);
    });
  };
  step(1);
}
