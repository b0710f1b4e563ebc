/** What a dump is, as data: the receipt of a database's backup, and what db-dump and anonymize report. */

import type { Proof } from './backup.ts';
import type { EngineName } from './engine.ts';
import type { Step } from './step.ts';
import type { Verdict } from './verdict.ts';

export interface TableFingerprint {
  /** `public.users`, quoted as SQL needs it; of MongoDB `shop.users`. */
  readonly name: string;
  /** For a partition: the partitioned table at the top. */
  readonly root?: string | undefined;
  /** Decimal, since counts may exceed 2^53. */
  readonly rows: string;
  /** Decimal sum of the 64-bit hashes of all rows. */
  readonly checksum: string;
  /** The same by column; of copies alone, and only where it was asked for. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
  /**
   * The rows in classes by a hash of their key: `ROWS:CHECKSUM` of each class. Of a source that moves while it is dumped: a class
   * that stood still between two readings must be the same in the copy.
   */
  readonly classes?: readonly string[] | undefined;
}

/** Where the log of a server stood at the point in time, for a restore that goes on from there. */
export interface LogPosition {
  /** MySQL's set of executed transactions, or MariaDB's position. */
  readonly gtid?: string | undefined;
  /** `binlog.000042:1337`. */
  readonly binlog?: string | undefined;
  /** MongoDB's timestamp: `1732608000:3`, seconds and counter. */
  readonly oplog?: string | undefined;
}

/** A second reading of a source whose dump is not of one moment: what differs from the first moved, and is not compared. */
export interface LaterReading {
  /** ISO 8601. */
  readonly takenAt: string;
  readonly tables: readonly TableFingerprint[];
  readonly definitions?: Readonly<Record<string, string>> | undefined;
}

/**
 * What a dump that is not of one moment holds otherwise than both readings of its source say. A copy must be just as the dump,
 * whether or not the source was as the dump is.
 */
export interface HeldByDump {
  /**
   * Tables whose rows in the dump are not those of the first reading; one that the dump lacks has none. Classes that a restore
   * changes again, since it replays a log, are empty words.
   */
  readonly tables: readonly TableFingerprint[];
  /** Objects that neither reading found. */
  readonly only: readonly string[];
  /** Objects that both readings found, and the dump lacks. */
  readonly lacks: readonly string[];
  /** Tables that the log of the dump makes, drops or empties when a restore replays it. */
  readonly remade?: readonly string[] | undefined;
  /** Tables whose definitions and indexes that log may change. */
  readonly redefined?: readonly string[] | undefined;
  /** Tables of whose rows the dump says nothing, since it stores them otherwise than a query gives them: time series. */
  readonly unsummed?: readonly string[] | undefined;
}

/** A materialised view. A dump holds its definition; the restore fills it. */
export interface ViewFingerprint {
  /** `public.totals`, quoted as SQL needs it. */
  readonly name: string;
  /** Whether it can be queried: `CREATE ... WITH NO DATA` makes one that cannot. */
  readonly populated: boolean;
  /** `ROWS:CHECKSUM`; absent when it is not populated. */
  readonly content?: string | undefined;
  /** Of a copy that differs from its source: its content after each of two refreshes. */
  readonly refreshed?: readonly string[] | undefined;
}

/** Large objects with their comments. */
export interface LargeObjectsFingerprint {
  readonly count: string;
  readonly checksum: string;
}

/** The facts of a database at the point of its dump; a restored copy must match them. */
export interface DumpFingerprint {
  /** ISO 8601. */
  readonly takenAt: string;
  readonly seconds: number;
  readonly serverVersion: string;
  readonly tables: readonly TableFingerprint[];
  /** Last value by sequence. */
  readonly sequences: Readonly<Record<string, string>>;
  /** Values before the dump, where they differ: sequences ignore snapshots and advance during the dump. */
  readonly sequencesBefore?: Readonly<Record<string, string>> | undefined;
  /** Version by extension. */
  readonly extensions: Readonly<Record<string, string>>;
  /** Number of objects by kind: tables, views, functions. */
  readonly objects: Readonly<Record<string, number>>;
  // Receipts of earlier versions lack what follows.
  /** Of a source: the values that the archive sets, which a copy must have; by name, quoted only where PostgreSQL has to. */
  readonly sequencesInArchive?: Readonly<Record<string, string>> | undefined;
  /** Hash of the normalised definition by object: `TABLE app.customers`. */
  readonly definitions?: Readonly<Record<string, string>> | undefined;
  /** The schemas that the source's sessions search, quoted as SQL needs them; the copy is read with them, too. */
  readonly searchPath?: string | undefined;
  /** Rows that users put into the configuration tables of extensions, which are dumped. */
  readonly configuration?: readonly TableFingerprint[] | undefined;
  readonly views?: readonly ViewFingerprint[] | undefined;
  readonly largeObjects?: LargeObjectsFingerprint | undefined;
  /** Schema by extension. */
  readonly extensionSchemas?: Readonly<Record<string, string>> | undefined;
  /** Of a copy: the version that its server installs by default, by extension. */
  readonly extensionDefaults?: Readonly<Record<string, string>> | undefined;
  /** Of a copy: foreign keys whose triggers are disabled, which a restore never leaves so. */
  readonly unenforced?: readonly string[] | undefined;
  /** Encoding and locale, which the scratch database gets, too. */
  readonly locale?: DatabaseLocale | undefined;
  /** Roles that definitions name: in policies, in user mappings. */
  readonly roles?: readonly string[] | undefined;
  /** Facts that could not be read; the dump is a backup all the same. */
  readonly unread?: readonly UnreadFact[] | undefined;
  /** Databases that the dump holds, of an engine that dumps several at once. */
  readonly databases?: readonly string[] | undefined;
  readonly position?: LogPosition | undefined;
  /** Undefined where fingerprint and dump are of one moment: then everything must be the same. */
  readonly after?: LaterReading | undefined;
  /** With `after`. Receipts of earlier versions lack it. */
  readonly held?: HeldByDump | undefined;
  /** Tables whose rows a server deletes by itself once they are old. Of a copy: unless its server was kept from it. */
  readonly expiring?: readonly string[] | undefined;
}

