/** One database of a trial, reached through the real psql and pg_dump. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { clientEnvironment, quoteName } from '../hosts/postgres/psql.ts';
import type { PostgresServer } from '../hosts/postgres/server.ts';

/** A statement that takes longer, in milliseconds, is given up. */
const patience = 300_000;
/** Bytes of messages that are kept. */
const maxMessages = 4 * 1024 * 1024;

export class TrialDatabase {
  readonly name: string;
  readonly #server: PostgresServer;

  private constructor(server: PostgresServer, name: string) {
    this.#server = server;
    this.name = name;
  }

  /** Replaces a database of the same name by an empty one. */
  static async create(server: PostgresServer, name: string): Promise<TrialDatabase> {
    const database = new TrialDatabase(server, name);
    await database.drop();
    await server.sql(`CREATE DATABASE ${quoteName(name)} TEMPLATE template0 ENCODING 'UTF8'`);
    return database;
  }

  async drop(): Promise<void> {
    await this.#server.sql(`DROP DATABASE IF EXISTS ${quoteName(this.name)} WITH (FORCE)`);
  }

  /** One column of one row. */
  sql(text: string): Promise<string> {
    return this.#server.sql(text, this.name);
  }

  /** Rows as JSON gives them. */
  async rows<T>(query: string): Promise<readonly T[]> {
    return JSON.parse(await this.sql(`SELECT coalesce(json_agg(q), '[]') FROM (${query}) q`)) as T[];
  }

  /** Runs a file, up to its end or to its first error. @returns the messages of errors */
  async run(file: string, upTo: 'end' | 'error'): Promise<readonly string[]> {
    const stop = upTo === 'error' ? ['-v', 'ON_ERROR_STOP=1'] : [];
    const { messages } = await this.#program('psql', ['-X', '-q', '-o', '/dev/null', ...stop, '-f', file]);
    return errorsIn(messages);
  }

  /** @param options of pg_dump @throws Error with its message */
  async dump(file: string, ...options: readonly string[]): Promise<void> {
    const { messages, status } = await this.#program('pg_dump', ['-f', file, ...options]);
    if (status !== 0) throw new Error(`pg_dump: ${messages.trim()}`);
  }

  /** The lines of COPY (query) TO STDOUT, as they come. @throws Error with psql's message */
  async *lines(query: string): AsyncGenerator<string> {
    const psql = this.#start('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', `COPY (${query}) TO STDOUT`]);
    const ended = new Promise<number | null>((resolve) => psql.on('close', resolve));
    const messages: string[] = [];
    psql.stderr.on('data', (chunk: Buffer) => messages.push(chunk.toString('utf8')));
    try {
      // COPY ends its lines with LF alone, and writes CR as \r.
      yield* createInterface({ input: psql.stdout, crlfDelay: 0 });
      if ((await ended) !== 0) throw new Error(`psql: ${messages.join('').trim()}`);
    } finally {
      psql.kill();
    }
  }

  #start(program: string, parameters: readonly string[], output: 'pipe' | number = 'pipe') {
    const { binaries, host, port, user, password } = this.#server;
    const env = clientEnvironment({ binaries, host, port, user, password, database: this.name });
    return spawn(join(binaries, program), parameters, {
      env: { ...env, PGOPTIONS: `-c statement_timeout=${patience}` },
      stdio: ['ignore', output, 'pipe'] as ['ignore', 'pipe', 'pipe'],
    });
  }

  async #program(program: string, parameters: readonly string[]): Promise<{ messages: string; status: number | null }> {
    const nothing = openSync('/dev/null', 'w');
    try {
      const child = this.#start(program, parameters, nothing);
      const messages: Buffer[] = [];
      let length = 0;
      child.stderr.on('data', (chunk: Buffer) => {
        if (length < maxMessages) messages.push(chunk);
        length += chunk.length;
      });
      const status = await new Promise<number | null>((resolve, reject) => {
        child.on('error', reject);
        child.on('close', resolve);
      });
      return { messages: Buffer.concat(messages).toString('utf8'), status };
    } finally {
      closeSync(nothing);
    }
  }
}

/** Without the place in the file, which differs from file to file. */
function errorsIn(messages: string): string[] {
  return messages
    .split('\n')
    .filter((line) => /(^|: )(ERROR|FATAL|error|invalid command)\b/.test(line))
    .map((line) => line.replace(/^psql:[^:]*:\d+: /, ''));
}
