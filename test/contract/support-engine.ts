/** Databases of a real server, dumped and proven by the real engine. The bucket is in memory. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { PostgresEngine } from '../../src/adapters/databases/postgres/engine.ts';
import type { DumpFile, DumpFileKind, DumpFingerprint, ProofRow } from '../../src/domain/dump.ts';
import { parseConnection } from '../../src/dump/engines/postgres/connection.ts';
import { readDefinitions, withDefinitions } from '../../src/dump/proof/describe.ts';
import { proveFile } from '../../src/dump/proof/proof.ts';
import type { DescribedFingerprint, Scratch } from '../../src/ports/dump-engine.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { FakeClock } from '../fakes/clock.ts';
import { fakeContext, fakeRun } from '../fakes/context.ts';
import { FakeObjects } from '../fakes/objects.ts';

/** `own`: without scratch-url; `given`: with it; `disposable`: with scratch-superuser, too. */
export type Where = 'own' | 'given' | 'disposable';

export interface Proven {
  readonly rows: readonly ProofRow[];
  /** Where the files were restored. */
  readonly notes: readonly string[];
}

export class Databases {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-engine-'));
  readonly workDirectory = join(this.folder, 'work');
  #source: PostgresServer | undefined;
  #scratch: PostgresServer | undefined;
  #count = 0;
  /** Of the source that was proven last. */
  fingerprint: DumpFingerprint | undefined;

  async start(): Promise<void> {
    chmodSync(this.folder, 0o755);
    mkdirSync(this.workDirectory);
    this.#source = await startPostgres({
      directory: join(this.folder, 'source'),
      settings: { wal_level: 'logical', max_wal_senders: '2', shared_preload_libraries: 'pg_stat_statements' },
    });
    this.#scratch = await startPostgres({ directory: join(this.folder, 'scratch') });
  }

  async stop(): Promise<void> {
    await this.#source?.stop();
    await this.#scratch?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get source(): PostgresServer {
    if (this.#source === undefined) throw new Error('start() comes first');
    return this.#source;
  }

  /** The server that scratch-url names. */
  get scratch(): PostgresServer {
    if (this.#scratch === undefined) throw new Error('start() comes first');
    return this.#scratch;
  }

  engine(
    database: string,
    where: Where,
    workDirectory = this.workDirectory,
    signal = new AbortController().signal,
  ): PostgresEngine {
    return new PostgresEngine(
      {
        connection: parseConnection(this.source.url(database), 'database-url'),
        scratch: where === 'own' ? undefined : parseConnection(this.scratch.url(), 'scratch-url'),
        scratchSuperuser: where === 'disposable',
        workDirectory,
        lockTimeoutSeconds: 5,
        archiveLevel: 1,
        format: 'custom',
        jobs: 1,
      },
      { ...fakeContext(new FakeClock(), fakeRun(1)), clock: systemClock, signal },
    );
  }

  /** Makes a database, dumps it, and proves archive and plain file. */
  async prove(setup: string, where: Where = 'own', workDirectory = this.workDirectory): Promise<Proven> {
    const { engine, source, contents } = await this.dump(setup, where, workDirectory);
    return proveFiles(engine, source, contents);
  }

  /** Makes a database and dumps it. */
  async dump(setup: string, where: Where = 'own', workDirectory = this.workDirectory): Promise<Dumped> {
    const database = `db${++this.#count}`;
    await this.source.createDatabase(database);
    await this.source.sql(setup, database);
    const engine = this.engine(database, where, workDirectory);
    await engine.inspect();
    const folder = mkdtempSync(join(this.folder, 'dump-'));
    const objects = new FakeObjects(new FakeClock());
    const dump = await engine.begin(folder);
    let path: string;
    try {
      const upload = await objects.upload({ bucket: 'b', key: 'x', contentType: 'x', tags: {}, metadata: {} });
      const archive = dump.archive(upload, () => {});
      this.fingerprint = await dump.fingerprint(archive);
      path = (await archive).path;
    } finally {
      await dump.end();
    }
    const sql: Buffer[] = [];
    for await (const chunk of engine.sql(path, false)) sql.push(chunk);
    const contents = { archive: readFileSync(path), plain: gzipSync(Buffer.concat(sql)) };
    const definitions = await readDefinitions(engine, engine.sql(path, true), new AbortController().signal);
    return { engine, source: withDefinitions(this.fingerprint, definitions), contents };
  }
}

export interface Dumped {
  readonly engine: PostgresEngine;
  readonly source: DescribedFingerprint;
  readonly contents: { readonly archive: Buffer; readonly plain: Buffer };
}

/** Proves files of these contents. @param written what the receipt's SHA-256 is of, where it is not of the contents */
export async function proveFiles(
  engine: PostgresEngine,
  source: DescribedFingerprint,
  contents: Partial<Readonly<Record<DumpFileKind, Buffer>>>,
  written: Partial<Readonly<Record<DumpFileKind, Buffer>>> = contents,
): Promise<Proven> {
  const rows: ProofRow[] = [];
  const notes: string[] = [];
  const context = { ...fakeContext(new FakeClock(), fakeRun(1)), clock: systemClock };
  for (const [kind, bytes] of Object.entries(contents) as [DumpFileKind, Buffer][]) {
    const sha256 = createHash('sha256')
      .update(written[kind] ?? bytes)
      .digest('hex');
    const file: DumpFile = { kind, bucket: 'b', key: kind, size: bytes.length, sha256 };
    let scratch: Scratch | undefined;
    const ports = {
      engine: {
        scratch: async (owner: string, of: DumpFingerprint) => {
          scratch = await engine.scratch(owner, of);
          return scratch;
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
    rows.push(await proveFile({ file, source, owner: 'o/r/actions/runs/1:db', anonymised: undefined }, ports, context));
    notes.push(...(scratch?.notes?.() ?? []));
  }
  return { rows, notes };
}

/** Processes of an account. */
export const processesOf = (uid: number): string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return statSync(join('/proc', pid)).uid === uid;
    } catch {
      return false;
    }
  });
