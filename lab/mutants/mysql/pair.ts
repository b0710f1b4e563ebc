/** A source and a scratch server of the lab, and dumps of all databases from the one to the other by the real engine. */
import { chmodSync, createReadStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MysqlEngine } from '../../../src/adapters/databases/mysql/engine.ts';
import type { Comparison } from '../../../src/domain/dump.ts';
import { parseConnection } from '../../../src/dump/engines/mysql/connection.ts';
import type { DescribedFingerprint } from '../../../src/ports/dump-engine.ts';
import type { Upload } from '../../../src/ports/objects.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { WorkContext } from '../../../src/runtime/context.ts';
import type { Logger } from '../../../src/runtime/logger.ts';
import { type MysqlServer, startMysql } from '../../hosts/mysql/server.ts';

export interface Dumped {
  readonly engine: MysqlEngine;
  readonly source: DescribedFingerprint;
  readonly path: string;
}

/** What a dump says of its attempts is not what is tried here. */
const silent = (): void => {};
const quiet: Logger = { debug: silent, info: silent, warning: silent, error: silent, group: (_, run) => run() };
/** Nothing is uploaded. */
const discarded = { write: async () => {} } as unknown as Upload;

const ofSource = { 'log-bin': 'changes', 'server-id': '1', 'log-bin-trust-function-creators': '1' };
/** Another server than the source: what a dump does not say itself would be another there. */
const ofScratch = {
  'default-time-zone': '+05:30',
  'character-set-server': 'latin1',
  'collation-server': 'latin1_german1_ci',
  'explicit-defaults-for-timestamp': 'OFF',
  'default-storage-engine': 'MyISAM',
};

/** Engines of tables that the source has, beside those of every server. */
const plugins = ['ha_archive', 'ha_blackhole'];

export class Pair {
  readonly #folder: string;
  readonly source: MysqlServer;
  readonly scratch: MysqlServer;

  private constructor(folder: string, source: MysqlServer, scratch: MysqlServer) {
    this.#folder = folder;
    this.source = source;
    this.scratch = scratch;
  }

  /** Starts both servers. @param statements make the source */
  static async begin(statements: string): Promise<Pair> {
    const folder = mkdtempSync(join(tmpdir(), 'hf-mutants-'));
    chmodSync(folder, 0o755);
    const starts = [
      startMysql({ directory: join(folder, 'a'), settings: ofSource }),
      startMysql({ directory: join(folder, 'b'), settings: ofScratch }),
    ];
    try {
      const [source, scratch] = (await Promise.all(starts)) as [MysqlServer, MysqlServer];
      for (const plugin of plugins) await scratch.sql(`INSTALL SONAME '${plugin}'`);
      await scratch.sql('GRANT ALL ON *.* TO pilot@localhost IDENTIFIED BY "aboard"');
      await source.sql(statements);
      return new Pair(folder, source, scratch);
    } catch (error) {
      for (const one of await Promise.allSettled(starts)) if (one.status === 'fulfilled') await one.value.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const server of [this.source, this.scratch]) await server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Dumps all databases as db-dump does. */
  async dump(): Promise<Dumped> {
    const engine = this.#engine();
    await engine.inspect();
    const folder = mkdtempSync(join(this.#folder, 'dump-'));
    const dump = await engine.begin(folder);
    try {
      const archive = dump.archive(discarded, () => {});
      const [fingerprint, { path }] = await Promise.all([dump.fingerprint(archive), archive]);
      return { engine, source: await engine.describe(path, fingerprint), path };
    } finally {
      await dump.end();
    }
  }

  /** Restores a dump, changes the copy, and compares. @throws Error when the restore fails */
  async compare(
    { engine, source, path }: Dumped,
    change: (scratch: MysqlServer) => Promise<unknown> = async () => {},
  ): Promise<Comparison> {
    const scratch = await engine.scratch('o/r/actions/runs/1:mutants', source);
    try {
      const refused = await scratch.restore('archive', () => createReadStream(path));
      if (refused.length > 0) throw new Error(`the restore was refused: ${refused[0]?.message}`);
      await change(this.scratch);
      return engine.compare(source, await scratch.fingerprint(source));
    } finally {
      await scratch.drop();
    }
  }

  #engine(): MysqlEngine {
    const workDirectory = join(this.#folder, 'work');
    mkdirSync(workDirectory, { recursive: true });
    return new MysqlEngine(
      {
        connection: parseConnection(this.source.url(), 'database-url'),
        databases: undefined,
        excluded: [],
        scratch: parseConnection(this.scratch.url(), 'scratch-url'),
        workDirectory,
        lockTimeoutSeconds: 60,
        archiveLevel: 1,
      },
      { clock: systemClock, logger: quiet, signal: new AbortController().signal } as WorkContext,
    );
  }
}
