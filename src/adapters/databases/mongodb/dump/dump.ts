/**
 * A dump in progress: a first reading of the source, mongodump, and a second reading. MongoDB's tools take no snapshot of the
 * collections that they read, so what moved between the readings is told and not compared (docs/mongodb.md).
 */
import { join } from 'node:path';
import { deserialize, type Timestamp } from 'bson';
import type { MongoClient } from 'mongodb';
import type { ArchiveCollection, Namespace } from '../../../../anonymize/bson/format/archive.ts';
import type { DumpFingerprint } from '../../../../domain/dump.ts';
import type { MongoConnection } from '../../../../dump/engines/mongodb/connection.ts';
import { dumpFolder, preludePath } from '../../../../dump/engines/mongodb/dump-paths.ts';
import type { UsersScope } from '../../../../dump/engines/mongodb/fingerprint/users.ts';
import { oplogEntries } from '../../../../dump/engines/mongodb/restore/names.ts';
import { incompleteFingerprint } from '../../../../dump/proof/incomplete.ts';
import type { Definitions, DumpInProgress } from '../../../../ports/dump-engine.ts';
import { compressed } from '../../../../runtime/compression/compressed.ts';
import type { WorkContext } from '../../../../runtime/context.ts';
import { explainInLine } from '../../../../runtime/errors.ts';
import { writeArchive } from '../../archive.ts';
import { hello } from '../client.ts';
import { hashesOf, type Reading, readDatabases } from '../fingerprint.ts';
import type { MongoTools } from '../tools.ts';
import { checkedArchive } from './filter.ts';
import { DumpContent } from './held.ts';
import { countDocuments, keeperOf, lastDocument } from './kept.ts';
import { withMoved } from './moved.ts';
import { KeptOplog } from './oplog.ts';
import { type DumpRun, tarball } from './tarball.ts';

export interface MongoDumpOptions {
  readonly format: 'tarball' | 'archive';
  /** gzip, 1 to 9. */
  readonly level: number;
  /** Whether users and roles are dumped. */
  readonly users: boolean;
}

export interface MongoSource {
  /** As the tools reach the server. */
  readonly connection: MongoConnection;
  readonly client: MongoClient;
  readonly tools: MongoTools;
  readonly serverVersion: string;
  readonly databases: readonly string[];
  /** Whether these are all of the server, so that one run of mongodump has them. */
  readonly whole: boolean;
  /** Whether the oplog is dumped, too. */
  readonly oplog: boolean;
}

/** Gets the words of the source's definitions, which receipts hold as hashes. */
type OnWords = (words: Definitions) => void;

/** @throws BackupError when mongodump cannot begin */
export async function beginDump(
  source: MongoSource,
  folder: string,
  options: MongoDumpOptions,
  context: WorkContext,
  onWords: OnWords,
): Promise<DumpInProgress> {
  const startedAt = context.clock.now();
  const { localTime } = await hello(source.client).catch(() => ({ localTime: undefined }));
  const serverTime = localTime instanceof Date ? localTime : startedAt;
  const recentSince = Math.floor(serverTime.getTime() / 1000);
  const databases = source.databases.map((name) => ({ name, shown: name }));
  const users = usersOf(source, options);
  const what = 'first reading of the documents';
  const before = await attempt(
    () => readDatabases({ client: source.client, databases, recentSince, users, what }, context),
    context,
  );
  const takenAt = new Date(serverTime.getTime() + context.clock.now().getTime() - startedAt.getTime());
  const content = new DumpContent(
    keeperOf(source.databases, false),
    recentSince,
    'error' in before ? [] : before.tables,
  );
  const dump = new RunningDump(source, takenAt, folder, options, content, context);
  return {
    takenAt: takenAt.toISOString(),
    archive: (upload, onProgress) => dump.write(upload, onProgress),
    fingerprint: async (archive) => {
      const base = {
        ...empty,
        takenAt: serverTime.toISOString(),
        serverVersion: source.serverVersion,
        databases: source.databases,
      };
      // A dump that failed needs no fingerprint; its error is the one that counts.
      await archive;
      const seconds = (): number => (context.clock.now().getTime() - startedAt.getTime()) / 1000;
      if ('error' in before) return incompleteFingerprint({ ...base, seconds: seconds() }, explainInLine(before.error));
      onWords(before.words);
      const { tables: like } = before;
      const second = 'second reading of the documents';
      const again = { client: source.client, databases, recentSince, like, users, what: second };
      const after = await attempt(() => readDatabases(again, context), context);
      const moved = await attempt(
        () => withMoved(source.client, before, after, content, recentSince, context),
        context,
      );
      const facts = factsOf(before, moved, content, context.clock.now());
      const fingerprint = { ...base, ...facts, ...dump.oplogFacts(facts.objects), seconds: seconds() };
      return 'error' in moved ? incompleteFingerprint(fingerprint, explainInLine(moved.error)) : fingerprint;
    },
    end: async () => {},
  };
}

