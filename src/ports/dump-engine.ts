/** A database engine, through its own tools. */
import type { DumpFileKind, DumpFingerprint } from '../domain/dump.ts';
import type { Upload } from './objects.ts';

/** A database server as it answers before anything is dumped. */
export interface DatabaseFacts {
  /** `15.20`. */
  readonly serverVersion: string;
  readonly toolsVersion: string;
  /** For people: `shop on db.example.org:5432`. */
  readonly shown: string;
  readonly database: string;
  readonly bytes: number;
  /** Where the dump runs: `runner`, or the host. */
  readonly place: string;
  readonly notes: readonly string[];
}

/** A dump at work: one snapshot, from which fingerprint and archive come. */
export interface DumpInProgress {
  /** ISO 8601, the server's clock: the point in time of the backup. */
  readonly takenAt: string;
  /** @param written is waited for before what moves on under a snapshot is read once more */
  readonly fingerprint: (written: Promise<unknown>) => Promise<DumpFingerprint>;
  /**
   * Brings the archive into a folder of the runner and into the bucket.
   * @param tell is told bytes now and then
   * @returns where it is, for `sql`. @throws BackupError when pg_dump failed
   */
  readonly archive: (
    folder: string,
    upload: Upload,
    tell: (bytes: number) => void,
  ) => Promise<{ readonly path: string; readonly bytes: number }>;
  /** Once the snapshot is no longer needed. */
  readonly end: () => Promise<void>;
}

/** A database that exists for one restore. */
export interface Scratch {
  /** Restores what it reads, up to the first error. @throws BackupError */
  readonly restore: (kind: DumpFileKind, source: AsyncIterable<Buffer>) => Promise<void>;
  readonly fingerprint: () => Promise<DumpFingerprint>;
  readonly drop: () => Promise<void>;
}

/** The engine of a dump: the database's own tools. */
export interface DumpEngine {
  /** @throws BackupError when the tools cannot read the server */
  readonly inspect: () => Promise<DatabaseFacts>;
  readonly begin: () => Promise<DumpInProgress>;
  /**
   * Once its fate is known: what is kept of the archive where it was made, in words; undefined for nothing. Also at the end
   * of a cancelled run.
   */
  readonly putAway: (outcome: 'proven' | 'unproven' | 'discard') => Promise<string | undefined>;
  /** SQL of an archive in a file; of its definitions alone when asked. @throws BackupError at its end */
  readonly sql: (archive: string, definitionsOnly: boolean) => AsyncIterable<Buffer>;
  /** Reads an archive to its end. @throws BackupError when something is missing */
  readonly readThrough: (archive: string) => Promise<void>;
  /** Removes scratch databases whose owner is over. @returns what was removed */
  readonly sweep: (isOver: (owner: string) => Promise<boolean>) => Promise<readonly string[]>;
  /** @param owner key of the run that makes it, and name of the source: KEY:NAME */
  readonly scratch: (owner: string, fingerprint: DumpFingerprint) => Promise<Scratch>;
}
