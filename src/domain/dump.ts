/** What a dump is, as data: the receipt of a database's backup, and what a run of db-dump or anonymize has to tell. */

import type { Step } from './step.ts';
import type { Verdict } from './verdict.ts';

export interface TableFingerprint {
  /** `public.users`, quoted as SQL needs it. */
  readonly name: string;
  /** Of a partition, the partitioned table at the top. */
  readonly root?: string | undefined;
  /** Decimal, since counts may exceed 2^53. */
  readonly rows: string;
  /** Decimal sum over 64 bits of hash of each row. */
  readonly checksum: string;
}

/** Facts of a database at the point of its dump, which a restored copy must match. */
export interface DumpFingerprint {
  /** ISO 8601. */
  readonly takenAt: string;
  readonly seconds: number;
  readonly serverVersion: string;
  readonly tables: readonly TableFingerprint[];
  /** Last value by sequence. */
  readonly sequences: Readonly<Record<string, string>>;
  /** Where it was another one before the dump began: sequences know no snapshot, and go on while it is taken. */
  readonly sequencesBefore?: Readonly<Record<string, string>> | undefined;
  /** Version by extension. */
  readonly extensions: Readonly<Record<string, string>>;
  /** How many there are of each kind: tables, views, functions. */
  readonly objects: Readonly<Record<string, number>>;
}

/** `archive`: pg_dump's custom format; `plain`: SQL; `anonymised`: SQL without personal data. */
export type DumpFileKind = 'archive' | 'plain' | 'anonymised';

export interface DumpFile {
  readonly kind: DumpFileKind;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  /** Bytes as stored. */
  readonly size: number;
  /** Hexadecimal SHA-256 of the bytes as stored. */
  readonly sha256: string;
  /** Bytes of SQL, before compression; of the archive absent. */
  readonly sqlBytes?: number | undefined;
}

/** One file restored and compared. */
export interface ProofRow {
  readonly kind: DumpFileKind;
  readonly verdict: Verdict;
  readonly restoreSeconds: number;
  /** Figures compared with the fingerprint. */
  readonly compared: number;
  /** What differed, or why it could not be tried. */
  readonly findings: readonly string[];
}

export interface MaskedRow {
  readonly table: string;
  readonly rule: string;
  readonly count: number;
}

/** What was anonymised; never a value. */
export interface MaskedReport {
  readonly counts: readonly MaskedRow[];
  readonly warnings: readonly string[];
  /** Findings of the leak check that do not fail the run. */
  readonly findings: readonly string[];
  readonly readBytes: number;
  readonly writtenBytes: number;
}

export interface DumpReceipt {
  readonly format: 'holdfast-receipt/1';
  readonly kind: 'database-dump';
  readonly source: string;
  readonly engine: 'postgres';
  /** `draft` while files are made; `taken` when all are in the bucket. */
  readonly state: 'draft' | 'taken';
  /** Point in time of the dump (ISO 8601): when its snapshot was exported. */
  readonly takenAt: string;
  readonly run: { readonly key: string; readonly url: string; readonly attempt: number };
  readonly database: string;
  /** Where it ran: the runner, or a host. */
  readonly place: string;
  readonly versions: { readonly holdfast: string; readonly server: string; readonly tools: string };
  readonly fingerprint: DumpFingerprint;
  readonly files: readonly DumpFile[];
  /** Of a draft: the uploads that were begun, so that a later run can give them up. */
  readonly uploads?: readonly { readonly key: string; readonly uploadId: string }[] | undefined;
  readonly bucket: string;
  readonly masked?: MaskedReport | undefined;
  readonly timeline: readonly Step[];
  readonly verdict: Verdict;
  readonly proof: readonly ProofRow[];
  readonly notes: readonly string[];
}

/** A figure beside the one of the last good backup. */
export interface ChangeRow {
  readonly what: string;
  readonly before: number;
  readonly now: number;
  /** Whether the change is more than is usual for this source. */
  readonly striking: boolean;
}

/** What a run of db-dump has to tell besides the receipt. */
export interface DumpReport {
  readonly receipt: DumpReceipt | undefined;
  /** ISO 8601: the point in time of the last good backup, the changes are against. */
  readonly before: string | undefined;
  readonly changes: readonly ChangeRow[];
  /** What must not be overlooked though nothing failed. */
  readonly warnings: readonly string[];
}
