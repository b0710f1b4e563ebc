/** Reads the CREATE and ALTER statements of MySQL and MariaDB, as SHOW CREATE TABLE words them and people write them. */
import { Cursor } from '../../format/cursor.ts';
import { SqlModes } from '../../format/mysql/modes.ts';
import { readTable } from '../../format/mysql/names.ts';
import { tokenizeMysql } from '../../format/mysql/tokens.ts';
import type { TypeDefinitions } from '../catalogue-definitions.ts';
import { indexedColumns } from '../constraints.ts';
import { type DefinedTable, newTable } from '../defined-table.ts';
import type { ColumnType } from '../types.ts';
import { readMysqlElement } from './columns.ts';
import { mysqlType, type TableCollation } from './types.ts';

export class MysqlDefinitions implements TypeDefinitions {
  /** By canonical name. */
  readonly tables = new Map<string, DefinedTable>();
  readonly #collations = new Map<DefinedTable, TableCollation>();
  readonly #modes = new SqlModes();
  /** Canonical name of the current database; empty when the dump names none. */
  #database = '';

  /** Reads one statement. Ignores those that define no table. Never throws. */
  read(sql: string): void {
    if (/^set\b/i.test(sql)) {
      this.#modes.read(sql);
      return;
    }
    const cursor = new Cursor(sql, tokenizeMysql(sql, this.#modes.forms));
    if (cursor.accept('use')) this.#database = cursor.name() ?? '';
    else if (cursor.accept('create')) this.#create(cursor);
    else if (cursor.accept('alter')) this.#alter(cursor);
  }

  find(name: string): DefinedTable | undefined {
    return this.tables.get(name);
  }

  typeOf(table: DefinedTable, { name, type }: { readonly name: string; readonly type: string }): ColumnType {
    const collation = this.#collations.get(table) ?? { charset: undefined, collation: undefined };
    // MariaDB's JSON is text with a check.
    const isJson = table.checks.some(
      ({ columns, expression }) => columns.includes(name) && /^\s*json_valid\s*\(/i.test(expression),
    );
    return mysqlType(type, collation, isJson);
  }

  collationOf(): undefined {
    return undefined;
  }

  refusesNull(): boolean {
    return false;
  }

  attributesOf(): readonly [] {
    return [];
  }

  /** MySQL's expressions call no stored functions (its manual, "CHECK Constraints"). */
  functionNamed(): undefined {
    return undefined;
  }

  #create(cursor: Cursor): void {
    cursor.accept('or', 'replace');
    cursor.accept('temporary');
    if (cursor.accept('table')) {
      this.#createTable(cursor);
      return;
    }
    if (cursor.accept('unique')) {
      cursor.accept('index');
      this.#uniqueIndex(cursor);
      return;
    }
    // A view stands in the dump as a table first, until all that it refers to is there.
    for (const { kind, text } of cursor.tokens.slice(cursor.at)) {
      cursor.at += 1;
      if (kind !== 'word' || text !== 'view') continue;
      cursor.accept('if', 'not', 'exists');
      this.tables.delete(readTable(cursor, this.#database) ?? '');
      return;
    }
  }

  #createTable(cursor: Cursor): void {
    cursor.accept('if', 'not', 'exists');
    const name = readTable(cursor, this.#database);
    if (name === undefined) return;
    const table = newTable(name);
    this.tables.set(name, table);
    for (const part of cursor.group()?.parts() ?? []) readMysqlElement(table, part, this.#database);
    this.#collations.set(table, readOptions(table, cursor));
  }

  #uniqueIndex(cursor: Cursor): void {
    const name = cursor.name() ?? '';
    while (!cursor.done && !cursor.isNext('on')) cursor.at += 1;
    if (!cursor.accept('on')) return;
    const table = this.tables.get(readTable(cursor, this.#database) ?? '');
    if (table) readMysqlElement(table, keyPart(cursor, name), this.#database);
  }

  /** phpMyAdmin adds keys behind the rows. */
  #alter(cursor: Cursor): void {
    cursor.accept('ignore');
    if (!cursor.accept('table')) return;
    const table = this.tables.get(readTable(cursor, this.#database) ?? '');
    if (table === undefined) return;
    for (const part of cursor.parts()) {
      if (part.accept('add')) {
        part.accept('column');
        for (const one of part.isNext('(') ? (part.group()?.parts() ?? []) : [part])
          readMysqlElement(table, one, this.#database);
      } else if (part.accept('modify')) {
        part.accept('column');
        const column = part.name();
        const known = table.columns.find((one) => one.name === column);
        // The type stays what it was, or becomes AUTO_INCREMENT.
        if (known && part.isNext('not', 'null')) known.notNull = true;
      }
    }
  }
}

/** `UNIQUE KEY name (…)` as in CREATE TABLE, of the parentheses that come next. */
function keyPart(cursor: Cursor, name: string): Cursor {
  const sql = `UNIQUE KEY \`${name.replaceAll(/["`]/g, '')}\` ${cursor.remainingSql()}`;
  return new Cursor(sql, tokenizeMysql(sql));
}

/** Reads what follows the columns: how they are compared, and partitions. */
function readOptions(table: DefinedTable, cursor: Cursor): TableCollation {
  let charset: string | undefined;
  let collation: string | undefined;
  const value = (): string | undefined => {
    cursor.accept('=');
    const text = cursor.token?.text.toLowerCase();
    cursor.at += 1;
    return text;
  };
  while (!cursor.done) {
    if (cursor.accept('charset') || cursor.accept('character', 'set')) charset = value();
    else if (cursor.accept('collate')) collation = value();
    else if (cursor.accept('partition', 'by')) {
      readPartitions(table, cursor);
      break;
    } else cursor.at += 1;
  }
  return { charset, collation };
}

/** A list of values decides in which partition a row may be; the partitions are no tables of their own. */
function readPartitions(table: DefinedTable, cursor: Cursor): void {
  table.bounds = cursor.remainingSql();
  cursor.accept('linear');
  const strategy = cursor.accept('list') ? 'list' : cursor.accept('range') ? 'range' : 'hash';
  cursor.accept('columns');
  if (strategy === 'hash') cursor.at += 1;
  table.partitionKey = { strategy, ...indexedColumns(cursor) };
}
