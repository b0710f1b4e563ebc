/** MySQL, MariaDB and servers that speak their protocol (an Infobright port), through the tools and the driver on the runner. */
import { createReadStream } from 'node:fs';
import type { Comparison, Difference, DumpFingerprint } from '../../../domain/dump.ts';
import { compareDatabases } from '../../../dump/engines/mysql/compare/compare.ts';
import { explainedByRefusals } from '../../../dump/engines/mysql/compare/explained.ts';
import { type Connection, elsewhere, throughRelay } from '../../../dump/engines/mysql/connection.ts';
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
  Refusal,
  Scratch,
  SqlArchives,
} from '../../../ports/dump-engine.ts';
import type { Relay, RemotePlace } from '../../../ports/remote.ts';
import { decompress } from '../../../runtime/compression/format.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { BackupError, explainInLine } from '../../../runtime/errors.ts';
import { openSession } from './catalogue.ts';
import { beginDump } from './dump/dump.ts';
import type { SourceOptions } from './dump/source.ts';
import { type Inspection, inspectServer } from './inspect.ts';
import { sweepMarked } from './scratch/marker.ts';
import { createScratch } from './scratch/scratch.ts';

export interface MysqlOptions extends SourceOptions {
  readonly connection: Connection;
  /** Undefined for all databases of the server. */
  readonly databases: readonly string[] | undefined;
  /** Names or patterns. */
  readonly excluded: readonly string[];
  /** The server in scratch-url, where dumps are restored. */
  readonly scratch: Connection | undefined;
  /** Where the server is, when that is not the network of the runner. */
  readonly place?: (() => Promise<RemotePlace>) | undefined;
}

export class MysqlEngine implements DumpEngine, SqlArchives {
  readonly #options: MysqlOptions;
  readonly #context: WorkContext;
  #inspection: Inspection | undefined;
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

  async inspect(): Promise<DatabaseFacts> {
    const { connection, databases, excluded } = this.#options;
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
    const { host, port, socket } = this.#options.connection;
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
    const { server, databases } = this.#inspected.source;
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
    const { source: from, identity } = this.#inspected;
    const described: DescribedFingerprint = {
      ...source,
      sql: this.#definitions ?? (source as DescribedFingerprint).sql,
    };
    return createScratch(
      {
        connection: scratch,
        owner,
        source: described,
        sourceServer: from.server,
        sourceIdentity: identity,
        databases: from.databases,
        withNames: from.withNames,
        history: from.history,
        workDirectory,
      },
      this.#context,
    );
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
