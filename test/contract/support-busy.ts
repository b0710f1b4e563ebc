/** Dumps of a database on which others are at work, by the real engine. The bucket is in memory. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { PostgresEngine, type PostgresOptions } from '../../src/adapters/databases/postgres/engine.ts';
import type { DumpFingerprint } from '../../src/domain/dump.ts';
import { parseConnection } from '../../src/dump/engines/postgres/connection.ts';
import type { DumpInProgress } from '../../src/ports/dump-engine.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { FakeClock, FakeLogger } from '../fakes/clock.ts';
import { FakeObjects } from '../fakes/objects.ts';

export interface Dumped {
  readonly fingerprint: DumpFingerprint;
  /** SQL of the archive. */
  readonly sql: string;
  /** Path of the archive. */
  readonly archive: string;
  readonly warnings: readonly string[];
}

export interface DumpChoices {
  readonly database?: string;
  /** Of the connection, instead of the superuser's. */
  readonly url?: string;
  readonly options?: Partial<PostgresOptions>;
  /** Called once the dump has begun. */
  readonly begun?: (dump: DumpInProgress) => Promise<void>;
}

export class BusyServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-busy-'));
  readonly logger = new FakeLogger();
  #server: PostgresServer | undefined;

  async start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    chmodSync(this.folder, 0o755);
    this.#server = await startPostgres({ directory: join(this.folder, 'postgres'), settings });
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get server(): PostgresServer {
    if (this.#server === undefined) throw new Error('start() comes first');
    return this.#server;
  }

  async database(name: string, setup: string, options = ''): Promise<void> {
    await this.server.sql(`CREATE DATABASE ${name} TEMPLATE template0 ${options}`);
    await this.server.sql(setup, name);
  }

  engine({ database = 'shop', url, options }: DumpChoices = {}): PostgresEngine {
    const all = {
      connection: parseConnection(url ?? this.server.url(database), 'database-url'),
      scratch: parseConnection(this.server.url('postgres'), 'scratch-url'),
      workDirectory: this.folder,
      lockTimeoutSeconds: 5,
      archiveLevel: 1,
      format: 'custom',
      jobs: 1,
      ...options,
    } as const;
    return new PostgresEngine(all, { clock: systemClock, logger: this.logger, signal: new AbortController().signal });
  }

  async dump(choices: DumpChoices = {}): Promise<Dumped> {
    const engine = this.engine(choices);
    await engine.inspect();
    const dump = await engine.begin(mkdtempSync(join(this.folder, 'dump-')));
    try {
      await choices.begun?.(dump);
      const objects = new FakeObjects(new FakeClock());
      const upload = await objects.upload({ bucket: 'b', key: 'x', contentType: 'x', tags: {}, metadata: {} });
      const archive = dump.archive(upload, () => {});
      const [read, { path, warnings = [] }] = await Promise.all([dump.fingerprint(archive), archive]);
      const fingerprint = { ...read, sequencesInArchive: await engine.sequences(path) };
      const chunks: Buffer[] = [];
      for await (const chunk of engine.sql(path, false)) chunks.push(Buffer.from(chunk));
      return { fingerprint, sql: Buffer.concat(chunks).toString('latin1'), archive: path, warnings };
    } finally {
      await dump.end();
    }
  }

  /**
   * Runs a statement again and again, each time in a session of its own, while the work is done.
   * @param pause milliseconds between two
   */
  async beside<T>(statement: string, pause: number, work: () => Promise<T>, database = 'shop'): Promise<T> {
    let over = false;
    const loop = async (): Promise<void> => {
      while (!over) {
        await this.server.sql(statement, database);
        await systemClock.sleep(pause);
      }
    };
    const looping = loop();
    try {
      return await work();
    } finally {
      over = true;
      await looping;
    }
  }

  /** Sessions of Holdfast on the server. */
  async sessions(): Promise<string> {
    return this.server.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'holdfast%'");
  }
}

/** Number of rows that the SQL of a dump has for a table. */
export function rowsIn(sql: string, table: string): number {
  const match = new RegExp(
    `^COPY ${table.replace('.', '\\.')} \\(.*\\) FROM stdin;\\n((?:.*\\n)*?)\\\\\\.\\n`,
    'm',
  ).exec(sql);
  if (match === null) throw new Error(`the dump has no rows of ${table}`);
  return (match[1] ?? '').split('\n').length - 1;
}
