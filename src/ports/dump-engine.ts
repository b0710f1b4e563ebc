/**
 * A database engine, through its own tools: it inspects a database, dumps it with a fingerprint of the same point in time,
 * restores the files into a scratch database, and compares the copy with the source. An engine is one implementation of
 * this port; what all engines share is in src/dump.
 */
import type { Comparison, Difference, DumpFileKind, DumpFingerprint, DumpReceipt } from '../domain/dump.ts';
import type { Upload } from './objects.ts';

/** A database as its server describes it, before anything is dumped. */
export interface DatabaseFacts {
  /** `PostgreSQL`. */
  readonly product: string;
  /** `15.20`. */
  readonly serverVersion: string;
  /** The program that dumps: `pg_dump`. */
  readonly tool: string;
  readonly toolsVersion: string;
  /** For people: `shop on db.example.org:5432`. */
  readonly shown: string;
  readonly database: string;
  /** Size in the server. */
  readonly bytes: number;
  /** Where the dump runs: `runner`, the host, or the pod. */
  readonly place: string;
  /** Whether that place uploads the archive itself, which is then visible before the files that are made from it. */
  readonly uploadsItself?: boolean | undefined;
  /** Databases of the server that are neither dumped nor excluded. */
  readonly uncovered?: readonly string[] | undefined;
  readonly notes: readonly string[];
}

/** A database of a server that a dump of all of them does not have. */
export interface LeftOut {
  readonly database: string;
  /** `it holds nothing`. */
  readonly why: string;
}

