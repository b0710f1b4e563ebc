/** Restores hostile dumps on a real server, and looks at what became of them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from '@jest/globals';
import { runSql } from '../../lab/hosts/postgres/psql.ts';
import type { DumpFingerprint } from '../../src/domain/dump.ts';
import type { Refusal, Scratch } from '../../src/ports/dump-engine.ts';
import type { Databases, Where } from './support-engine.ts';

export interface Restored {
  readonly scratch: Scratch;
  readonly refusals: readonly Refusal[];
  /** Why the restore ended early. */
  readonly error: unknown;
}

const emptySource: DumpFingerprint = {
  takenAt: '2026-11-25T00:00:00Z',
  seconds: 0,
  serverVersion: '',
  tables: [],
  sequences: {},
  extensions: {},
  objects: {},
};

export class HostileRestores {
  readonly #databases: Databases;

  constructor(databases: Databases) {
    this.#databases = databases;
  }

  /** Restores a plain dump, and drops the copy in the end. */
  async restore(
    sql: string,
    { where = 'own', workDirectory, signal }: { where?: Where; workDirectory?: string; signal?: AbortSignal },
    then: (restored: Restored) => Promise<void>,
  ): Promise<void> {
    const databases = this.#databases;
    const engine = databases.engine('postgres', where, workDirectory, signal);
    await engine.inspect();
    const scratch = await engine.scratch('o/r/actions/runs/1:db', emptySource);
    let dropped = false;
    try {
      const bytes = gzipSync(sql);
      const open = async function* () {
        yield bytes;
      };
      const result = await scratch.restore('plain', open).then(
        (refusals) => ({ refusals, error: undefined }),
        (error: unknown) => ({ refusals: [], error }),
      );
      await then({ scratch, ...result });
      await scratch.drop();
      dropped = true;
    } finally {
      if (!dropped) await scratch.drop().catch(() => {});
    }
    expect(this.#servers()).toEqual([]);
    expect(await databases.scratch.sql(this.#list)).toBe('');
  }

  /** The rows of tables in the copy. */
  async copy({ scratch }: Restored): Promise<string | undefined> {
    return scratch.fingerprint(emptySource).then(
      ({ tables }) => tables.map(({ name, rows }) => `${name} ${rows}`).join(),
      () => undefined,
    );
  }

  readonly #list = "SELECT datname FROM pg_database WHERE datname LIKE 'holdfast%'";

  #servers(): string[] {
    return readdirSync(this.#databases.workDirectory).filter((name) => name.startsWith('holdfast'));
  }

  /** The folder of the server of our own that runs now. */
  ownFolder(): string {
    return join(this.#databases.workDirectory, this.#servers()[0] ?? 'none');
  }

  /** Asks the copy, on the server where it is. */
  async ask(where: Where, sql: string): Promise<string> {
    if (where !== 'own') return this.#databases.scratch.sql(sql, await this.#databases.scratch.sql(this.#list));
    const { binaries } = this.#databases.source;
    const host = join(this.ownFolder(), 'socket');
    const connection = { binaries, host, port: 5432, user: 'postgres', password: '', database: 'postgres' };
    return runSql({ ...connection, database: await runSql(connection, this.#list) }, sql);
  }
}
