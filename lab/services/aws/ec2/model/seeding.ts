/** Fills a region's world from its seed. */
import type { RegionSeed, Seed, SnapshotSeed } from './seed.ts';
import {
  addSnapshot,
  addVolume,
  mostLockDays,
  type SnapshotLockRecord,
  type SnapshotRecord,
  volumeOfCopies,
  type World,
} from './world.ts';

export function seedRegion(world: World, seed: Seed | RegionSeed, account: string, now: Date): void {
  for (const one of seed.instances) seedInstance(world, one, now);
  for (const one of seed.snapshots ?? []) addSnapshot(world, snapshotRecord(one, account));
  for (const one of seed.images ?? []) world.images.set(one.id, one);
  for (const key of seed.kmsKeys ?? []) world.kmsKeys.add(key);
}

function seedInstance(world: World, one: (Seed | RegionSeed)['instances'][number], now: Date): void {
  world.instances.set(one.id, {
    id: one.id,
    state: one.state,
    zone: one.zone,
    type: one.type,
    platform: one.platform,
    tags: new Map(Object.entries({ Name: one.name, ...one.tags })),
    rootVolumeId: one.rootVolumeId,
    launchedAt: now,
  });
  const volume = { state: 'in-use' as const, zone: one.zone, type: 'gp3', snapshotId: '', createdAt: now };
  const attachment = (device: string) => ({ instanceId: one.id, device, state: 'attached' as const, attachedAt: now });
  addVolume(world, {
    ...volume,
    id: one.rootVolumeId,
    sizeGiB: 8,
    tags: new Map(Object.entries(one.rootVolumeTags ?? {})),
    encrypted: false,
    kmsKeyId: undefined,
    attachment: attachment('/dev/xvda'),
    image: undefined,
  });
  for (const data of one.volumes) {
    addVolume(world, {
      ...volume,
      id: data.id,
      sizeGiB: 'sizeGiB' in data ? data.sizeGiB : data.image.sizeGiB,
      tags: new Map(Object.entries(data.tags)),
      encrypted: 'encrypted' in data && data.encrypted === true,
      kmsKeyId: 'kmsKeyId' in data ? data.kmsKeyId : undefined,
      attachment: attachment(data.device),
      image: data.image,
    });
  }
}

/** A seeded lock is the longest that there is, so that it never expires. */
function seededLock(state: NonNullable<SnapshotSeed['lock']>, at: Date): SnapshotLockRecord {
  return {
    mode: state === 'governance' ? 'governance' : 'compliance',
    coolOffHours: state === 'compliance-cooloff' ? mostLockDays * 24 : 0,
    createdAt: at,
    days: mostLockDays,
    expiresAt: new Date(at.getTime() + mostLockDays * 24 * 3_600_000),
  };
}

function snapshotRecord(seed: SnapshotSeed, account: string): SnapshotRecord {
  const state = seed.state ?? 'completed';
  return {
    id: seed.id,
    volumeId: seed.volumeId,
    owner: account,
    state,
    stateMessage: state === 'error' ? 'Given key ID is not accessible' : '',
    progress: state === 'completed' ? 100 : 0,
    startedAt: seed.startedAt,
    completedAt: state === 'completed' ? seed.startedAt : undefined,
    sizeGiB: seed.sizeGiB,
    description: seed.description ?? '',
    tags: new Map(Object.entries(seed.tags)),
    tier: seed.tier ?? 'standard',
    lock: seed.lock && seededLock(seed.lock, seed.startedAt),
    encrypted: seed.encrypted ?? seed.kmsKeyId !== undefined,
    kmsKeyId: seed.kmsKeyId,
    fullSizeBytes: seed.fullSizeBytes,
    image: undefined,
  };
}

/** Adds public snapshots of another account: a call that names no owner gets them too. */
export function seedPublicSnapshots(world: World, now: Date): void {
  for (const id of ['snap-0feedfeedfeedfee1', 'snap-0feedfeedfeedfee2']) {
    const seed = {
      id,
      volumeId: volumeOfCopies,
      startedAt: now,
      sizeGiB: 8,
      description: 'public snapshot of another account',
      tags: {},
    };
    addSnapshot(world, snapshotRecord(seed, '999999999999'));
  }
}
