/**
 * Reads the facts of a server on its own host, inside mongosh: the same sums and definitions as on the runner. This file and those that
 * it imports become part of a host script (scripts/host-scripts.ts), so they import nothing else. It runs as it is: mongosh rewrites what
 * it is given (its README, "async rewriter"), which costs a tenth of a millisecond a document.
 */
import {
  type CollectionDefinitions,
  type CollectionInfo,
  isOfServer,
  isSkipped,
  isView,
  wordsOf,
} from './definitions.ts';
import { classesFor, DocumentSums } from './document-sums.ts';
import { codeOf, listingOf, unauthorized } from './listing.ts';
import { exact } from './ordered.ts';

type Document = Readonly<Record<string, unknown>>;

/** The part of mongosh's `Mongo` that is used (MongoDB manual, mongosh Methods). Called from
 * outside its rewriting, it gives promises. */
export interface ShellConnection {
  readonly getDB: (name: string) => ShellDatabase;
}

interface ShellDatabase {
  readonly runCommand: (command: Document, options?: Document) => Promise<Document>;
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
  /** `DOCUMENTS:CHECKSUM` of each class, and of the recent documents. */
  readonly classes: readonly string[];
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
  /** Collections of which the server deletes old documents. */
  readonly expiring: readonly string[];
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
/** Code of its error NamespaceNotFound: a collection that was dropped once it was listed. */
const namespaceNotFound = 26;

/** Marks what is told among all that mongosh prints. */
const told = (value: unknown): string => `holdfast:${JSON.stringify(value)}`;

/** @returns what a host is asked before its dump; mongosh's `print` waits for it */
export async function inspectOnHost(connection: ShellConnection): Promise<string> {
  const admin = connection.getDB('admin');
  const about = await admin.runCommand({ buildInfo: 1 });
  const { msg } = await admin.runCommand({ isMaster: 1 });
  const { databases, extent } = await listingOf((command) => admin.runCommand(command));
  const [user, denied, inServers] = [await userOf(connection), [] as string[], {} as Record<string, readonly string[]>];
  for (const { name } of databases)
    try {
      const names = await collectionsIn(connection, name);
      if (serversOwn(name)) inServers[name] = names;
    } catch (error) {
      if (serversOwn(name)) continue;
      if (codeOf(error) !== unauthorized) throw error;
      denied.push(name);
    }
  const version = String(about.version);
  return told({ version, databases, extent, sharded: msg === 'isdbgrid', user, denied, inServers });
}

const serversOwn = (name: string): boolean => name === 'admin' || name === 'config' || name === 'local';

/** Empty for none, and where a server does not say it. */
async function userOf(connection: ShellConnection): Promise<string> {
  try {
    const { authInfo } = await connection.getDB('admin').runCommand({ connectionStatus: 1 });
    const { authenticatedUsers = [] } = authInfo as { authenticatedUsers?: readonly { readonly user: string }[] };
    return authenticatedUsers[0]?.user ?? '';
  } catch {
    return '';
  }
}

/** Collections of the first batch; the first of them is read, so that a role that is missing is named before anything is dumped. */
async function collectionsIn(connection: ShellConnection, database: string): Promise<readonly string[]> {
  const db = connection.getDB(database);
  const { cursor } = await db.runCommand({ listCollections: 1, nameOnly: true });
  const { firstBatch } = cursor as {
    readonly firstBatch: readonly { readonly name: string; readonly type?: string }[];
  };
  const first = firstBatch.find(({ name, type = 'collection' }) => type === 'collection' && !isOfServer(name));
  if (first && !serversOwn(database)) await db.runCommand({ find: first.name, limit: 1, projection: { _id: 1 } });
  return firstBatch.map(({ name }) => name).filter((name) => !isOfServer(name));
}

/** @returns the first reading; or, given that, both, with more than one class only where something moved, or expires */
export async function readOnHost(connection: ShellConnection, input: HostReadingInput): Promise<string> {
  const { before } = input;
  const reader = new HostReader(connection, before);
  const reading = await reader.read(before?.databases ?? input.databases);
  if (before === null) return told(reading);
  const still = (table: HostTable, others: readonly HostTable[]): HostTable => {
    const other = others.find(({ name }) => name === table.name);
    const same = other?.rows === table.rows && other.checksum === table.checksum;
    // What a server deletes from the copy is told by its classes.
    return same && !reading.expiring.includes(table.name) ? { ...table, classes: inOne(table.classes) } : table;
  };
  return told({
    before: { ...before, tables: before.tables.map((one) => still(one, reading.tables)) },
    after: { ...reading, tables: reading.tables.map((one) => still(one, before.tables)) },
  });
}

/** As if there were one class, and that of recent documents. */
function inOne(classes: readonly string[]): readonly string[] {
  let [documents, sum] = [0, 0n];
  for (const one of classes.slice(0, -1)) {
    const [count = '0', value = '0'] = one.split(':');
    documents += Number(count);
    sum += BigInt(value);
  }
  return [`${documents}:${BigInt.asUintN(64, sum)}`, ...classes.slice(-1)];
}

class HostReader {
  readonly #connection: ShellConnection;
  readonly #before: HostReading | null;
  readonly #tables: HostTable[] = [];
  readonly #words: Record<string, string> = {};
  readonly #objects: Record<string, number> = { databases: 0, collections: 0, views: 0, indexes: 0 };
  readonly #unread: { readonly what: string; readonly why: string }[] = [];
  readonly #leftOut: string[] = [];
  readonly #expiring: string[] = [];
  #since = 0;

