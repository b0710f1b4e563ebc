/** One database of a trial on MariaDB, reached through its own programs. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { MysqlServer } from '../../hosts/mysql/server.ts';

export class MysqlTrialDatabase {
  readonly name: string;
  readonly #server: MysqlServer;
  readonly #options: string;

  private constructor(server: MysqlServer, directory: string, name: string) {
    this.#server = server;
    this.#options = `--defaults-file=${join(directory, 'client.cnf')}`;
    this.name = name;
  }

  /** Replaces a database of the same name by an empty one. @param directory of the server */
  static async create(server: MysqlServer, directory: string, name: string): Promise<MysqlTrialDatabase> {
    const database = new MysqlTrialDatabase(server, directory, name);
    await database.drop();
    await server.sql(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
    return database;
  }

  async drop(): Promise<void> {
    await this.#server.sql(`DROP DATABASE IF EXISTS ${this.name}`);
  }

  /** The cells of rows, with the escapes of the client. */
  async rows(query: string): Promise<readonly (readonly string[])[]> {
    const text = await this.#server.sql(query, this.name);
    return text === '' ? [] : text.split('\n').map((line) => line.split('\t'));
  }

  /** Runs a file. @returns the first error, if there is one */
  async run(file: string): Promise<readonly string[]> {
    const input = openSync(file, 'r');
    try {
      const child = spawn('mariadb', [this.#options, this.name], { stdio: [input, 'ignore', 'pipe'] });
      const messages = await errorsOf(child.stderr as AsyncIterable<Buffer>);
      return messages === '' ? [] : [messages];
    } finally {
      closeSync(input);
    }
  }

  /** @param options of mariadb-dump @throws Error with its message */
  async dump(file: string, ...options: readonly string[]): Promise<void> {
    const parameters = [
      this.#options,
      '--routines',
      '--triggers',
      '--events',
      `--result-file=${file}`,
      ...options,
      this.name,
    ];
    const messages = await errorsOf(spawn('mariadb-dump', parameters, { stdio: ['ignore', 'ignore', 'pipe'] }).stderr);
    if (messages !== '') throw new Error(messages);
  }
}

async function errorsOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString('utf8').trim();
}
