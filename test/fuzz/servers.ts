/** Cases on a real PostgreSQL: loaded, dumped by pg_dump, anonymised, restored, dumped again, compared. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clientEnvironment } from '../../lab/hosts/postgres/psql.ts';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import type { Case } from './case.ts';
import { anonymised, isRefusal, problemsIn } from './check-case.ts';
import { differences } from './compare.ts';

/** A case that PostgreSQL itself does not load: a mistake of the generator. */
export class NotLoaded extends Error {
  override readonly name = 'NotLoaded';
}

export class FuzzServer {
  readonly #server: PostgresServer;
  readonly #directory: string;
  #number = 0;

  private constructor(server: PostgresServer, directory: string) {
    this.#server = server;
    this.#directory = directory;
  }

  static async start(): Promise<FuzzServer> {
    const directory = mkdtempSync(join(tmpdir(), 'holdfast-fuzz-'));
    chmodSync(directory, 0o755);
    return new FuzzServer(await startPostgres({ directory: join(directory, 'postgres') }), directory);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /**
   * Everything that is wrong with how the case comes out.
   * @param form of pg_dump
   * @throws NotLoaded
   */
  async problemsOf(one: Case, form: readonly string[]): Promise<readonly string[]> {
    this.#number += 1;
    const [source, copy] = [`source_${this.#number}`, `copy_${this.#number}`];
    await this.#server.createDatabase(source);
    await this.#server.createDatabase(copy);
    try {
      await this.#load(source, Buffer.from(one.dump.join('\n'))).catch((error: Error) => {
        throw new NotLoaded(error.message);
      });
      const dump = await this.#dump(source, form);
      const dumped = { ...one, dump: dump.split('\n') };
      let result: Buffer;
      try {
        result = await anonymised(dumped, 1 + one.chunks);
      } catch (error) {
        return isRefusal(one, error) ? [] : [`it stops: ${(error as Error).message}`];
      }
      const problems = [...problemsIn({ ...dumped, unique: form.length > 0 ? [] : one.unique }, result)];
      const error = await this.#load(copy, result).then(
        () => undefined,
        (failed: Error) => failed.message,
      );
      if (error !== undefined) return [...problems, `it does not restore: ${error}`];
      const compared = { ...one, words: [...one.words, ...(one.kept ?? [])], mayMove: /^public\.b/ };
      return [...problems, ...differences(await this.#dump(source, []), await this.#dump(copy, []), compared)];
    } finally {
      await this.#server.sql(`DROP DATABASE ${source}`);
      await this.#server.sql(`DROP DATABASE ${copy}`);
    }
  }

  async #load(database: string, dump: Buffer): Promise<void> {
    const path = join(this.#directory, 'load.sql');
    writeFileSync(path, dump);
    await this.#server.sql(`\\i ${path}`, database);
  }

  async #dump(database: string, form: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(join(this.#server.binaries, 'pg_dump'), [...form], {
      env: clientEnvironment({ ...this.#server, database }),
      maxBuffer: 64 * 1024 * 1024,
    });
    // A word that pg_dump draws for each dump.
    return stdout.replaceAll(/^\\(un)?restrict .*\n/gm, '');
  }
}
