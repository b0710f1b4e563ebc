/** The regions of the rotation's rehearsal while they are seeded. */

import { region as home } from '../../services/aws/account.ts';
import type { ImageSeed, RegionSeed, SnapshotSeed } from '../../services/aws/ec2/model/seed.ts';

export const rotationRegions = [home, 'eu-west-1', 'ap-southeast-2'] as const;

export type InstanceSeed = RegionSeed['instances'][number];

interface Draft extends RegionSeed {
  readonly instances: InstanceSeed[];
  readonly snapshots: SnapshotSeed[];
  readonly images: ImageSeed[];
}

export class RegionDrafts {
  readonly now: Date;
  /** As in tags: 2026-01-31. */
  readonly today: string;
  readonly #drafts: readonly Draft[] = rotationRegions.map((region) => ({
    region,
    instances: [],
    snapshots: [],
    images: [],
  }));
  #lastId = 0;

  constructor(now: Date) {
    this.now = now;
    this.today = now.toISOString().slice(0, 10);
  }

  get all(): readonly RegionSeed[] {
    return this.#drafts;
  }

  in(region: string): Draft {
    const draft = this.#drafts.find((one) => one.region === region);
    if (!draft) throw new Error(`the rotation's rehearsal has no region ${region}`);
    return draft;
  }

  /** Counted, so that every rehearsal has the same ids. */
  newId(prefix: 'i' | 'vol' | 'snap'): string {
    this.#lastId += 1;
    return `${prefix}-0e57a7e${this.#lastId.toString(16).padStart(10, '0')}`;
  }
}