/** The databases of a server, without those of the server itself. */
export interface ServerDatabases {
  readonly found: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

/** An archive on the runner's disk. */
export interface LocalArchive {
  readonly path: string;
  readonly bytes: number;
  /** What the tool warned of although it succeeded, such as what it left out. */
  readonly warnings?: readonly string[] | undefined;
}

/** A dump in progress: archive and fingerprint come from one snapshot, or the fingerprint says what may have moved. */
export interface DumpInProgress {
  /** Point in time of the backup, by the server's clock (ISO 8601). */
  readonly takenAt: string;
  /**
   * Takes the fingerprint.
   * @param archive the archive in the making; what changes meanwhile is read again once it is made
   */
  readonly fingerprint: (archive: Promise<LocalArchive>) => Promise<DumpFingerprint>;
  /**
   * Writes the archive to the folder on the runner and to the bucket.
   * @param onProgress gets the bytes so far
   * @throws BackupError when the dump failed
   */
  readonly archive: (upload: Upload, onProgress: (bytes: number) => void) => Promise<LocalArchive>;
  /** Releases what holds the point in time. */
  readonly end: () => Promise<void>;
}

/**
 * Why a server refused a statement. `rights`, `role`, `tablespace`, `extension`, `library`, `language`, `version`: it lacks
 * something that another server may have; `rows`: rows that break a constraint; `definition`: it names what is not there;
 * `foreign`: it reads another server, which cannot be reached.
 */
export type RefusalReason =
  | 'rights'
  | 'role'
  | 'tablespace'
  | 'extension'
  | 'library'
  | 'language'
  | 'version'
  | 'foreign'
  | 'connection'
  | 'resources'
  | 'time'
  | 'locked'
  | 'rows'
  | 'definition'
  | 'unknown';

/** A statement of a restore that the server refused. */
export interface Refusal {
  /** The server's message, without its prefix, and without values of rows. */
  readonly message: string;
  /** SQLSTATE (PostgreSQL manual, appendix A), where the tool shows it. */
  readonly code?: string | undefined;
  /** The object whose definition or rows were refused, where it can be told: `INDEX public.person_name`. */
  readonly object?: string | undefined;
  readonly reason?: RefusalReason | undefined;
  readonly likelyCause?: string | undefined;
  readonly fix?: string | undefined;
  /** Why the restore ended with it: what follows in the file was not tried. */
  readonly ended?: string | undefined;
}

/** The words of each definition in normal form, by object: `TABLE app.customers`. */
export type Definitions = ReadonlyMap<string, string>;

/** What a database is made of, without its rows. */
export interface DefinitionFacts {
  /** The part of a fingerprint that says it in hashes and numbers. */
  readonly figures: Pick<DumpFingerprint, 'definitions' | 'objects'>;
  readonly sql: Definitions;
  /** The whole SQL, of which a database can be made. */
  readonly text: Buffer;
}

/** A fingerprint with the SQL behind its definitions, which says where two of them differ. It stays in memory: receipts hold the hashes. */
export interface DescribedFingerprint extends DumpFingerprint {
  readonly sql?: Definitions | undefined;
  readonly text?: Buffer | undefined;
  /**
   * Of a copy whose definitions are not worded like those of the source: the source's, as a second restore of them alone makes
   * the same server word them.
   */
  readonly reworded?: DefinitionFacts | undefined;
}

/** A database made for one restore. */
export interface Scratch {
  /**
   * Restores a file of a dump, as far as the server lets it.
   * @param open reads the file from its start; called again when another server has to be tried
   * @returns the statements that the server refused, in their order; none when all is restored
   * @throws BackupError when the restore ended early; DumpError, or zlib's error, when the file is damaged
   */
  readonly restore: (kind: DumpFileKind, open: () => AsyncIterable<Buffer>) => Promise<readonly Refusal[]>;
  /** Where the file was restored, and what differs there from the source, for people. */
  readonly notes?: (() => readonly string[]) | undefined;
  /**
   * Reads the copy: rows and definitions.
   * @param source fingerprint that the copy is compared with, whose settings it is read with
   * @param columns whether each column gets a checksum of its own
   */
  readonly fingerprint: (source: DescribedFingerprint, columns?: boolean) => Promise<DescribedFingerprint>;
  readonly drop: () => Promise<void>;
}

/** What becomes of the archive where it was made. */
export type ArchiveOutcome = 'proven' | 'unproven' | 'discard';

/** What an anonymisation changed on purpose. Tables are named as in a fingerprint; partitions by the table at the top. */
export interface Anonymised {
  /** Tables whose rows the rules drop or sample; of all others, the number of rows must still match. */
  readonly rowsLeftOut: ReadonlySet<string>;
  /**
   * Columns whose values may differ, by table; all other columns of which source and copy have a checksum must match.
   * Undefined: values are not compared.
   */
  readonly changed?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** Ids of definitions that may have another text, and so another name where they have one of their own. */
  readonly definitionsChanged?: ReadonlySet<string> | undefined;
  /** Whether large objects may differ. Undefined: their content is not compared. */
  readonly largeObjectsChanged?: boolean | undefined;
}

/** An engine whose archives give SQL, of which the other files are made. */
export interface SqlArchives {
  /** The SQL of an archive, or its definitions alone. Nothing runs before it is read. @throws BackupError at its end */
  readonly sql: (archive: string, definitionsOnly: boolean) => AsyncIterable<Buffer>;
  /** Reads the definitions from SQL that `sql` gave, or that was made of it. @throws DumpError when it is cut off */
  readonly definitions: (sql: AsyncIterable<Buffer>) => Promise<DefinitionFacts>;
  /** Of such SQL, what is no row of a table. @throws DumpError when it cannot be read */
  readonly withoutRows: (sql: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;
}

/** An engine that proves dumps whose source it does not ask: what is known of it is in the receipt. */
export interface KeptDumps {
  /** In place of `inspect`. @throws BackupError when there are no tools that read the archive */
  readonly openReceipt: (receipt: DumpReceipt) => Promise<void>;
  /**
   * Writes an archive, as the bucket has it, to where `describe` reads it. Undefined for an engine that reads nothing of it.
   * @param folder on the runner, empty
   * @throws BackupError when it is damaged, or the disk is full
   */
  readonly openArchive?: ((content: AsyncIterable<Buffer>, folder: string) => Promise<OpenArchive>) | undefined;
}

/** An archive that was downloaded. */
export interface OpenArchive {
  /** For `describe`. */
  readonly path: string;
  /** Whether the file at this path is what the bucket has, byte for byte. */
  readonly asStored: boolean;
}

/** What the SQL of an engine looks like. */
export interface SqlDialect {
  /** The last line of complete SQL, or how it begins. */
  readonly lastLine: string;
  /** The name of a table of a fingerprint, as rules call it. */
  readonly nameInRules: (table: string) => string;
}

export interface DumpEngine {
  /** @throws BackupError when the tools cannot read the server */
  readonly inspect: () => Promise<DatabaseFacts>;
  /**
   * Begins a dump: where the engine has snapshots, exports one and returns once the dump of it holds its locks, so that nothing
   * can empty a table between the two.
   * @param folder on the runner, where the archive is written
   */
  readonly begin: (folder: string) => Promise<DumpInProgress>;
  /**
   * Adds to a fingerprint what the archive says: definitions, above all. What cannot be read is `unread`.
   * @throws the signal's reason
   */
  readonly describe: (archive: string, fingerprint: DumpFingerprint) => Promise<DescribedFingerprint>;
  /** Reads an archive to its end. @throws BackupError when something is missing */
  readonly readThrough: (archive: string) => Promise<void>;
  /**
   * Makes a scratch database.
   * @param owner key of the run that makes it, and name of the source: KEY:NAME
   * @param source what the database must be able to hold
   */
  readonly scratch: (owner: string, source: DumpFingerprint) => Promise<Scratch>;
  /** Whether a difference is what the refused statements had to leave: something is missing, nothing is wrong. */
  readonly explained: (difference: Difference, refusals: readonly Refusal[]) => boolean;
  /**
   * Compares a restored copy with the source.
   * @param source with the checksums of columns that a copy had, where those of another copy are to be compared with them
   * @param anonymised undefined when nothing was changed
   */
  readonly compare: (source: DescribedFingerprint, copy: DescribedFingerprint, anonymised?: Anonymised) => Comparison;
  /** Removes the scratch databases whose owner is over. @returns their names */
  readonly sweep: (isOver: (owner: string) => Promise<boolean>) => Promise<readonly string[]>;
  /**
   * Keeps or deletes the archive where it was made, once its outcome is known. Works after a cancelled run, too.
   * @returns what is kept, in words; undefined for nothing
   */
  readonly putAway: (outcome: ArchiveOutcome) => Promise<string | undefined>;
}
