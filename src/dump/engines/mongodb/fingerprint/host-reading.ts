/**
 * Reads the facts of a server on its own host, inside mongosh: the same sums and definitions as on the runner. This file and those that
 * it imports become part of a host script (scripts/host-scripts.ts), so they import nothing else. It runs as it is: mongosh rewrites what
 * it is given (its README, "async rewriter"), which costs a tenth of a millisecond a document.
 */
import { type CollectionInfo, collectionWords, indexWords, isImplied, isOfServer, isSkipped } from './definitions.ts';
import { classesFor, DocumentSums } from './document-sums.ts';

type Document = Readonly<Record<string, unknown>>;

/** The part of mongosh's `Mongo` that is used (MongoDB manual, mongosh Methods). Called from
 * outside its rewriting, it gives promises. */
export interface ShellConnection {
  readonly getDB: (name: string) => ShellDatabase;
}

interface ShellDatabase {
  readonly runCommand: (command: Document) => Promise<Document>;
  readonly getCollection: (name: string) => {
    readonly find: (query: Document, projection: Document, options: Document) => ShellCursor | Promise<ShellCursor>;
  };
}

interface ShellCursor {
  readonly hasNext: () => Promise<boolean>;
  readonly next: () => Promise<unknown>;
}

export interface HostTable {
  readonly name: string;
  readonly rows: string;
  readonly checksum: string;
  readonly classes?: readonly string[] | undefined;
}

/** One reading, as the host prints it. */
export interface HostReading {
  /** Seconds since 1970, by the server's clock, when the first reading began. */
  readonly since: number;
  readonly databases: readonly string[];
  readonly tables: readonly HostTable[];
  readonly words: Readonly<Record<string, string>>;
  readonly objects: Readonly<Record<string, number>>;
  readonly unread: readonly { readonly what: string; readonly why: string }[];
  readonly leftOut: readonly string[];
}

export interface HostReadingInput {
  /** Names; empty for all but the server's own. */
  readonly databases: readonly string[];
  /** The first reading, where this is the second. */
  readonly before: HostReading | null;
}

/** What travels through SSM must stay small, so that there are fewer classes than the runner makes. */
const mostClasses = 256;
/** Documents that the server sends at once. */
const batch = 1000;

/** Marks what is told among all that mongosh prints. */
const told = (value: unknown): string => `holdfast:${JSON.stringify(value)}`;

/** @returns what a host is asked before its dump; mongosh's `print` waits for it */
export async function inspectOnHost(connection: ShellConnection): Promise<string> {
  const admin = connection.getDB('admin');
  const about = await admin.runCommand({ buildInfo: 1 });
  const { databases } = (await admin.runCommand({ listDatabases: 1 })) as {
    databases: readonly { readonly name: string; readonly sizeOnDisk?: unknown }[];
  };
  const listed = databases.map(({ name, sizeOnDisk }) => ({ name, bytes: Number(sizeOnDisk ?? 0) }));
  return told({ version: String(about.version), databases: listed });
}

/** @returns the first reading; or, given that, both, with classes only where something moved */
export async function readOnHost(connection: ShellConnection, input: HostReadingInput): Promise<string> {
  const { before } = input;
  const reader = new HostReader(connection, before);
  const reading = await reader.read(before?.databases ?? input.databases);
  if (before === null) return told(reading);
  const still = (table: HostTable, others: readonly HostTable[]): HostTable => {
    const other = others.find(({ name }) => name === table.name);
    const same = other?.rows === table.rows && other.checksum === table.checksum;
    return same ? { name: table.name, rows: table.rows, checksum: table.checksum } : table;
  };
  return told({
    before: { ...before, tables: before.tables.map((one) => still(one, reading.tables)) },
    after: { ...reading, tables: reading.tables.map((one) => still(one, before.tables)) },
  });
}

class HostReader {
  readonly #connection: ShellConnection;
  readonly #before: HostReading | null;
  readonly #tables: HostTable[] = [];
  readonly #words: Record<string, string> = {};
  readonly #objects: Record<string, number> = { databases: 0, collections: 0, views: 0, indexes: 0 };
  readonly #unread: { readonly what: string; readonly why: string }[] = [];
  readonly #leftOut: string[] = [];
  #since = 0;

  constructor(connection: ShellConnection, before: HostReading | null) {
    this.#connection = connection;
    this.#before = before;
  }

