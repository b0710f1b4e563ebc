/** What the remaining snapshots cost: a lower and an upper bound, because EC2 does not report the size of increments. */
import type { Snapshot } from '../../domain/ec2.ts';
import type { CostEstimate } from '../../domain/rotation.ts';
import { volumeOf } from './origin.ts';

const gib = 1024 ** 3;

/** @param price US dollars per GiB and month of the standard tier */
export function estimateCost(kept: readonly Snapshot[], region: string, price: number): CostEstimate {
  const largest = new Map<string, number>();
  let highGiB = 0;
  for (const one of kept) {
    if (one.state === 'error') continue;
    // The blocks ever written, where AWS reports them; otherwise the size of the volume.
    const size = one.fullBytes === undefined ? one.sizeGiB : one.fullBytes / gib;
    highGiB += size;
    const volume = volumeOf(one, region);
    const key = volume === undefined ? one.id : `${volume.region} ${volume.id}`;
    largest.set(key, Math.max(largest.get(key) ?? 0, size));
  }
  const lowGiB = [...largest.values()].reduce((sum, size) => sum + size, 0);
  return { snapshots: kept.length, volumes: largest.size, lowGiB, highGiB, price };
}
