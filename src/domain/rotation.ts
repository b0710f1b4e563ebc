/** What a run of ebs-rotate did in one region, as data for reports. */

export const rotationParts = ['create', 'copy', 'expire'] as const;
export type RotationPart = (typeof rotationParts)[number];

/** How the source was quiesced when its snapshots were taken; the value of the tag `holdfast:consistency`. */
export type Consistency = 'crash' | 'freeze' | 'document' | 'document freeze' | 'vss';

/** The snapshots of one instance, made by one call. */
export interface CreatedRow {
  readonly instance: string;
  readonly volumes: number;
  readonly snapshotIds: readonly string[];
  readonly consistency: Consistency;
  /** Seconds for which the source was quiesced; undefined when it was not, or when nobody knows. */
  readonly pauseSeconds: number | undefined;
  readonly deleteOn: string;
  readonly notes: readonly string[];
}

export interface CopiedRow {
  readonly source: string;
  readonly destination: string;
  readonly id: string;
}

export interface ExpiredRow {
  readonly id: string;
  readonly volumeId: string;
  readonly reason: string;
}

/** What stays as it is for one reason: snapshots that are kept, instances that are skipped. */
export interface KeptRow {
  readonly reason: string;
  readonly count: number;
  /** A few of them, with details: `snap-1 (ami-2)`. */
  readonly examples: readonly string[];
}

/** Copies that wait for a later run, for one reason. */
export interface WaitingRow {
  readonly destination: string;
  readonly reason: string;
  readonly count: number;
}

/** Something a person has to correct, or a call that failed. */
export interface TroubleRow {
  readonly resource: string;
  readonly what: string;
}

/** The monthly cost of the remaining snapshots, as bounds: AWS shows the size of increments only on the bill. */
export interface CostEstimate {
  readonly snapshots: number;
  readonly volumes: number;
  /** GiB if all snapshots of a volume but one were empty increments. */
  readonly lowGiB: number;
  /** GiB if every snapshot were stored as a whole. */
  readonly highGiB: number;
  /** US dollars per GiB and month. */
  readonly price: number;
}

/** What another default retention would change for one instance. */
export interface RetentionChangeRow {
  readonly instance: string;
  readonly before: string;
  readonly after: string;
  readonly deleteOnBefore: string;
  readonly deleteOnAfter: string;
  /** Snapshots of the instance's volumes that exist at any one time in the long run. */
  readonly heldBefore: number;
  readonly heldAfter: number;
}

export interface RotationReport {
  readonly region: string;
  readonly slot: string;
  readonly today: string;
  /** The parts that were begun. */
  readonly ran: readonly RotationPart[];
  readonly failed: readonly RotationPart[];
  readonly created: readonly CreatedRow[];
  /** Instances without new snapshots, by reason. */
  readonly skipped: readonly KeptRow[];
  readonly copied: readonly CopiedRow[];
  readonly waiting: readonly WaitingRow[];
  /** Copies whose tags were brought back in step with their primaries. */
  readonly retagged: number;
  readonly expired: readonly ExpiredRow[];
  readonly kept: readonly KeptRow[];
  /** Invalid tags. */
  readonly problems: readonly TroubleRow[];
  readonly failures: readonly TroubleRow[];
  readonly cost: CostEstimate | undefined;
  /** Only when two default retentions were compared. */
  readonly comparison: readonly RetentionChangeRow[] | undefined;
}