  constructor(connection: ShellConnection, before: HostReading | null) {
    this.#connection = connection;
    this.#before = before;
  }

  async read(wanted: readonly string[]): Promise<HostReading> {
    const admin = this.#connection.getDB('admin');
    // The name that all servers know.
    const { localTime } = await admin.runCommand({ isMaster: 1 });
    this.#since = this.#before?.since ?? Math.floor((Number(localTime) || Date.now()) / 1000);
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
      expiring: this.#expiring,
    };
  }

  async #all(): Promise<readonly string[]> {
    const { databases } = (await this.#connection.getDB('admin').runCommand({ listDatabases: 1, nameOnly: true })) as {
      databases: readonly { readonly name: string }[];
    };
    return databases
      .map(({ name }) => name)
      .filter((name) => !serversOwn(name))
      .sort();
  }

  async #database(database: string): Promise<void> {
    const listed = await this.#attempt(`the collections of ${database}`, () =>
      this.#list(database, { listCollections: 1 }, '$cmd.listCollections'),
    );
    if (listed === undefined) return;
    this.#count('databases');
    const infos = listed.map(({ name, type = 'collection', options = {} }) => ({ name, type, options }));
    for (const info of (infos as CollectionInfo[]).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (isOfServer(info.name)) continue;
      if (isSkipped(info.name)) this.#leftOut.push(`${database}.${info.name}`);
      else await this.#collection(database, info);
    }
  }

  async #collection(database: string, info: CollectionInfo): Promise<void> {
    const name = `${database}.${info.name}`;
    const view = isView(info);
    const found = await this.#attempt(`definitions of ${name}`, () => this.#definitions(database, info));
    if (found === 'gone') return;
    if (found?.expires) this.#expiring.push(name);
    for (const [id, text] of found?.words ?? []) {
      this.#words[id] = text;
      if (id.startsWith('INDEX ')) this.#count('indexes');
    }
    this.#count(view ? 'views' : 'collections');
    if (info.type === 'timeseries') this.#count('time series');
    if (view) return;
    const sums = await this.#attempt(`documents of ${name}`, () => this.#sums(database, info.name));
    if (sums === undefined) return;
    const classes = sums.classes.map((one) => `${one.documents}:${one.sum}`);
    this.#tables.push({ name, rows: String(sums.total.documents), checksum: String(sums.total.sum), classes });
  }

  async #definitions(database: string, info: CollectionInfo): Promise<CollectionDefinitions | 'gone'> {
    try {
      const indexes = isView(info) ? [] : await this.#list(database, { listIndexes: info.name }, info.name);
      for (const one of [info.options, ...indexes]) requireWhole(one);
      return wordsOf(`${database}.${info.name}`, info, indexes);
    } catch (error) {
      if (codeOf(error) === namespaceNotFound) return 'gone';
      throw error;
    }
  }

  async #sums(database: string, collection: string): Promise<DocumentSums> {
    const known = this.#before?.tables.find(({ name }) => name === `${database}.${collection}`);
    const db = this.#connection.getDB(database);
    let classes = (known?.classes.length ?? 0) - 1;
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
    // A mongosh before 2.0 passes over these options.
    let answer = await db.runCommand({ ...command, cursor: {} }, exact);
    for (;;) {
      const { cursor, ok, errmsg } = answer as {
        readonly cursor?: { readonly id: unknown } & Readonly<Record<string, readonly Document[]>>;
        readonly ok?: unknown;
        readonly errmsg?: unknown;
      };
      if (cursor === undefined) throw new Error(String(errmsg ?? `the answer says ok: ${String(ok)}`));
      found.push(...(cursor.firstBatch ?? cursor.nextBatch ?? []));
      if (String(cursor.id) === '0') return found;
      answer = await db.runCommand({ getMore: cursor.id, collection: namespace }, exact);
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

/** @throws Error where JavaScript's objects do not hold what the server stores, and words would differ from those of the copy */
function requireWhole(options: unknown): void {
  if (options instanceof RegExp)
    throw new Error('mongosh before 2.0 does not give regular expressions as the server stores them');
  if (typeof options !== 'object' || options === null || '_bsontype' in options) return;
  const names = Object.keys(options);
  // They put names that are digits first.
  if (!Array.isArray(options) && names.length > 1 && names.some((name) => /^\d+$/.test(name)))
    throw new Error('mongosh does not give the order of fields whose names are digits');
  for (const one of Object.values(options)) requireWhole(one);
}
