/** Restored copies with one thing changed, compared with their source as a proof does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresEngine } from '../../../src/adapters/databases/postgres/engine.ts';
import { definitionsOf, readCopy } from '../../../src/adapters/databases/postgres/scratch/copy.ts';
import type { Comparison } from '../../../src/domain/dump.ts';
import { compareDatabases } from '../../../src/dump/engines/postgres/compare/compare.ts';
import { parseConnection } from '../../../src/dump/engines/postgres/connection.ts';
import type { DefinitionFacts, DescribedFingerprint } from '../../../src/ports/dump-engine.ts';
import type { Upload } from '../../../src/ports/objects.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { Logger } from '../../../src/runtime/logger.ts';
import { command } from '../../hosts/command.ts';
import type { PostgresServer } from '../../hosts/postgres/server.ts';
import type { Change, Outcome } from '../changes.ts';
import { textOf } from './changes.ts';

const [sourceName, copyName, changedName, rewordedName] = [
  'library',
  'library_copy',
  'library_changed',
  'library_reworded',
];

/** A source and its restored copy, on a server of the lab. */
export class Trial {
  readonly #server: PostgresServer;
  readonly #source: DescribedFingerprint;

  private constructor(server: PostgresServer, source: DescribedFingerprint) {
    this.#server = server;
    this.#source = source;
  }

  /** Makes the source, dumps it with the engine, and restores the archive. */
  static async begin(server: PostgresServer): Promise<Trial> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-mutants-'));
    try {
      for (const name of [sourceName, copyName]) {
        await server.createDatabase(name);
        await server.sql(textOf('extension.sql'), name);
      }
      await server.sql(textOf('source.sql'), sourceName);
      const { source, archive } = await dumpDatabase(server, sourceName, folder);
      const url = server.url(copyName);
      await command(
        join(server.binaries, 'pg_restore'),
        '--no-owner',
        '--no-acl',
        '--exit-on-error',
        '-d',
        url,
        archive,
      );
      return new Trial(server, source);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Makes one change to a copy of the copy, and compares. @throws Error when the change itself fails */
  async outcomeOf(change: Change): Promise<Outcome> {
    const server = this.#server;
    await server.createDatabase(changedName, copyName);
    try {
      await server.sql(change.sql, changedName);
      const { differences, unread = [] } = await compareCopy(server, changedName, this.#source);
      const [first = unread[0]?.what] = differences.map(
        ({ what, expected, found }) => `${what}: expected ${expected}, found ${found}`,
      );
      return { change, noticed: first };
    } catch (error) {
      throw new Error(`${change.what}: ${(error as Error).message}`, { cause: error });
    } finally {
      await server.sql(`DROP DATABASE ${changedName} WITH (FORCE)`);
    }
  }
}

/** What a dump says of its attempts is not what is tried here. */
const silent = (): void => {};
const quiet: Logger = { debug: silent, info: silent, warning: silent, error: silent, group: (_, run) => run() };
const context = () => ({ clock: systemClock, logger: quiet, signal: new AbortController().signal });

/** Nothing is uploaded. */
const discarded = { write: async () => {} } as unknown as Upload;

/** Dumps a database as db-dump does. */
export async function dumpDatabase(
  server: PostgresServer,
  name: string,
  folder: string,
): Promise<{ source: DescribedFingerprint; archive: string }> {
  const engine = new PostgresEngine(
    {
      connection: parseConnection(server.url(name), 'database-url'),
      scratch: undefined,
      workDirectory: folder,
      lockTimeoutSeconds: 60,
      archiveLevel: 0,
      format: 'custom',
      jobs: 1,
    },
    context(),
  );
  await engine.inspect();
  const dump = await engine.begin(folder);
  try {
    const archive = dump.archive(discarded, () => {});
    const [fingerprint, { path }] = await Promise.all([dump.fingerprint(archive), archive]);
    const { figures, sql, text } = await engine.definitions(engine.sql(path, true));
    const sequencesInArchive = await engine.sequences(path);
    return { source: { ...fingerprint, sequencesInArchive, ...figures, sql, text }, archive: path };
  } finally {
    await dump.end();
  }
}

/** Reads a copy and compares it, as the proof of a dump does. */
export async function compareCopy(
  server: PostgresServer,
  name: string,
  source: DescribedFingerprint,
): Promise<Comparison> {
  const connection = parseConnection(server.url(name), 'scratch-url');
  const tools = { folder: server.binaries };
  const reword = (sql: Buffer): Promise<DefinitionFacts> => {
    const before = reworded.get(source) ?? rewordedBy(server, source, sql);
    reworded.set(source, before);
    return before;
  };
  const copy = await readCopy({ tools, connection, source, reword }, context());
  return compareDatabases(source, copy);
}

/** All copies of one source are compared with the same words. */
const reworded = new WeakMap<DescribedFingerprint, Promise<DefinitionFacts>>();

async function rewordedBy(server: PostgresServer, source: DescribedFingerprint, sql: Buffer): Promise<DefinitionFacts> {
  await server.createDatabase(rewordedName);
  try {
    await server.sql(textOf('extension.sql'), rewordedName);
    await server.sql(sql.toString('utf8'), rewordedName);
    const connection = parseConnection(server.url(rewordedName), 'scratch-url');
    return await definitionsOf({ tools: { folder: server.binaries }, connection, source }, context().signal);
  } finally {
    await server.sql(`DROP DATABASE ${rewordedName} WITH (FORCE)`);
  }
}