/** How a database stores and sorts text. */
export interface DatabaseLocale {
  /** PostgreSQL's name: `UTF8`, `LATIN1`, `SQL_ASCII`. */
  readonly encoding: string;
  /** LC_COLLATE and LC_CTYPE, by the names of the source's operating system. */
  readonly collate: string;
  readonly ctype: string;
  readonly provider: 'libc' | 'icu' | 'builtin';
  /** Locale of a provider other than libc. */
  readonly locale?: string | undefined;
}

/** A fact that the fingerprint lacks. */
export interface UnreadFact {
  /** `rows of public.person`. */
  readonly what: string;
  /** The server's message. */
  readonly why: string;
}

/** `archive`: what the engine's own dump program writes; `plain`: SQL; `anonymised`: a copy without personal data. */
export type DumpFileKind = 'archive' | 'plain' | 'anonymised';

export interface DumpFile {
  readonly kind: DumpFileKind;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  /** Of S3. Receipts of earlier versions lack it. */
  readonly etag?: string | undefined;
  /** Bytes as stored. */
  readonly size: number;
  /** Hexadecimal SHA-256 of the bytes as stored. */
  readonly sha256: string;
  /** Bytes before compression; absent for the archive. */
  readonly sqlBytes?: number | undefined;
  /** The version of the shared key that this file is a copy of, made when its dump was pinned. */
  readonly copyOf?: { readonly key: string; readonly versionId?: string | undefined } | undefined;
}

/** What somebody says of a dump, at its making or afterwards. */
export interface DumpMarks {
  /** Pinned: retention never deletes it. `false` once a pin was taken back; undefined when there never was one. */
  readonly keepForever?: boolean | undefined;
  /** A name for it: `before-2.0`. */
  readonly label?: string | undefined;
}

/**
 * How long dumps of this one's source are kept, as its run was told and as it found the bucket. Only by this can be said later
 * whether retention deleted a dump, or somebody else did.
 */
export interface DumpRetention {
  /** Who deletes: with `dated` Holdfast itself, with `versions` the bucket's lifecycle. */
  readonly by: 'versions' | 'dated';
  /** The input `keep`. */
  readonly keep: number;
  /** With `versions`: what the bucket's rules ask for before they delete a version; undefined when they could not be read. */
  readonly rules?: readonly VersionRule[] | undefined;
}

/** A version is deleted once it fulfils all that a rule says. */
export interface VersionRule {
  /** Newer non-current versions that it must have. */
  readonly versions?: number | undefined;
  /** Days since a newer one took its place. */
  readonly days?: number | undefined;
}

/** One file restored and compared. */
export interface ProofRow {
  readonly kind: DumpFileKind;
  readonly verdict: Verdict;
  readonly restoreSeconds: number;
  /** Number of figures compared with the fingerprint. */
  readonly compared: number;
  /** Why it is not good, the reason first: what differed, or why the proof could not be tested. */
  readonly findings: readonly string[];
  // Receipts of earlier versions lack what follows.
  readonly likelyCause?: string | undefined;
  readonly fix?: string | undefined;
  /** Number of statements that the server refused. */
  readonly refused?: number | undefined;
  /** Whether the object of the file is no longer there, or another one is in its place: nothing was restored. */
  readonly gone?: boolean | undefined;
  /** What a reader should know of the proof although it changes nothing: where it was restored. */
  readonly notes?: readonly string[] | undefined;
}

/** One figure in which a restored copy differs from the source. */
export interface Difference {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  /** Why it may say nothing against the copy; then the copy is not proven. What to do is the comparison's `advice`. */
  readonly doubt?: string | undefined;
}

