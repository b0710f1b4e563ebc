/** PostgreSQL through its own tools on the runner: pg_dump, pg_restore and psql. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Comparison, Difference, DumpFingerprint, DumpReceipt } from '../../../domain/dump.ts';
import { compareDatabases } from '../../../dump/engines/postgres/compare/compare.ts';
import { explainedByRefusals } from '../../../dump/engines/postgres/compare/explained.ts';
import { type Connection, clientEnvironment } from '../../../dump/engines/postgres/connection.ts';
import { itemsOfSequences, readSequenceValues } from '../../../dump/engines/postgres/fingerprint/archived-sequences.ts';
import { readDefinitions as definitionsOf } from '../../../dump/engines/postgres/fingerprint/definitions.ts';
import { withoutRows } from '../../../dump/engines/postgres/fingerprint/without-rows.ts';
import {
  type ClientTools,
  chooseTools,
  parseVersion,
  serverVersion,
  showVersion,
  type Version,
} from '../../../dump/engines/postgres/tools.ts';
import { readDefinitions, withDefinitions, withSequences } from '../../../dump/proof/describe.ts';
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
import type { WorkContext } from '../../../runtime/context.ts';
import { unpack, writeArchive } from '../archive.ts';
import { checkedOutput, PipedProgram } from '../piped-program.ts';
import { postgresCauses } from './causes.ts';
import { beginDump } from './dump/dump.ts';
import type { DumpOptions } from './dump/dump-options.ts';
import { findTools, toolsFor } from './installed-tools.ts';
import { sweepScratch } from './scratch/scratch.ts';
import { chooseScratch } from './scratch/scratch-choice.ts';
import { sweepServers } from './server/sweep.ts';

export interface PostgresOptions extends DumpOptions {
  /** Undefined when the database is dumped elsewhere, and only archives are read here. */
  readonly connection: Connection | undefined;
  /** The server in scratch-url, where dumps are restored first. */
  readonly scratch: Connection | undefined;
  /** Whether that server holds nothing else, so that the restoring role may be a superuser there. */
  readonly scratchSuperuser?: boolean | undefined;
  /** Where archives are unpacked. */
  readonly workDirectory: string;
}

/** Seconds to answer the question for version and size. */
const inspectSeconds = 300;

/** For a receipt without versions: any tools will do. */
const oldest: Version = { major: 12, minor: 0 };

const inspectStatements =
  "SELECT current_setting('server_version_num'); SELECT pg_database_size(current_database()); SELECT pg_is_in_recovery();";

export const standbyNote = 'the server is a standby, so replay may cancel a long dump';

export class PostgresEngine implements DumpEngine, SqlArchives, KeptDumps {
  readonly #options: PostgresOptions;
  readonly #context: WorkContext;
  #tools: ClientTools | undefined;
  #serverVersion = '';

  constructor(options: PostgresOptions, context: WorkContext) {
    this.#options = options;
    this.#context = context;
  }

  get #source(): Connection {
    if (this.#options.connection === undefined) throw new Error('the engine has no connection to a source');
    return this.#options.connection;
  }

  get #chosen(): ClientTools {
    if (this.#tools === undefined) throw new Error('inspect() comes first');
    return this.#tools;
  }

  /** Chooses tools that read what tools of this version wrote. @throws BackupError when none are installed */
  async useToolsFor(version: Version): Promise<Version> {
    this.#tools = chooseTools(await findTools(this.#context.signal), version);
    return this.#tools.version;
  }

  /** The tools must read what those of that time wrote. */
  async openReceipt({ versions }: DumpReceipt): Promise<void> {
    await this.useToolsFor(parseVersion(versions.tools) ?? parseVersion(versions.server) ?? oldest);
  }

  async openArchive(content: AsyncIterable<Buffer>, folder: string): Promise<OpenArchive> {
    const { signal } = this.#context;
    const path = join(folder, 'archive');
    const asStored = this.#options.format !== 'directory';
    await (asStored ? writeArchive(content, { path, signal }) : unpack(content, path, signal));
    return { path, asStored };
  }

