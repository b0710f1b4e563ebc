/** The receipt: the JSON document that describes one backup. Written first as a draft, last with the verdict. */
import type { Step } from './step.ts';
import type { Verdict } from './verdict.ts';
import type { Verification } from './verification.ts';

export type QuiesceMode = 'stop' | 'freeze';

/** Facts of one table or one checks-file statement, as the database gave them. */
export interface FingerprintEntry {
  /** `database.table`, or the name of the check. */
  readonly name: string;
  readonly kind: 'table' | 'check';
  readonly engine?: string;
  /** How the values were read: CHECKSUM TABLE, aggregates over every column, or the statement's own result. */
  readonly method: 'checksum' | 'aggregates' | 'statement';
  /** Row count, as a decimal string since counts may exceed 2^53; absent for statements. */
  readonly rows?: string;
  /** Named values; null is SQL's NULL. */
  readonly values: Readonly<Record<string, string | null>>;
  /** Why the table could not be read, with the server's error number. */
  readonly error?: { readonly code: number; readonly message: string };
}

export interface Fingerprint {
  /** ISO 8601, the host's clock. */
  readonly takenAt: string;
  readonly seconds: number;
  readonly serverVersion: string;
  readonly entries: readonly FingerprintEntry[];
}

export interface Receipt {
  readonly format: 'holdfast-receipt/1';
  readonly source: string;
  readonly kind: 'volume-snapshot';
  /**
   * `draft`: written before the quiesce, so that a dead run's snapshot can still be completed;
   * `taken`: the snapshot exists and both fingerprints are in; `abandoned`: the snapshot cannot be trusted.
   */
  readonly state: 'draft' | 'taken' | 'abandoned';
  /** Point in time of the backup (ISO 8601): when the snapshot call was made. Absent in a draft. */
  readonly takenAt?: string;
  readonly run: { readonly key: string; readonly url: string; readonly attempt: number };
  readonly host: {
    readonly instanceId: string;
    readonly name?: string;
    readonly region: string;
    readonly mountPoint: string;
    readonly device: string;
    readonly volumeId: string;
    readonly filesystem: string;
    readonly sizeBytes: number;
    readonly usedBytes: number;
    readonly service: string;
  };
  readonly versions: { readonly holdfast: string; readonly server: string };
  readonly quiesce: { readonly mode: QuiesceMode; readonly leaseSeconds: number; readonly pauseSeconds?: number };
  readonly fingerprint: {
    /** How tables were read, and the checks file (base64 of gzip, or empty): the copy is read alike. */
    readonly method: 'auto' | 'aggregates';
    readonly checks: string;
    readonly before: Fingerprint;
    readonly underLock?: Fingerprint;
    readonly after?: Fingerprint;
  };
  readonly snapshot?: {
    readonly id: string;
    readonly startedAt: string;
    readonly completedAt?: string;
    readonly sizeGiB: number;
  };
  /** Empty for snapshots; files with sizes and SHA-256 for dumps. */
  readonly files: readonly [];
  readonly timeline: readonly Step[];
  readonly verdict: Verdict;
  readonly verification?: Verification;
  readonly notes: readonly string[];
}