  async read(wanted: readonly string[]): Promise<HostReading> {
    const admin = this.#connection.getDB('admin');
    // The name that all servers know.
    const { localTime } = await admin.runCommand({ isMaster: 1 });
    this.#since = this.#before?.since ?? Math.floor(Number(localTime instanceof Date ? localTime : new Date()) / 1000);
    const databases = wanted.length > 0 ? wanted : await this.#all();
    for (const name of databases) await this.#database(name);
    return {
      since: this.#since,
      databases,
      tables: this.#tables,
      words: this.#words,
      objects: this.#objects,
      unread: this.#unread,
      leftOut: this.#leftOut,
    };
  }

  async #all(): Promise<readonly string[]> {
    const { databases } = (await this.#connection.getDB('admin').runCommand({ listDatabases: 1, nameOnly: true })) as {
      databases: readonly { readonly name: string }[];
    };
    return databases
      .map(({ name }) => name)
      .filter((name) => name !== 'admin' && name !== 'config' && name !== 'local')
      .sort();
  }

  async #database(database: string): Promise<void> {
    const listed = await this.#attempt(`the collections of ${database}`, () =>
      this.#list(database, { listCollections: 1 }, '$cmd.listCollections'),
    );
    if (listed === undefined) return;
    this.#count('databases');
    const infos = listed.map(({ name, type = 'collection', options = {} }) => ({ name, type, options }));
    for (const info of infos as CollectionInfo[]) {
      if (isOfServer(info.name)) continue;
      if (isSkipped(info.name)) this.#leftOut.push(`${database}.${info.name}`);
      else await this.#collection(database, info);
    }
  }

  async #collection(database: string, info: CollectionInfo): Promise<void> {
    const name = `${database}.${info.name}`;
    const view = info.type === 'view';
    this.#words[`${view ? 'VIEW' : 'COLLECTION'} ${name}`] = collectionWords(info);
    this.#count(view ? 'views' : 'collections');
    if (info.type === 'timeseries') this.#count('time series');
    if (view) return;
    await this.#attempt(`definitions of ${name}`, async () => {
      for (const index of await this.#list(database, { listIndexes: info.name }, info.name)) {
        if (isImplied(index)) continue;
        this.#words[`INDEX ${name}.${String(index.name)}`] = indexWords(index);
        this.#count('indexes');
      }
    });
    const sums = await this.#attempt(`documents of ${name}`, () => this.#sums(database, info.name));
    if (sums === undefined) return;
    const classes = sums.classes.map((one) => `${one.documents}:${one.sum}`);
    this.#tables.push({ name, rows: String(sums.total.documents), checksum: String(sums.total.sum), classes });
  }

  async #sums(database: string, collection: string): Promise<DocumentSums> {
    const known = this.#before?.tables.find(({ name }) => name === `${database}.${collection}`);
    const db = this.#connection.getDB(database);
    let classes = (known?.classes?.length ?? 0) - 1;
    if (classes < 1) {
      const { n } = await db.runCommand({ count: collection });
      classes = Math.min(mostClasses, classesFor(Number(n ?? 0)));
    }
    const sums = new DocumentSums({ classes, recentSince: this.#since });
    const cursor = await db.getCollection(collection).find({}, {}, { raw: true, batchSize: batch });
    while (await cursor.hasNext()) {
      const document = await cursor.next();
      if (!Buffer.isBuffer(document)) throw new Error('this mongosh does not give documents as the server stores them');
      sums.add(document);
    }
    return sums;
  }

  /** All that a command with a cursor lists. */
  async #list(database: string, command: Document, namespace: string): Promise<readonly Document[]> {
    const db = this.#connection.getDB(database);
    const found: Document[] = [];
    let answer = await db.runCommand({ ...command, cursor: {} });
    for (;;) {
      const { cursor, ok, errmsg } = answer as {
        readonly cursor?: { readonly id: unknown } & Readonly<Record<string, readonly Document[]>>;
        readonly ok?: unknown;
        readonly errmsg?: unknown;
      };
      if (cursor === undefined) throw new Error(String(errmsg ?? `the answer says ok: ${String(ok)}`));
      found.push(...(cursor.firstBatch ?? cursor.nextBatch ?? []));
      if (String(cursor.id) === '0') return found;
      answer = await db.runCommand({ getMore: cursor.id, collection: namespace });
    }
  }

  #count(kind: string): void {
    this.#objects[kind] = (this.#objects[kind] ?? 0) + 1;
  }

  /** What cannot be read costs the proof alone. */
  async #attempt<T>(what: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      this.#unread.push({ what, why: String((error as Error).message ?? error).slice(0, 500) });
      return undefined;
    }
  }
}
