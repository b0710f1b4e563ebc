/** What the commands restore, fetchdb and populatedb need of an engine. Each engine is one implementation. */
import type { DumpFile, DumpReceipt } from '../../../src/domain/dump.ts';
import { compressionOf } from '../../../src/runtime/compression/format.ts';
import { BackupError } from '../../../src/runtime/errors.ts';

export interface Loader {
  /** As the receipt names it. */
  readonly engine: string;
  /** For people: `PostgreSQL`. */
  readonly product: string;
  /** Which URLs are of this engine. */
  readonly scheme: RegExp;
  /** A URL with everything that it may have, for people. */
  readonly urlForm: string;
  /** The database that populatedb loads when nobody names one. */
  readonly localUrl: string;
  /** What can be chosen of a dump: one of its databases, the accounts. */
  readonly choices: readonly ('only' | 'users')[];
  /** Endings of the anonymised files that fetchdb fetches. */
  readonly endings: readonly string[];
  /**
   * @param setting where the URL comes from, for errors
   * @throws ConfigurationError; its text does not contain the URL, which holds a password
   */
  readonly target: (url: string, setting: string) => LoadTarget;
}

/** A database, or a server with all its databases, as a URL names it. */
export interface LoadTarget {
  /** For people: `shop on db.example.org:5432`. */
  readonly shown: string;
  /** Name or address of the server, for whether it is on this computer; a path for a socket; empty for the default socket. */
  readonly host: string;
  /** Prints the commands that do the same by hand, for the day on which this one is not at hand. */
  readonly byHand: (file: DumpFile, receipt: DumpReceipt, options: RestoreOptions) => string;
  /** @throws BackupError when it cannot be restored; then a database that was there is as it was, unless the error says otherwise */
  readonly restore: (dump: DumpToRestore, options: RestoreOptions) => Promise<void>;
  readonly populate: (file: FileToLoad, options: PopulateOptions) => Promise<void>;
}

export interface RestoreOptions {
  /** Into a new database, which replaces the old one. */
  readonly replace: boolean;
  /** Of a dump of several databases, the one to restore. */
  readonly only?: string | undefined;
  /** Also the accounts of the server. */
  readonly users?: boolean | undefined;
}

export interface PopulateOptions {
  /** Also a database that these commands did not make. */
  readonly replace: boolean;
  readonly only?: string | undefined;
}

/** Loads bytes. @throws when they cannot be loaded */
export type Load = (bytes: AsyncIterable<Buffer>) => Promise<void>;

export interface DumpToRestore {
  readonly file: DumpFile;
  readonly receipt: DumpReceipt;
  /** Reads the file from S3, shows how far it is. @throws BackupError when it is not the file of the receipt */
  readonly through: (load: Load) => Promise<void>;
}

export interface FileToLoad {
  /** Path. */
  readonly from: string;
  /** Reads it, and shows how far it is. */
  readonly through: (load: Load) => Promise<void>;
}

/** Quotes a word for the shell. */
export function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Name of the file when it is fetched. */
export const fileName = (file: DumpFile): string => file.key.split('/').at(-1) ?? 'dump';

/** The command that decompresses SQL, by the name of its file. */
export const reader = (name: string): string => (compressionOf(name) === 'zstd' ? 'zstd -dc' : 'zcat');

/** Commands that fetch a file of a dump, and check it. */
export function fetchByHand(file: DumpFile): string {
  const name = word(fileName(file));
  const version = file.versionId ? ` --version-id ${file.versionId}` : '';
  return `By hand:
  aws s3api get-object --bucket ${file.bucket} --key ${word(file.key)}${version} ${name}
  echo '${file.sha256}  ${fileName(file)}' | sha256sum --check`;
}

/** What to say of a database that holds something, where nothing may be replaced. */
export function notEmpty(shown: string): BackupError {
  return new BackupError({
    what: `the database ${shown} is not empty; nothing was changed`,
    fix: 'restore into an empty database, or give --replace: it restores into a new one, which then replaces this one',
  });
}

/** What to say of a database that populatedb did not make. */
export function notOurs(shown: string): BackupError {
  return new BackupError({
    what: `the database ${shown} is not empty, and this command did not make it`,
    fix: 'give --replace to replace it, or another database in --to',
  });
}

/** Note in databases that populatedb made. */
const populated = 'loaded by npm run populatedb; may be replaced by it';

/** What is asked of an engine that can load beside what is there. */
export interface LoadRequest {
  readonly through: (load: Load) => Promise<void>;
  readonly only: string | undefined;
  readonly users: boolean;
  /** Beside what is there, which it then replaces. */
  readonly beside: boolean;
  /** What to say of a database that may not be replaced; undefined when any may. */
  readonly refuse: ((shown: string) => BackupError) | undefined;
  /** What a loaded database keeps. */
  readonly note: string | undefined;
}

/** How such an engine restores and populates. */
export function loadedBy(load: (request: LoadRequest) => Promise<void>): Pick<LoadTarget, 'restore' | 'populate'> {
  return {
    restore: ({ through }, { replace, only, users = false }) =>
      load({ through, only, users, beside: replace, refuse: replace ? undefined : notEmpty, note: undefined }),
    populate: ({ through }, { replace, only }) =>
      load({ through, only, users: false, beside: true, refuse: replace ? undefined : notOurs, note: populated }),
  };
}
