/** MongoDB through its own tools, mongodump and mongorestore, and its driver, which reads the facts. */
import type { MongoClient } from 'mongodb';
import type { Comparison, Difference, DumpFingerprint } from '../../../domain/dump.ts';
import { compareMongo } from '../../../dump/engines/mongodb/compare/compare.ts';
import { explainedByRefusals } from '../../../dump/engines/mongodb/compare/explained.ts';
import type { MongoConnection } from '../../../dump/engines/mongodb/connection.ts';
import type { Wanted } from '../../../dump/engines/mongodb/selection.ts';
import type {
  Anonymised,
  DatabaseFacts,
  Definitions,
  DescribedFingerprint,
  DumpEngine,
  DumpInProgress,
  KeptDumps,
  Refusal,
  Scratch,
} from '../../../ports/dump-engine.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { BackupError } from '../../../runtime/errors.ts';
import { connect, withClient } from './client.ts';
import { beginDump, type MongoDumpOptions, type MongoSource } from './dump/dump.ts';
import { type Inspected, inspectServer, type OplogChoice } from './inspect.ts';
import { readThrough } from './read-through.ts';
import { identityOf, type ServerIdentity } from './scratch/identity.ts';
import { sweepCopies } from './scratch/removal.ts';
import { createScratch } from './scratch/scratch.ts';
import { LocalTools, type MongoTools } from './tools.ts';

/** How a server is reached from where its tools run, and from here. */
export interface MongoReach {
  readonly tools: MongoTools;
  /** For the tools. */
  readonly connection: MongoConnection;
  /** For the driver: the same, or through a tunnel. */
  readonly open: () => Promise<OpenReach>;
  /** What the server says of itself, where the driver does not reach it. */
  readonly identity?: (() => Promise<ServerIdentity>) | undefined;
}

export interface OpenReach {
  readonly connection: MongoConnection;
  /** Why there is no connection, where a tunnel knows more than the driver: to that it is only closed. */
  readonly explained?: (error: unknown) => unknown;
  /** Takes the tunnel away. */
  readonly close: () => Promise<void>;
}

export interface MongoOptions extends Wanted, MongoDumpOptions {
  readonly oplog: OplogChoice;
  readonly scratch: MongoConnection | undefined;
  readonly workDirectory: string;
  /** Whether the source is asked at all: a kept dump is proven without it. */
  readonly kept?: boolean | undefined;
}

/** A server that this machine reaches by itself. */
export function reachedHere(connection: MongoConnection, tools: MongoTools): MongoReach {
  return { tools, connection, open: async () => ({ connection, close: async () => {} }) };
}

export class MongoEngine implements DumpEngine, KeptDumps {
  readonly #reach: MongoReach;
  readonly #options: MongoOptions;
  readonly #context: WorkContext;
  readonly #restoring: LocalTools;
  #inspected: Inspected | undefined;
  #words: Definitions | undefined;

  constructor(reach: MongoReach, options: MongoOptions, context: WorkContext) {
    this.#reach = reach;
    this.#options = options;
    this.#context = context;
    this.#restoring = new LocalTools(options.workDirectory, context.signal);
  }

  /** Nothing of the source is needed but what options and fingerprint say. */
  async openReceipt(): Promise<void> {}

  async inspect(): Promise<DatabaseFacts> {
    const { tools, connection } = this.#reach;
    const toolsVersion = await tools.version('mongodump');
    const inspected = await this.#withSource((client) => inspectServer(client, connection, this.#options));
    this.#inspected = inspected;
    const { product, version, bytes, notes, selection } = inspected;
    return {
      product,
      serverVersion: version,
      tool: 'mongodump',
      toolsVersion,
      shown: connection.shown,
      database: connection.database ?? selection.databases.join(' '),
      bytes,
      place: tools.place,
      uncovered: selection.forgotten,
      notes,
    };
  }

  async begin(folder: string): Promise<DumpInProgress> {
    const inspected = this.#inspected;
    if (inspected === undefined) throw new Error('inspect() comes first');
    const { client, close } = await this.#openSource();
    const { tools, connection } = this.#reach;
    const { selection, version: serverVersion, oplog } = inspected;
    const { databases, whole } = selection;
    const source: MongoSource = { connection, client, tools, serverVersion, databases, whole, oplog };
    const onWords = (words: Definitions): void => {
      this.#words = words;
    };
    try {
      const dump = await beginDump(source, folder, this.#options, this.#context, onWords);
      return { ...dump, end: close };
    } catch (error) {
      await close();
      throw error;
    }
  }

  async describe(_archive: string, fingerprint: DumpFingerprint): Promise<DescribedFingerprint> {
    return { ...fingerprint, sql: this.#words };
  }

  readThrough(archive: string): Promise<void> {
    return readThrough(archive, this.#options.format, this.#context.signal);
  }

  async scratch(owner: string, fingerprint: DumpFingerprint): Promise<Scratch> {
    const { scratch, format, users, workDirectory, kept = false } = this.#options;
    if (scratch === undefined)
      throw new BackupError({
        what: 'there is no server on which to restore the dump',
        likelyCause: 'the input scratch-url is not given',
        fix: 'give the job a service container such as mongo:8, and its URL as scratch-url (docs/mongodb.md)',
        code: 'scratch-missing',
      });
    await this.#restoring.version('mongorestore');
    const tools = this.#restoring;
    const ask = this.#reach.identity ?? ((): Promise<ServerIdentity> => this.#withSource(identityOf));
    const identity = kept ? undefined : ask;
    return createScratch({ tools, scratch, identity, owner, fingerprint, format, users, workDirectory }, this.#context);
  }

  compare(source: DescribedFingerprint, copy: DescribedFingerprint, anonymised?: Anonymised): Comparison {
    return compareMongo(source, copy, anonymised);
  }

  explained(difference: Difference, refusals: readonly Refusal[]): boolean {
    return explainedByRefusals(difference, refusals);
  }

  async sweep(isOver: (owner: string) => Promise<boolean>): Promise<readonly string[]> {
    const { scratch } = this.#options;
    return scratch === undefined ? [] : withClient(scratch, (client) => sweepCopies(client, isOver));
  }

  /** The runner keeps nothing. */
  async putAway(): Promise<undefined> {}

  async #openSource(): Promise<{ readonly client: MongoClient; readonly close: () => Promise<void> }> {
    const { connection, close, explained = (error) => error } = await this.#reach.open();
    try {
      const client = await connect(connection);
      const closeAll = async (): Promise<void> => {
        await client.close().catch(() => {});
        await close();
      };
      return { client, close: closeAll };
    } catch (error) {
      const cause = explained(error);
      await close();
      throw cause;
    }
  }

  async #withSource<T>(work: (client: MongoClient) => Promise<T>): Promise<T> {
    const { client, close } = await this.#openSource();
    try {
      return await work(client);
    } finally {
      await close();
    }
  }
}
