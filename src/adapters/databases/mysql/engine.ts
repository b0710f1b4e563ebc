/** MySQL, MariaDB and servers that speak their protocol (an Infobright port), through the tools and the driver on the runner. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Comparison, Difference, DumpFingerprint, DumpReceipt } from '../../../domain/dump.ts';
import { compareDatabases } from '../../../dump/engines/mysql/compare/compare.ts';
import { explainedByRefusals } from '../../../dump/engines/mysql/compare/explained.ts';
import { type Connection, elsewhere, throughRelay } from '../../../dump/engines/mysql/connection.ts';
import { keptSource } from '../../../dump/engines/mysql/kept-source.ts';
import { familyOf } from '../../../dump/engines/mysql/server.ts';
import { factsOf, heldBy, readArchived } from '../../../dump/engines/mysql/sql/archived.ts';
import { withoutRows } from '../../../dump/engines/mysql/sql/splitter.ts';
import type {
  Anonymised,
  DatabaseFacts,
  DefinitionFacts,
  DescribedFingerprint,
  DumpEngine,
  DumpInProgress,
  KeptDumps,
  OpenArchive,
  Refusal,
  Scratch,
  SqlArchives,
} from '../../../ports/dump-engine.ts';
import type { Relay, RemotePlace } from '../../../ports/remote.ts';
import { decompress } from '../../../runtime/compression/format.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { BackupError, explainInLine } from '../../../runtime/errors.ts';
import { writeArchive } from '../archive.ts';
import { openSession } from './catalogue.ts';
import { beginDump } from './dump/dump.ts';
import type { Source, SourceOptions } from './dump/source.ts';
import { type Inspection, inspectServer } from './inspect.ts';
import { sweepMarked } from './scratch/marker.ts';
import { createScratch } from './scratch/scratch.ts';

export interface MysqlOptions extends SourceOptions {
  /** Undefined for a kept dump, whose source is not asked. */
  readonly connection: Connection | undefined;
  /** Undefined for all databases of the server. */
  readonly databases: readonly string[] | undefined;
  /** Names or patterns. */
  readonly excluded: readonly string[];
  /** The server in scratch-url, where dumps are restored. */
  readonly scratch: Connection | undefined;
  /** Where the server is, when that is not the network of the runner. */
  readonly place?: (() => Promise<RemotePlace>) | undefined;
}

/** What a proof must know of the source. */
type KnownSource = Pick<Source, 'server' | 'databases' | 'withNames' | 'history'> & {
  /** What tells its server from others; undefined when it was not asked. */
  readonly identity: string | undefined;
  /** Hashes of the definitions of its databases, which SQL does not have. */
  readonly ofDatabases?: Readonly<Record<string, string>> | undefined;
};

export class MysqlEngine implements DumpEngine, SqlArchives, KeptDumps {
  readonly #options: MysqlOptions;
  readonly #context: WorkContext;
  #inspection: Inspection | undefined;
  #kept: KnownSource | undefined;
  #relay: Relay | undefined;
  /** Definitions of the source as its server shows them; they stay in memory. */
  #definitions: ReadonlyMap<string, string> | undefined;

  constructor(options: MysqlOptions, context: WorkContext) {
    this.#options = options;
    this.#context = context;
  }

  get #inspected(): Inspection {
    if (this.#inspection === undefined) throw new Error('inspect() comes first');
    return this.#inspection;
  }

  get #source(): Connection {
    if (this.#options.connection === undefined) throw new Error('the engine has no connection to a source');
    return this.#options.connection;
  }