/** An archive is one stream, and an oplog belongs to the whole server, as its users do; otherwise each database is a run of its own. */
function isOneRun({ databases, oplog, whole }: MongoSource, { format, users }: MongoDumpOptions): boolean {
  return oplog || (format === 'archive' && databases.length !== 1) || (users && (whole || databases.length !== 1));
}

/** mongodump has all users with the whole server, and those of one database with that alone (--dumpDbUsersAndRoles). */
function usersOf(source: MongoSource, options: MongoDumpOptions): UsersScope | undefined {
  if (!options.users) return undefined;
  return { database: isOneRun(source, options) ? undefined : source.databases[0] };
}

const empty = { seconds: 0, tables: [], sequences: {}, extensions: {}, objects: {} };

type Attempted<T> = T | { readonly error: unknown };

/** A fingerprint that fails costs the proof, never the archive. @throws the signal's reason */
async function attempt<T extends object>(work: () => Promise<T>, { signal }: WorkContext): Promise<Attempted<T>> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    return { error };
  }
}

/** What two readings of a source say of it. @param content what the dump holds */
export function factsOf(
  before: Reading,
  after: Attempted<Reading>,
  content: DumpContent,
  now: Date,
): Partial<DumpFingerprint> & Pick<DumpFingerprint, 'tables' | 'objects'> {
  const leftOut = before.leftOut.map((name) => ({
    what: `documents of ${name}`,
    why: 'mongodump leaves out collections with a dollar in their name; rename it, or dump it by itself',
  }));
  const definitions = hashesOf(before.words);
  const { objects, expiring } = before;
  const facts = { objects, definitions, unread: [...before.unread, ...leftOut], expiring };
  if ('error' in after) return { ...facts, tables: before.tables };
  return {
    ...facts,
    ...withoutStill(before, after, content, now),
    unread: [...facts.unread, ...unlike(before.unread, after.unread)],
  };
}

/**
 * Classes are kept only of collections that moved, or of which a server deletes documents: of the others the sum of all says the
 * same. One of which the dump holds other
 * documents than the readings saw moved, too, or something is wrong.
 */
function withoutStill(
  before: Reading,
  after: Reading,
  content: DumpContent,
  now: Date,
): Pick<DumpFingerprint, 'tables' | 'after' | 'held'> {
  const held = content.compared(before, after);
  const others = new Set(held.tables.map(({ name }) => name));
  const later = new Map(after.tables.map((one) => [one.name, one]));
  const still = new Set(
    before.tables
      .filter(({ name, rows, checksum }) => later.get(name)?.rows === rows && later.get(name)?.checksum === checksum)
      .filter(({ name }) => !others.has(name) && !before.expiring.includes(name))
      .map(({ name }) => name),
  );
  const plain = <T extends { readonly name: string }>(one: T): T =>
    still.has(one.name) ? { ...one, classes: undefined } : one;
  return {
    tables: before.tables.map(plain),
    after: { takenAt: now.toISOString(), tables: after.tables.map(plain), definitions: hashesOf(after.words) },
    held,
  };
}

function unlike(before: Reading['unread'], after: Reading['unread']): Reading['unread'] {
  return after.filter(({ what }) => before.every((one) => one.what !== what));
}

/** `database` is undefined for all of the server. */
type MongodumpRun = DumpRun & { readonly database: string | undefined };

