/** The receipt: the JSON document that describes one backup. Written first as a draft, last with the verdict. */
import type { Proof } from './backup.ts';
import type { Definitions } from './definitions.ts';
import type { Step } from './step.ts';
import type { Verdict } from './verdict.ts';
import type { Verification } from './verification.ts';

export type QuiesceMode = 'stop' | 'freeze';

/**
 * How an entry's values were read. The copy is read by the same method.
 *
 * - `rows`: a hash of each row, counted and added up by range (`ranges`), and over the whole table (`hash`).
 * - `columns`: the hash of each row added up over the whole table, and aggregates over every column.
 * - `aggregates`: for every column its count, and sum (in earlier receipts also XOR) of CRC32. Cells that changed places
 *   between rows are not noticed.
 * - `totals`: counts, sums, smallest and largest values of plain columns: what every engine can compute.
 * - `checksum`: CHECKSUM TABLE (earlier receipts).
 * - `statement`: the result of a statement of the checks file.
 * - `none`: the table's rows are not in the snapshot (`why` says it), so nothing is read.
 */
export type FingerprintMethod = 'rows' | 'columns' | 'aggregates' | 'totals' | 'checksum' | 'statement' | 'none';

/** Rows by range of one column's values, or by class of the row's hash. Integers are decimal strings. */
export interface RowRanges {
  /** The column; absent where rows are told apart by their hash. */
  readonly column?: string;
  /** Range = the column's value without its last `bits` bits; with no column, class = the hash modulo 2^`bits`. */
  readonly bits: number;
  /** Where many rows may have one value of the column: the last bits of a range's number that are those of the row's hash. */
  readonly classes?: number;
  /** Range (null: the column is NULL), rows, and the sum of their hashes: one number, or two separated by `/`. */
  readonly list: readonly (readonly [range: string | null, rows: string, hash: string])[];
}

/** Facts of one table or one checks-file statement, as the database gave them. */
export interface FingerprintEntry {
  /** `database.table`, or the name of the check. */
  readonly name: string;
  readonly kind: 'table' | 'check';
  readonly engine?: string;
  readonly method: FingerprintMethod;
  /** Row count, as a decimal string since counts may exceed 2^53; absent for statements. */
  readonly rows?: string;
  /** Named values; null is SQL's NULL. `hash` is the sum of the row hashes, `COLUMN.sum` and the like are of columns. */
  readonly values: Readonly<Record<string, string | null>>;
  readonly ranges?: RowRanges;
  /** When the server last saw a change of the table, `YYYY-MM-DD hh:mm:ss` in UTC; absent where it does not know. */
  readonly updated?: string;
  /** Why a simpler method than the one asked for was used, or why nothing was read. */
  readonly why?: string;
  /** Why the table could not be read, with the server's error number. */
  readonly error?: { readonly code: number; readonly message: string };
}

export interface Fingerprint {
  /** ISO 8601, the host's clock. */
  readonly takenAt: string;
  readonly seconds: number;
  /** Seconds for the tables whose engine has no snapshot: a pause reads them under its lock. */
  readonly lockedSeconds?: number;
  readonly serverVersion: string;
  readonly entries: readonly FingerprintEntry[];
  /** Absent in receipts of earlier versions, in a fingerprint under the lock, and where they could not be read. */
  readonly definitions?: Definitions;
  /** Why the definitions could not be read. */
  readonly withoutDefinitions?: string;
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
    /** Number of the partition that holds the filesystem; 0 for the whole disk. Absent in receipts of earlier versions. */
    readonly partition?: number;
    readonly volumeId: string;
    readonly filesystem: string;
    readonly sizeBytes: number;
    readonly usedBytes: number;
    readonly service: string;
  };
  readonly versions: { readonly holdfast: string; readonly server: string };
  readonly quiesce: { readonly mode: QuiesceMode; readonly leaseSeconds: number; readonly pauseSeconds?: number };
  readonly fingerprint: {
    /**
     * How tables were read, and the checks file (base64 of gzip, or empty): the copy is read alike. `auto` (CHECKSUM TABLE,
     * else aggregates) and `aggregates` are of earlier receipts.
     */
    readonly method: 'rows' | 'columns' | 'auto' | 'aggregates';
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
  /** The day from which the rotation may delete the snapshot (`YYYY-mm-dd`, UTC). Receipts of earlier versions lack it. */
  readonly deleteOn?: string;
  readonly verdict: Verdict;
  /** The newest that said something of the content. */
  readonly verification?: Verification;
  /** All proofs, the first among them, newest first. Absent until the snapshot is proven again. */
  readonly proofs?: readonly Proof[];
  readonly notes: readonly string[];
}