  get #known(): KnownSource {
    return this.#kept ?? { ...this.#inspected.source, identity: this.#inspected.identity };
  }

  async openReceipt(receipt: DumpReceipt): Promise<void> {
    this.#kept = keptSource(receipt);
  }

  /** The archive alone says whether it names its databases. */
  async openArchive(content: AsyncIterable<Buffer>, folder: string): Promise<OpenArchive> {
    const path = join(folder, 'archive');
    await writeArchive(content, { path, signal: this.#context.signal });
    if (this.#kept) {
      const { named } = await this.#archived(this.sql(path, true));
      this.#kept = { ...this.#kept, withNames: named };
    }
    return { path, asStored: true };
  }

  async inspect(): Promise<DatabaseFacts> {
    const { databases, excluded } = this.#options;
    const connection = this.#source;
    const one = connection.database;
    const choice = { chosen: databases ?? (one === undefined ? undefined : [one]), excluded };
    const { signal } = this.#context;
    const place = await this.#options.place?.();
    const there = place && { place, connection };
    const reached = place ? throughRelay(connection, await this.#relayTo(place)) : connection;
    this.#inspection = await inspectServer(reached, choice, signal, there);
    return this.#inspection.facts;
  }

  async #relayTo(place: RemotePlace): Promise<Relay> {
    const { host, port, socket } = this.#source;
    if (socket !== undefined)
      throw new BackupError({
        what: `a socket in ${place.shown} cannot be reached from the runner`,
        fix: 'give host and port of the server in database-url, as programs there reach it (127.0.0.1:3306)',
        code: 'unreachable',
      });
    this.#relay ??= await place.relay(port, host === 'localhost' ? undefined : host);
    return this.#relay;
  }

  async begin(folder: string): Promise<DumpInProgress> {
    const onDefinitions = (definitions: ReadonlyMap<string, string>): void => {
      this.#definitions = definitions;
    };
    return beginDump(this.#inspected.source, folder, { ...this.#options, onDefinitions }, this.#context);
  }

  /** The archive is read to its end. */
  async describe(archive: string, fingerprint: DumpFingerprint): Promise<DescribedFingerprint> {
    const sql = this.#definitions;
    try {
      const archived = await this.#archived(this.sql(archive, false));
      const sequencesInArchive = { ...archived.counters, ...archived.sequences };
      const held = heldBy(archived, fingerprint);
      return { ...fingerprint, ...(held ? { held } : {}), sequencesInArchive, sql: sql ?? archived.definitions };
    } catch (error) {
      this.#context.signal.throwIfAborted();
      const unread = [...(fingerprint.unread ?? []), { what: 'the archive', why: explainInLine(error) }];
      return { ...fingerprint, unread, ...(sql ? { sql } : {}) };
    }
  }

  #archived(sql: AsyncIterable<Buffer>) {
    const { server, databases } = this.#known;
    return readArchived(sql, databases[0] ?? '', familyOf(server));
  }

  async readThrough(archive: string): Promise<void> {
    await this.#archived(this.sql(archive, false));
  }

  async *sql(archive: string, definitionsOnly: boolean): AsyncGenerator<Buffer> {
    const source = decompress(createReadStream(archive, { highWaterMark: 1024 * 1024 }));
    yield* definitionsOnly ? withoutRows(source) : source;
  }

  async definitions(sql: AsyncIterable<Buffer>): Promise<DefinitionFacts> {
    const { definitions } = await this.#archived(sql);
    // Of its databases, SQL says nothing, or not all.
    const databases = [...(this.#definitions ?? [])].filter(([id]) => id.startsWith('DATABASE '));
    return factsOf(new Map([...databases, ...definitions]));
  }

  async scratch(owner: string, source: DumpFingerprint): Promise<Scratch> {
    const { scratch, workDirectory } = this.#options;
    if (scratch === undefined)
      throw new BackupError({
        what: 'there is no server to restore the dump into: scratch-url is not set',
        fix: 'give scratch-url the URL of a server of the same product, such as a service container of the job',
        code: 'no-scratch',
      });
    const from = this.#known;
    const described: DescribedFingerprint = {
      ...source,
      sql: this.#definitions ?? (source as DescribedFingerprint).sql,
      definitions: { ...this.#kept?.ofDatabases, ...source.definitions },
    };
    return createScratch(
      {
        connection: scratch,
        owner,
        source: described,
        sourceServer: from.server,
        sourceIdentity: from.identity,
        databases: from.databases,
        withNames: from.withNames,
        history: from.history,
        workDirectory,
      },
      this.#context,
    );
  }

  withoutRows(sql: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    return withoutRows(sql);
  }

  compare(source: DescribedFingerprint, copy: DescribedFingerprint, anonymised?: Anonymised): Comparison {
    return compareDatabases(source, copy, anonymised);
  }

  explained(difference: Difference, refusals: readonly Refusal[]): boolean {
    return explainedByRefusals(difference, refusals);
  }

  async sweep(isOver: (owner: string) => Promise<boolean>): Promise<readonly string[]> {
    const { scratch } = this.#options;
    if (scratch === undefined) return [];
    const connection = elsewhere(scratch, undefined);
    const { session } = await openSession({ connection, what: 'the scratch server', signal: this.#context.signal });
    try {
      return await sweepMarked(session, isOver);
    } finally {
      await session.end();
    }
  }

  /** The runner keeps nothing; nobody asks the server any more. */
  async putAway(): Promise<undefined> {
    await this.#relay?.close();
    this.#relay = undefined;
  }
}
