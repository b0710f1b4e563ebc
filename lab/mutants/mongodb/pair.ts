/** A source and a scratch server of the lab, and dumps from the one to the other by the real engine. */
import { createReadStream, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Db, MongoClient } from 'mongodb';
import { MongoEngine, reachedHere } from '../../../src/adapters/databases/mongodb/engine.ts';
import { LocalTools } from '../../../src/adapters/databases/mongodb/tools.ts';
import type { Comparison } from '../../../src/domain/dump.ts';
import { parseMongoConnection } from '../../../src/dump/engines/mongodb/connection.ts';
import type { DescribedFingerprint } from '../../../src/ports/dump-engine.ts';
import type { Upload } from '../../../src/ports/objects.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { WorkContext } from '../../../src/runtime/context.ts';
import type { Logger } from '../../../src/runtime/logger.ts';

export interface Dumped {
  readonly engine: MongoEngine;
  readonly source: DescribedFingerprint;
  readonly path: string;
}

/** What a dump says of its attempts is not what is tried here. */
const silent = (): void => {};
const quiet: Logger = { debug: silent, info: silent, warning: silent, error: silent, group: (_, run) => run() };
/** Nothing is uploaded. */
const discarded = { write: async () => {} } as unknown as Upload;

export class Pair {
  readonly #folder: string;
  readonly #source: string;
  readonly #scratch: string;
  readonly #client: MongoClient;
  #copies = 0;

  /**
   * @param folder for what dumps write
   * @param source URL of the server that is dumped
   * @param scratch URL of the server of the copies
   * @param client connected to that
   */
  constructor(folder: string, source: string, scratch: string, client: MongoClient) {
    this.#folder = folder;
    this.#source = source;
    this.#scratch = scratch;
    this.#client = client;
  }

  /** Dumps all databases as db-dump does. @param meanwhile between the first reading and mongodump */
  async dump(meanwhile: () => Promise<unknown> = async () => {}): Promise<Dumped> {
    const engine = this.#engine();
    await engine.inspect();
    const folder = mkdtempSync(join(this.#folder, 'dump-'));
    const dump = await engine.begin(folder);
    try {
      await meanwhile();
      const archive = dump.archive(discarded, () => {});
      const fingerprint = await dump.fingerprint(archive);
      const { path } = await archive;
      await engine.readThrough(path);
      return { engine, source: await engine.describe(path, fingerprint), path };
    } finally {
      await dump.end();
    }
  }

  /** Restores a dump, changes the copy, and compares. @throws Error when the restore or the change fails */
  async compare(
    { engine, source, path }: Dumped,
    change: (of: (database: string) => Db) => Promise<unknown> = async () => {},
  ): Promise<Comparison> {
    this.#copies += 1;
    const owner = `o/r/actions/runs/${this.#copies}:mutants`;
    const scratch = await engine.scratch(owner, source);
    try {
      const refused = await scratch.restore('archive', () => createReadStream(path));
      if (refused.length > 0) throw new Error(`the restore was refused: ${refused[0]?.message}`);
      const copies = await this.#copiesOf(owner);
      await change((database) => this.#client.db(copies[(source.databases ?? []).indexOf(database)] ?? database));
      return engine.compare(source, await scratch.fingerprint(source));
    } finally {
      await scratch.drop();
    }
  }

  /** The databases of a copy, in the order of the source's: the mark beside them names them. */
  async #copiesOf(owner: string): Promise<readonly string[]> {
    const { databases } = await this.#client.db('admin').admin().listDatabases({ nameOnly: true });
    for (const { name } of databases) {
      if (!/^holdfast_scratch_[0-9a-f]{12}$/.test(name)) continue;
      const mark = await this.#client.db(name).collection('owner').findOne({ owner });
      if (mark !== null) return mark.databases;
    }
    throw new Error(`the scratch server has no copy of ${owner}`);
  }

  #engine(): MongoEngine {
    const connection = parseMongoConnection(this.#source, 'database-url');
    const workDirectory = join(this.#folder, 'work');
    mkdirSync(workDirectory, { recursive: true });
    const { signal } = new AbortController();
    return new MongoEngine(
      reachedHere(connection, new LocalTools(workDirectory, signal)),
      {
        database: undefined,
        databases: [],
        exclude: [],
        oplog: 'auto',
        users: false,
        format: 'tarball',
        level: 1,
        scratch: parseMongoConnection(this.#scratch, 'scratch-url'),
        workDirectory,
      },
      { clock: systemClock, logger: quiet, signal } as WorkContext,
    );
  }
}
