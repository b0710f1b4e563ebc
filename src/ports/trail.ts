/** The account's own record of who called what: CloudTrail's event history. */
import type { TrailEvent } from '../domain/trail.ts';

export interface FoundEvents {
  /** Newest first. */
  readonly events: readonly TrailEvent[];
  /** Whether there are older ones that were not read. */
  readonly more: boolean;
}

/** The history of one region. */
export interface Trail {
  /**
   * Events of one name.
   * @param from CloudTrail keeps 90 days
   * @param most events that are read at most; pages have 50
   * @throws AwsError
   */
  events(name: string, from: Date, until: Date, most: number): Promise<FoundEvents>;
}

export interface Trails {
  in(region: string): Trail;
}