  async inspect(): Promise<DatabaseFacts> {
    const connection = this.#source;
    const limits = { timeoutSeconds: inspectSeconds, signal: this.#context.signal };
    const { tools, answer } = await toolsFor(connection, inspectStatements, limits);
    const [number = '', bytes = '', standby = ''] = answer;
    const server = serverVersion(Number(number));
    this.#tools = tools;
    this.#serverVersion = showVersion(server);
    const notes: string[] = [];
    if (standby === 't') notes.push(standbyNote);
    if (tools.version.major !== server.major)
      notes.push(
        `the tools are of series ${tools.version.major}: the dump may need a server of that series to be restored`,
      );
    return {
      product: 'PostgreSQL',
      serverVersion: this.#serverVersion,
      tool: 'pg_dump',
      toolsVersion: showVersion(tools.version),
      shown: connection.shown,
      database: connection.database,
      bytes: Number(bytes),
      place: 'runner',
      notes,
    };
  }

  begin(folder: string): Promise<DumpInProgress> {
    const source = { connection: this.#source, tools: this.#chosen, serverVersion: this.#serverVersion };
    return beginDump(source, folder, this.#options, this.#context);
  }

  #pgRestore(parameters: readonly string[]): PipedProgram {
    const { connection } = this.#options;
    return new PipedProgram({
      program: join(this.#chosen.folder, 'pg_restore'),
      parameters,
      environment: clientEnvironment(connection),
      what: connection ? `pg_restore of ${connection.shown}` : 'pg_restore',
      signal: this.#context.signal,
      causes: postgresCauses,
    });
  }

  readThrough(archive: string): Promise<void> {
    return this.#pgRestore(['--file=/dev/null', archive]).finished();
  }

  sql(archive: string, definitionsOnly: boolean): AsyncGenerator<Buffer> {
    return this.#sql(archive, definitionsOnly ? ['--schema-only'] : []);
  }

  async *#sql(archive: string, only: readonly string[]): AsyncGenerator<Buffer> {
    yield* checkedOutput(this.#pgRestore(['--no-owner', '--no-acl', '--no-tablespaces', '--file=-', ...only, archive]));
  }

  /** Adds the definitions, and the values of sequences, which do not belong to the snapshot. */
  async describe(archive: string, fingerprint: DumpFingerprint): Promise<DescribedFingerprint> {
    const { signal, logger } = this.#context;
    const read = await readDefinitions(this, this.sql(archive, true), signal);
    const onFailure = (why: string): void =>
      logger.info(`the values of sequences in the archive are not known, so those of the source are compared: ${why}`);
    return withDefinitions(
      await withSequences(fingerprint, () => this.sequences(archive), { signal, onFailure }),
      read,
    );
  }

  /**
   * The values that an archive gives to sequences; as `sequencesInArchive` of a fingerprint. Of the archive, pg_restore reads
   * the table of contents alone.
   * @throws BackupError or DumpError when they cannot be read
   */
  async sequences(archive: string): Promise<Readonly<Record<string, string>>> {
    const list: Buffer[] = [];
    for await (const part of checkedOutput(this.#pgRestore(['--list', archive]))) list.push(part);
    const items = itemsOfSequences(Buffer.concat(list).toString('latin1'));
    // pg_restore takes the list from a file only: what Node connects to standard input cannot be opened by name.
    const path = `${archive}.items`;
    try {
      await writeFile(path, items, { encoding: 'latin1', mode: 0o600 });
      return await readSequenceValues(this.#sql(archive, [`--use-list=${path}`]));
    } finally {
      await rm(path, { force: true });
    }
  }

  async scratch(owner: string, source: DumpFingerprint): Promise<Scratch> {
    const { scratch, scratchSuperuser: disposable = false, format, jobs, workDirectory } = this.#options;
    const options = { tools: this.#chosen, scratch, disposable, owner, source, format, jobs, workDirectory };
    return chooseScratch(options, this.#context);
  }

  definitions(sql: AsyncIterable<Buffer>): Promise<DefinitionFacts> {
    return definitionsOf(sql);
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
    const { scratch, workDirectory } = this.#options;
    const servers = await sweepServers(workDirectory, isOver);
    if (scratch === undefined) return servers;
    const admin = { tools: this.#chosen, connection: scratch, signal: this.#context.signal };
    return [...servers, ...(await sweepScratch(admin, isOver))];
  }

  /** The runner keeps nothing. */
  async putAway(): Promise<undefined> {}
}