export interface Comparison {
  /** Number of figures compared: of tables, sequences, definitions, extensions. */
  readonly compared: number;
  /** Content that differs. */
  readonly differences: readonly Difference[];
  /** What could not be compared, on account of source or copy: without it, the copy is not proven. */
  readonly unread?: readonly UnreadFact[] | undefined;
  /** What a reader can do about doubts. */
  readonly advice?: { readonly likelyCause: string; readonly fix: string } | undefined;
  /** What differs, or was not compared, and says nothing against the copy. */
  readonly notes?: readonly string[] | undefined;
}

export interface MaskedRow {
  readonly table: string;
  /** `emails`, `mask`, `fake phone`; receipts of earlier versions say `addresses` for `emails`. */
  readonly rule: string;
  readonly count: number;
}

/** What was anonymised. Holds no values of the dump. */
export interface MaskedReport {
  readonly counts: readonly MaskedRow[];
  readonly warnings: readonly string[];
  /** Findings of the leak check that did not fail the run. */
  readonly findings: readonly string[];
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** What an anonymisation changed on purpose, as a proof needs it, also a later one. Tables are named as in the fingerprint. */
export interface AnonymisedChanges {
  /** Tables whose rows the rules drop or sample. */
  readonly rowsLeftOut: readonly string[];
  /** Columns whose values may differ, by table at the top. */
  readonly changed?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly largeObjectsChanged?: boolean | undefined;
  /** Hash of each definition that is not that of the source, by object. */
  readonly definitions?: Readonly<Record<string, string>> | undefined;
  /** Objects of which the file may have another definition, or none: in MongoDB, those with addresses. */
  readonly definitionsChanged?: readonly string[] | undefined;
}

export interface DumpReceipt extends DumpMarks {
  readonly format: 'holdfast-receipt/1';
  readonly kind: 'database-dump';
  readonly source: string;
  readonly engine: EngineName;
  /** `draft` while the files are made; `taken` once all are in the bucket. */
  readonly state: 'draft' | 'taken';
  /** Point in time of the backup (ISO 8601), by the server's clock. */
  readonly takenAt: string;
  readonly run: { readonly key: string; readonly url: string; readonly attempt: number };
  readonly database: string;
  /** Where the dump ran: `runner`, a host, or a pod. */
  readonly place: string;
  /** `PostgreSQL`, `MariaDB`. Receipts of earlier versions lack it. */
  readonly product?: string | undefined;
  readonly versions: { readonly holdfast: string; readonly server: string; readonly tools: string };
  readonly fingerprint: DumpFingerprint;
  readonly files: readonly DumpFile[];
  /** In a draft: the uploads begun, which a later run aborts if this one dies. */
  readonly uploads?: readonly { readonly key: string; readonly uploadId: string }[] | undefined;
  readonly bucket: string;
  readonly masked?: MaskedReport | undefined;
  /** Of the anonymised file. Receipts of earlier versions lack it. */
  readonly anonymised?: AnonymisedChanges | undefined;
  readonly timeline: readonly Step[];
  /** Of all files: of the first proof, or of a later one that said something of the content. */
  readonly verdict: Verdict;
  /** Of each file: the newest proof of it that said something of its content. */
  readonly proof: readonly ProofRow[];
  /** All proofs, the first among them, newest first. Absent until the dump is proven again. */
  readonly proofs?: readonly Proof[] | undefined;
  readonly notes: readonly string[];
  // Receipts of earlier versions lack what follows, and the marks.
  /** What the marks become, while files and tags do not say so yet. Whoever finds it completes it. */
  readonly marking?: DumpMarks | undefined;
  /** SHA of the commit of the repository whose run dumped. */
  readonly commit?: string | undefined;
  /** Version of the application whose data it is, as the run was told. */
  readonly applicationVersion?: string | undefined;
  readonly retention?: DumpRetention | undefined;
}

/** What the dump of one database of a server is given, where each has a dump of its own. */
export interface ListedDatabase {
  readonly database: string;
  /** `SERVER/DATABASE`. */
  readonly source: string;
  /** Name of its files. */
  readonly name: string;
  /** Folder of its files: the server's own. */
  readonly prefix: string;
}

/** A figure compared with that of the last good backup. */
export interface ChangeRow {
  readonly what: string;
  readonly before: number;
  readonly now: number;
  /** Whether the change exceeds what is usual for this source. */
  readonly striking: boolean;
}

/** What db-dump reports: the receipt, and what differs from the last good backup. */
export interface DumpReport {
  readonly receipt: DumpReceipt | undefined;
  /** Point in time of the last good backup (ISO 8601), which `changes` refers to. */
  readonly before: string | undefined;
  readonly changes: readonly ChangeRow[];
  /** What a database without rows holds: `no tables`. Undefined for every other. */
  readonly empty?: string | undefined;
  /** What needs attention although nothing failed. */
  readonly warnings: readonly string[];
}
