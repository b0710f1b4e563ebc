/** A vendor's own client and dump tool, called as a person calls them, and what they say of a server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ran, ran } from '../../lib/programs.ts';
import { account, type Server } from './server.ts';

export type Rows = Readonly<Record<string, string>>;

export class Client {
  readonly server: Server;
  readonly #folder: string;

  /** @param folder for files of statements */
  constructor(server: Server, folder: string) {
    this.server = server;
    this.#folder = folder;
  }

  /** Reads a file of statements to its end, past those that fail. @returns the messages, without places in the file */
  async load(file: string): Promise<readonly string[]> {
    const { err } = await this.#run(this.#names.client, ['--force'], file);
    return err
      .split('\n')
      .filter((line) => /^ERROR/.test(line))
      .map((line) => line.replace(/ at line \d+(?=:)/, ''));
  }

  /** @throws Error with the client's message */
  async sql(text: string): Promise<string> {
    const { status, out, err } = await this.#query(text, []);
    if (status !== 0) throw new Error(`${this.server.release.name}: ${err}`);
    return out;
  }

  /** Every row of tables, as text. */
  async rows(tables: Rows): Promise<Rows> {
    const mark = '== ';
    const text = Object.entries(tables)
      .map(([name, query]) => `SELECT ${quoted(mark + name)};\n${query};`)
      .join('\n');
    const { out } = await this.#query(text, ['--force']);
    return Object.fromEntries(
      out
        .split(mark)
        .slice(1)
        .map((part) => {
          const end = part.indexOf('\n');
          return [part.slice(0, end), part.slice(end + 1)];
        }),
    );
  }

  /** What the vendor's tool writes. @throws Error with its message */
  async dump(...words: readonly string[]): Promise<string> {
    const { status, out, err } = await this.#run(this.#names.dump, words);
    if (status !== 0) throw new Error(`${this.#names.dump} of ${this.server.release.name}: ${err}`);
    return out;
  }

  /** For each table, the query of its rows. */
  async tables(databases: readonly string[]): Promise<Rows> {
    const list = databases.map(quoted).join(', ');
    const out = await this.sql(
      `SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE FROM information_schema.COLUMNS c JOIN information_schema.TABLES t
        ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
        WHERE c.TABLE_SCHEMA IN (${list}) AND t.TABLE_TYPE <> 'VIEW' ORDER BY c.TABLE_SCHEMA, c.TABLE_NAME, c.ORDINAL_POSITION`,
    );
    const columns = new Map<string, { from: string; values: string[]; order: number[] }>();
    for (const line of out.split('\n').filter((one) => one !== '')) {
      const [database = '', table = '', column = '', type = ''] = line.split('\t');
      const name = `${database}.${table}`;
      const from = `${identifier(database)}.${identifier(table)}`;
      const { values, order } = columns.get(name) ?? { values: [] as string[], order: [] as number[] };
      values.push(shown(column, type));
      // MySQL cannot sort by what is longer than its memory for sorting.
      if (!/blob|text|json|vector|geom|point|polygon|string/.test(type)) order.push(values.length);
      columns.set(name, { from, values, order });
    }
    return Object.fromEntries(
      [...columns].map(([name, { from, values, order }]) => [
        name,
        `SELECT ${values.join(', ')} FROM ${from}${order.length > 0 ? ` ORDER BY ${order.join(', ')}` : ''}`,
      ]),
    );
  }

  /** What the server says of each object that is there. */
  async definitions(databases: readonly string[]): Promise<Rows> {
    const list = databases.map(quoted).join(', ');
    const out = await this.sql(objects(list));
    const queries = out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [kind = '', database = '', name = ''] = line
          .split('\t')
          .map((word) => word.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\\\', '\\'));
        const path = kind === 'DATABASE' ? identifier(name) : `${identifier(database)}.${identifier(name)}`;
        return [`${kind.toLowerCase()} ${database}.${name}`, `SHOW CREATE ${kind} ${path}`] as const;
      });
    const texts = await this.rows(Object.fromEntries(queries));
    // The last column of a trigger is the moment at which it was made.
    return Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [name, text.replace(/\t[-\d]{10} [\d:.]+\n$/, '\n')]),
    );
  }

  get #names(): { readonly client: string; readonly dump: string } {
    return this.server.release.programs.includes('MySQL')
      ? { client: 'mysql', dump: 'mysqldump' }
      : { client: 'mariadb', dump: 'mariadb-dump' };
  }

  #query(text: string, words: readonly string[]): Promise<Ran> {
    const file = join(this.#folder, 'query.sql');
    writeFileSync(file, text);
    return this.#run(this.#names.client, [...words, '--batch', '--skip-column-names'], file);
  }

  #run(program: string, words: readonly string[], input = '/dev/null'): Promise<Ran> {
    const { user, password } = account;
    const given = [
      '--no-defaults',
      `--user=${user}`,
      '--host=127.0.0.1',
      `--port=${this.server.port}`,
      '--default-character-set=utf8mb4',
    ];
    const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', MYSQL_PWD: password };
    const path = join(this.server.release.programs, program);
    return ran('sh', ['-c', 'exec "$@" < "$0"', input, path, ...given, ...words], environment);
  }
}

/** A column as text that every server writes alike. */
export function shown(column: string, type: string): string {
  const name = identifier(column);
  if (/^(bit|binary|varbinary|\w*blob|vector)$/.test(type)) return `HEX(${name})`;
  return /^(geometry|point|polygon|linestring|multi\w+|geom\w*collection)$/.test(type)
    ? `HEX(ST_AsBinary(${name}))`
    : name;
}

const identifier = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** A sequence of MariaDB is a table, too. */
const objects = (list: string): string => `
SELECT 'DATABASE', '', SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN (${list})
UNION ALL SELECT IF(TABLE_TYPE = 'VIEW', 'VIEW', 'TABLE'), TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA IN (${list})
UNION ALL SELECT ROUTINE_TYPE, ROUTINE_SCHEMA, ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA IN (${list})
UNION ALL SELECT 'TRIGGER', TRIGGER_SCHEMA, TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA IN (${list})
UNION ALL SELECT 'EVENT', EVENT_SCHEMA, EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA IN (${list});`;
