/** PostgreSQL's own programs, called as a person calls them, and what they say of a database. */
import { join } from 'node:path';
import { clientEnvironment } from '../../lab/hosts/postgres/psql.ts';
import type { PostgresServer } from '../../lab/hosts/postgres/server.ts';
import { type Ran, ran } from './programs.ts';

export class Client {
  readonly server: PostgresServer;
  readonly database: string;
  readonly #binaries: string;

  /** @param binaries folder of psql, pg_dump and pg_restore. Default: the server's */
  constructor(server: PostgresServer, database: string, binaries = server.binaries) {
    this.server = server;
    this.database = database;
    this.#binaries = binaries;
  }

  /** @throws Error only when the program does not start */
  run(program: string, ...words: readonly string[]): Promise<Ran> {
    const { host, port, user, password } = this.server;
    const { database } = this;
    const environment = clientEnvironment({ binaries: this.#binaries, host, port, user, password, database });
    return ran(join(this.#binaries, program), words, environment);
  }

  /** The messages of psql about a file that it reads to its end, without places in it. */
  async load(file: string): Promise<readonly string[]> {
    return messagesIn(await this.run('psql', '-X', '-q', '-o', '/dev/null', '-f', file));
  }

  /** The messages of pg_restore, which also reads to the end. */
  async restore(file: string): Promise<readonly string[]> {
    return messagesIn(await this.run('pg_restore', `--dbname=${this.database}`, file));
  }

  /** What pg_dump writes. @throws Error with its message */
  async dump(...words: readonly string[]): Promise<string> {
    const { status, out, err } = await this.run('pg_dump', ...words);
    if (status !== 0) throw new Error(`pg_dump of ${this.database}: ${err}`);
    return out;
  }

  /**
   * A sum of each table's rows, in whatever order they lie there, of each sequence and of the large objects. A partitioned table stands
   * for its partitions, which other tables may have changed places with.
   */
  async sums(): Promise<Readonly<Record<string, string>>> {
    const tables = await this.server.sql(sumOfEach, this.database);
    const parts = [...tables.split('\n').filter((line) => line !== ''), elsewhere];
    const text = await this.server.sql(
      `SELECT coalesce(json_object_agg(name, content ORDER BY name), '{}') FROM (${parts.join(' UNION ALL ')}) all_of_it`,
      this.database,
    );
    return JSON.parse(text) as Record<string, string>;
  }
}

/** A query for each table, written by the server. */
const sumOfEach = `
SELECT format('SELECT %L AS name, count(*) || '' '' || coalesce(md5(string_agg(md5(t::text), '''' ORDER BY md5(t::text) COLLATE "C")), '''') AS content FROM %s %I.%I t',
              format('%I.%I', n.nspname, c.relname), CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY' END, n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'm') AND (c.relkind <> 'm' OR c.relispopulated) AND c.relpersistence <> 't'
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;

const elsewhere = `
SELECT format('%I.%I', schemaname, sequencename), 'last value ' || coalesce(last_value::text, 'none') FROM pg_sequences
UNION ALL
SELECT 'large objects', count(*) || ' ' || coalesce(md5(string_agg(md5(lo_get(oid)), '' ORDER BY oid)), '') FROM pg_largeobject_metadata`;

function messagesIn({ err }: Ran): readonly string[] {
  return err
    .split('\n')
    .filter((line) => /(^|: )(ERROR|FATAL|error|invalid command)\b/.test(line))
    .map((line) => line.replace(/^psql:.*?:\d+: /, ''));
}

/**
 * A dump without the lines that name the moment, the programs, or a random word. pg_attver is a number that a server of 15.20 keeps with a
 * column and that differs from database to database; pg_dump 18.6 writes it.
 */
export function contentOf(dump: string): string {
  return dump
    .split('\n')
    .filter((line) => !/^(-- Dumped (from|by)|\\(un)?restrict |ALTER TABLE ONLY .* SET \(pg_attver=\d+\);$)/.test(line))
    .join('\n');
}
