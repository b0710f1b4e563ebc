/** Databases of servers that speak MongoDB's protocol, dumped and proven by the real engine. The bucket is in memory. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MongoKind, type MongoServer, startMongo } from '../../lab/hosts/mongodb/server.ts';
import {
  MongoEngine,
  type MongoOptions,
  type MongoReach,
  reachedHere,
} from '../../src/adapters/databases/mongodb/engine.ts';
import { LocalTools } from '../../src/adapters/databases/mongodb/tools.ts';
import type { DumpFile, ProofRow } from '../../src/domain/dump.ts';
import { parseMongoConnection } from '../../src/dump/engines/mongodb/connection.ts';
import { proveFile } from '../../src/dump/proof/proof.ts';
import type { DatabaseFacts, DescribedFingerprint, Scratch } from '../../src/ports/dump-engine.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { FakeClock } from '../fakes/clock.ts';
import { fakeContext, fakeRun } from '../fakes/context.ts';
import { FakeObjects } from '../fakes/objects.ts';

export const owner = 'o/r/actions/runs/1:db';

export interface Dumped {
  readonly engine: MongoEngine;
  readonly facts: DatabaseFacts;
  readonly source: DescribedFingerprint;
  readonly bytes: Buffer;
  readonly path: string;
}

/** What happens while a dump is made or proven. */
export interface Meanwhile {
  /** Between the first reading and mongodump. */
  readonly dumping?: () => Promise<unknown>;
  /** Between mongodump and the second reading. */
  readonly dumped?: () => Promise<unknown>;
  /** To the restored copy, before it is compared. */
  readonly restored?: (copy: CopyDatabases) => Promise<void>;
}

/** Database of a copy by the name that the source has for it. */
export type CopyDatabases = ReadonlyMap<string, string>;

export class MongoDatabases {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-mongo-'));
  readonly workDirectory = join(this.folder, 'work');
  readonly #servers = new Map<string, MongoServer>();

  async start(source: MongoKind, scratch: MongoKind): Promise<void> {
    mkdirSync(this.workDirectory);
    const [one, two] = await Promise.all([
      startMongo({ directory: join(this.folder, 'source'), kind: source }),
      startMongo({ directory: join(this.folder, 'scratch'), kind: scratch }),
    ]);
    this.#servers.set('source', one).set('scratch', two);
    process.env.PATH = `${one.binaries}:${process.env.PATH}`;
  }

  async stop(): Promise<void> {
    for (const server of this.#servers.values()) await server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #server(name: string): MongoServer {
    const server = this.#servers.get(name);
    if (server === undefined) throw new Error('start() comes first');
    return server;
  }

  get source(): MongoServer {
    return this.#server('source');
  }

  get scratch(): MongoServer {
    return this.#server('scratch');
  }

  /** Removes all databases of both servers. */
  async clear(): Promise<void> {
    for (const { client } of this.#servers.values())
      for (const { name } of (await client.db('admin').admin().listDatabases({ nameOnly: true })).databases)
        if (!['admin', 'local', 'config'].includes(name)) await client.db(name).dropDatabase();
  }

  engine(
    options: Partial<MongoOptions> = {},
    url = this.source.url(options.database),
    signal = new AbortController().signal,
    reach: (connection: MongoReach['connection'], tools: LocalTools) => MongoReach = reachedHere,
  ): MongoEngine {
    const connection = parseMongoConnection(url, 'database-url');
    const { workDirectory } = this;
    return new MongoEngine(
      reach(connection, new LocalTools(workDirectory, signal)),
      {
        database: connection.database,
        databases: [],
        exclude: [],
        oplog: 'auto',
        users: false,
        format: 'tarball',
        level: 1,
        scratch: parseMongoConnection(this.scratch.url(), 'scratch-url'),
        workDirectory,
        ...options,
      },
      { ...fakeContext(new FakeClock(), fakeRun(1)), clock: systemClock, signal },
    );
  }

  async dump(engine = this.engine(), { dumping, dumped }: Meanwhile = {}): Promise<Dumped> {
    const facts = await engine.inspect();
    const folder = mkdtempSync(join(this.folder, 'dump-'));
    const objects = new FakeObjects(new FakeClock());
    const dump = await engine.begin(folder);
    await dumping?.();
    try {
      const upload = await objects.upload({ bucket: 'b', key: 'x', contentType: 'x', tags: {}, metadata: {} });
      const archive = dump
        .archive(upload, () => {})
        .then(async (made) => {
          await dumped?.();
          return made;
        });
      const fingerprint = await dump.fingerprint(archive);
      const { path } = await archive;
      await engine.readThrough(path);
      return { engine, facts, source: await engine.describe(path, fingerprint), bytes: readFileSync(path), path };
    } finally {
      await dump.end();
    }
  }

  /** Restores a dump into the scratch server and compares it. */
  async prove({ engine, source, bytes }: Dumped, { restored }: Meanwhile = {}, written = bytes): Promise<ProofRow> {
    const sha256 = createHash('sha256').update(written).digest('hex');
    const file: DumpFile = { kind: 'archive', bucket: 'b', key: 'archive', size: bytes.length, sha256 };
    const ports = {
      engine: {
        scratch: async (of: string, fingerprint: DescribedFingerprint): Promise<Scratch> => {
          const scratch = await engine.scratch(of, fingerprint);
          const fingerprinted: Scratch['fingerprint'] = async (...given) => {
            await restored?.(await this.copies(fingerprint.databases ?? []));
            return scratch.fingerprint(...given);
          };
          return { restore: scratch.restore, fingerprint: fingerprinted, drop: scratch.drop };
        },
        compare: engine.compare.bind(engine),
        explained: engine.explained.bind(engine),
      },
      objects: {
        read: async function* () {
          yield bytes;
        },
      },
    };
    const context = { ...fakeContext(new FakeClock(), fakeRun(1)), clock: systemClock };
    return proveFile({ file, source, owner, anonymised: undefined }, ports, context);
  }

  /** The dump with another tarball, made of what the old one unpacks to. */
  repacked(dumped: Dumped, change: (folder: string) => void): Dumped {
    const folder = mkdtempSync(join(this.folder, 'repack-'));
    execFileSync('tar', ['-xzf', dumped.path, '-C', folder]);
    const dumps = join(folder, 'data/db/dump');
    change(join(dumps, readdirSync(dumps)[0] ?? ''));
    return { ...dumped, bytes: execFileSync('tar', ['-czf', '-', '-C', folder, 'data'], { maxBuffer: 1e8 }) };
  }

  /** Names of the copy's databases in the scratch server, by those of the source. */
  async copies(databases: readonly string[]): Promise<CopyDatabases> {
    const { databases: present } = await this.scratch.client.db('admin').admin().listDatabases({ nameOnly: true });
    const names = present.map(({ name }) => name);
    return new Map(
      databases.flatMap((name, at) => {
        const copy = names.find((one) => new RegExp(`^holdfast_scratch_[0-9a-f]{12}_${at + 1}$`).test(one));
        return copy === undefined ? [] : [[name, copy] as const];
      }),
    );
  }
}