/** mongodump, and the files that are made of what it writes. */
class RunningDump {
  readonly #source: MongoSource;
  readonly #takenAt: Date;
  readonly #folder: string;
  readonly #options: MongoDumpOptions;
  readonly #context: WorkContext;
  /** `1732608000:3`: where the oplog of the dump ends. */
  oplogEnd: string | undefined;
  /** Entries of the oplog that a restore replays. */
  oplogEntries = 0;
  readonly #content: DumpContent;

  constructor(
    source: MongoSource,
    takenAt: Date,
    folder: string,
    options: MongoDumpOptions,
    content: DumpContent,
    context: WorkContext,
  ) {
    this.#source = source;
    this.#takenAt = takenAt;
    this.#folder = folder;
    this.#options = options;
    this.#content = content;
    this.#context = context;
  }

  oplogFacts(objects: DumpFingerprint['objects']): Pick<DumpFingerprint, 'objects' | 'position'> {
    if (this.oplogEnd === undefined) return { objects };
    return { objects: { ...objects, [oplogEntries]: this.oplogEntries }, position: { oplog: this.oplogEnd } };
  }

  readonly write: DumpInProgress['archive'] = async (upload, onProgress) => {
    const { signal } = this.#context;
    const path = join(this.#folder, 'archive');
    const bytes = await writeArchive(compressed(this.#stream(), this.#options.level), {
      path,
      upload,
      onProgress,
      signal,
    });
    return { path, bytes, warnings: [] };
  };

  #stream(): AsyncIterable<Buffer> {
    const { databases } = this.#source;
    const { format, users } = this.#options;
    const { signal } = this.#context;
    const keeps = keeperOf(databases, users);
    // Users are those of the moment at which mongodump reads them: a restore must not make or drop one by the oplog.
    const replayed = new KeptOplog(keeperOf(databases, false));
    const oplog = (documents: Buffer): Buffer => this.#oplog(documents, replayed);
    const runs = this.#runs();
    const noted = {
      onCollections: (collections: readonly ArchiveCollection[]) => this.#content.announce(collections),
      onDocuments: (namespace: Namespace, documents: Buffer) => this.#content.add(namespace, documents),
    };
    if (format === 'tarball')
      return tarball({
        runs,
        keeps,
        root: dumpFolder(this.#takenAt.toISOString()),
        takenAt: this.#takenAt,
        folder: join(this.#folder, 'collections'),
        oplog,
        ...noted,
        signal,
      });
    const [run] = runs as [MongodumpRun];
    return checkedArchive(run.output(), {
      keeps: run.database === undefined ? keeps : undefined,
      oplog,
      ...noted,
      signal,
    });
  }

  #runs(): readonly MongodumpRun[] {
    const { databases, oplog } = this.#source;
    const { users } = this.#options;
    if (isOneRun(this.#source, this.#options)) return [this.#run(undefined, oplog ? ['--oplog'] : [])];
    return databases.map((name, at) => this.#run(name, users ? ['--dumpDbUsersAndRoles'] : [], at));
  }

  /** @param at its place among the runs: one `prelude.json` is enough */
  #run(database: string | undefined, more: readonly string[], at = 0): MongodumpRun {
    const { tools, connection } = this.#source;
    const what = `mongodump of ${database ?? connection.shown}`;
    const parameters = ['--archive', ...(database === undefined ? [] : [`--db=${database}`]), ...more];
    const { signal } = this.#context;
    const alone = database !== undefined && !this.#source.whole && this.#source.databases.length === 1;
    const prelude = at > 0 ? undefined : alone ? `${database}/${preludePath}` : preludePath;
    return {
      database,
      prelude,
      output: () => tools.output({ tool: 'mongodump', parameters, connection, what, signal }),
    };
  }

  #oplog(documents: Buffer, replayed: KeptOplog): Buffer {
    const last = lastDocument(documents);
    const { ts } = (last ? deserialize(last) : {}) as { ts?: Timestamp };
    if (ts !== undefined) this.oplogEnd = `${ts.getHighBits() >>> 0}:${ts.getLowBits() >>> 0}`;
    const kept = replayed.of(documents);
    this.#content.replay(kept);
    this.oplogEntries += countDocuments(kept);
    return kept;
  }
}
