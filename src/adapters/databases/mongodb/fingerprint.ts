/** Reads the facts of databases that a restored copy must match: every document once, and all definitions. */
import { createHash } from 'node:crypto';
import type { MongoClient } from 'mongodb';
import type { TableFingerprint, UnreadFact } from '../../../domain/dump.ts';
import { isView } from '../../../dump/engines/mongodb/fingerprint/definitions.ts';
import type { DocumentSums } from '../../../dump/engines/mongodb/fingerprint/document-sums.ts';
import { type UsersScope, usersAndRoles } from '../../../dump/engines/mongodb/fingerprint/users.ts';
import type { Definitions } from '../../../ports/dump-engine.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { explainInLine } from '../../../runtime/errors.ts';
import { logProgress } from '../../../runtime/progress.ts';
import { definitionsOf, isLeftOut, type Listed, listCollections } from './catalogue.ts';
import { mongoFailed } from './causes.ts';
import { readDocuments } from './read-documents.ts';
import { readUsers } from './users.ts';

export interface Reading {
  readonly tables: readonly TableFingerprint[];
  readonly words: Definitions;
  /** Number of objects by kind. */
  readonly objects: Readonly<Record<string, number>>;
  readonly unread: readonly UnreadFact[];
  /** Collections that a dump leaves out. */
  readonly leftOut: readonly string[];
  /** Collections of which the server deletes old documents. */
  readonly expiring: readonly string[];
}

export interface ReadingOptions {
  readonly client: MongoClient;
  /** Databases, and the names under which they are told: those of a copy have others in their server. */
  readonly databases: readonly { readonly name: string; readonly shown: string }[];
  /** Seconds since 1970: see ClassRule. */
  readonly recentSince: number;
  /** An earlier reading, whose classes are used again. */
  readonly like?: readonly TableFingerprint[] | undefined;
  /** Whether each field at the top gets a sum of its own. */
  readonly fields?: boolean | undefined;
  /** Undefined where users and roles are not asked for. */
  readonly users?: UsersScope | undefined;
  /** A collection that is not read: the mark of a copy. */
  readonly mark?: string | undefined;
  /** For the progress: "documents of the source". */
  readonly what: string;
}

/** @throws the signal's reason; BackupError when the server cannot be read at all */
export async function readDatabases(options: ReadingOptions, context: WorkContext): Promise<Reading> {
  const reader = new Reader(options, context);
  for (const one of options.databases) await reader.database(one);
  if (options.users) await reader.users(options.users);
  return reader.reading;
}

class Reader {
  readonly #options: ReadingOptions;
  readonly #signal: AbortSignal;
  readonly #onProgress: (bytes: number) => void;
  readonly #classes: ReadonlyMap<string, number>;
  readonly #tables: TableFingerprint[] = [];
  readonly #words = new Map<string, string>();
  readonly #unread: UnreadFact[] = [];
  readonly #leftOut: string[] = [];
  readonly #expiring: string[] = [];
  readonly #objects: Record<string, number> = { databases: 0, collections: 0, views: 0, indexes: 0 };
  #bytes = 0;

  constructor(options: ReadingOptions, context: WorkContext) {
    this.#options = options;
    this.#signal = context.signal;
    this.#onProgress = logProgress(context, options.what);
    const known = (options.like ?? []).flatMap(({ name, classes }) =>
      classes ? [[name, classes.length - 1] as const] : [],
    );
    this.#classes = new Map(known);
  }

  get reading(): Reading {
    return {
      tables: this.#tables,
      words: this.#words,
      objects: this.#objects,
      unread: this.#unread,
      leftOut: this.#leftOut,
      expiring: this.#expiring,
    };
  }

  async database({ name, shown }: { readonly name: string; readonly shown: string }): Promise<void> {
    const listed = await this.#attempt(`the collections of ${shown}`, () =>
      listCollections(this.#options.client, name, this.#options.mark),
    );
    if (listed === undefined) return;
    this.#count('databases');
    for (const one of listed)
      if (isLeftOut(one)) this.#leftOut.push(`${shown}.${one.name}`);
      else await this.#collection(one, shown);
  }

  async users(scope: UsersScope): Promise<void> {
    const found = await this.#attempt(usersAndRoles, () => readUsers(this.#options.client, scope));
    for (const [id, text] of found ?? []) {
      this.#words.set(id, text);
      this.#count(id.startsWith('USER ') ? 'users' : 'roles');
    }
  }

  async #collection(one: Listed, shown: string): Promise<void> {
    const name = `${shown}.${one.name}`;
    const { client } = this.#options;
    const found = await this.#attempt(`definitions of ${name}`, () => definitionsOf(client, one).catch(orGone));
    if (found === 'gone') return;
    if (found?.expires) this.#expiring.push(name);
    for (const [id, text] of found?.words ?? []) {
      this.#words.set(
        id.replace(` ${one.database}.`, () => ` ${shown}.`),
        text,
      );
      if (id.startsWith('INDEX ')) this.#count('indexes');
    }
    this.#count(isView(one) ? 'views' : 'collections');
    if (one.type === 'timeseries') this.#count('time series');
    if (isView(one)) return;
    const sums = await this.#attempt(`documents of ${name}`, () => this.#read(one, name));
    if (sums !== undefined) this.#tables.push(tableOf(name, sums));
  }

  #read(one: Listed, name: string): Promise<DocumentSums> {
    const { client, recentSince, fields } = this.#options;
    const classes = this.#classes.get(name);
    const rule = classes === undefined ? undefined : { classes, recentSince };
    const onBytes = (bytes: number): void => {
      this.#bytes += bytes;
      this.#onProgress(this.#bytes);
    };
    return readDocuments(client, one, { rule, recentSince, fields, signal: this.#signal, onBytes });
  }

  #count(kind: string): void {
    this.#objects[kind] = (this.#objects[kind] ?? 0) + 1;
  }

  /** What cannot be read costs the proof alone. */
  async #attempt<T>(what: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#unread.push({ what, why: explainInLine(mongoFailed(`${what} could not be read`, error)) });
      return undefined;
    }
  }
}

/** A collection that is dropped once it was listed is none of this reading's (error code 26, NamespaceNotFound). */
function orGone(error: unknown): 'gone' {
  if ((error as { readonly code?: unknown }).code === 26) return 'gone';
  throw error;
}

export function tableOf(name: string, sums: DocumentSums): TableFingerprint {
  const { documents, sum } = sums.total;
  const classes = sums.classes.map((one) => `${one.documents}:${one.sum}`);
  const { fields: columns } = sums;
  const table = { name, rows: String(documents), checksum: String(sum), classes };
  return columns === undefined ? table : { ...table, columns };
}

/** Hashes of definitions, as receipts hold them. */
export function hashesOf(words: Definitions): Readonly<Record<string, string>> {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
  return Object.fromEntries([...words].map(([id, text]) => [id, hash(text)]));
}
