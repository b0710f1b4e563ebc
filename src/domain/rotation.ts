/** What a run of ebs-rotate did in one region, as data; only small figures and the rows a reader looks at. */

export const rotationParts = ['create', 'copy', 'expire'] as const;
export type RotationPart = (typeof rotationParts)[number];

/** The set of one instance. */
export interface CreatedRow {
  readonly instance: string;
  readonly volumes: number;
  readonly snapshotIds: readonly string[];
  /** `crash`, `freeze`, `document`, `document freeze`, `vss`. */
  readonly consistency: string;
  /** Seconds at rest. */
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

/** Snapshots that stay for one reason. */
export interface KeptRow {
  readonly reason: string;
  readonly count: number;
  /** A few of them, with what there is to say: `snap-1 (ami-2)`. */
  readonly examples: readonly string[];
}

export interface WaitingRow {
  readonly destination: string;
  readonly reason: string;
  readonly count: number;
}

/** Something a person has to put right, or a call that failed. */
export interface TroubleRow {
  readonly resource: string;
  readonly what: string;
}

/** What the snapshots that stay cost a month: EC2 tells the size of increments only on the bill. */
export interface CostEstimate {
  readonly snapshots: number;
  readonly volumes: number;
  /** GiB if every snapshot but one of each volume were empty increments. */
  readonly lowGiB: number;
  /** GiB if every snapshot were stored whole. */
  readonly highGiB: number;
  /** US dollars for a GiB and month. */
  readonly price: number;
}

/** What another default retention would change. */
export interface ComparisonRow {
  readonly instance: string;
  readonly before: string;
  readonly after: string;
  readonly deleteOnBefore: string;
  readonly deleteOnAfter: string;
  /** Snapshots of this instance's volumes held at any one time once the retention has had its time. */
  readonly heldBefore: number;
  readonly heldAfter: number;
}

export interface RotationReport {
  readonly region: string;
  readonly slot: string;
  readonly today: string;
  readonly ran: readonly RotationPart[];
  readonly failed: readonly RotationPart[];
  readonly created: readonly CreatedRow[];
  /** Instances without a new set, by reason. */
  readonly skipped: readonly KeptRow[];
  readonly copied: readonly CopiedRow[];
  readonly waiting: readonly WaitingRow[];
  readonly retagged: number;
  readonly expired: readonly ExpiredRow[];
  readonly kept: readonly KeptRow[];
  readonly problems: readonly TroubleRow[];
  readonly failures: readonly TroubleRow[];
  readonly cost: CostEstimate | undefined;
  readonly comparison: readonly ComparisonRow[] | undefined;
}
