/** Reads CREATE, ALTER and DROP statements, as pg_dump and people write them. */

import { Cursor } from '../format/cursor.ts';
import { createdName, type NameScope, nameParts, serverScope, temporary } from '../format/name-scope.ts';
import { tokenize } from '../format/tokens.ts';
import { alterTable } from './alter-table.ts';
import type { TypeDefinitions } from './catalogue-definitions.ts';
import type { Collation } from './collations.ts';
import { readElement } from './columns.ts';
import { indexedColumns, nullsNotDistinct, rowsOf } from './constraints.ts';
import { queryColumns, readLike } from './copied-columns.ts';
import { addParent, attach, type DefinedColumn, type DefinedTable, newColumn, newTable } from './defined-table.ts';
import type { DefinedFunction } from './expressions/inline.ts';
import { KnownFunctions } from './known-functions.ts';
import { KnownTables } from './known-tables.ts';
import { KnownTypes } from './known-types.ts';
import { KnownViews } from './known-views.ts';
import type { Unique } from './table.ts';
import type { ColumnType } from './types.ts';

export class Definitions implements TypeDefinitions {
  readonly #tables = new KnownTables();
  readonly #types = new KnownTypes((name) => this.#tables.find(name)?.columns);
  readonly #functions = new KnownFunctions();
  readonly #views = new KnownViews();
  /** What names mean in the statement that is read. */
  #scope: NameScope = serverScope;

  get tables(): ReadonlyMap<string, DefinedTable> {
    return this.#tables.byName;
  }

  /** Reads one statement. Ignores those that define no table or type. Never throws. */
  read(sql: string, scope: NameScope): void {
    this.#scope = scope;
    const cursor = new Cursor(sql, tokenize(sql), 0, undefined, (name) => this.#tables.fullName(name, scope));
    if (cursor.accept('create')) this.#create(cursor);
    else if (cursor.accept('alter')) this.#alter(cursor);
    else if (cursor.accept('drop')) this.#drop(cursor);
    else if (cursor.isNext('select')) this.#selectInto(cursor);
  }

  find(name: string): DefinedTable | undefined {
    return this.#tables.find(name);
  }

  typeOf(
    { scope }: DefinedTable,
    { type, collation }: { readonly type: string; readonly collation?: string | undefined },
  ): ColumnType {
    return this.#types.resolve(type, scope, collation);
  }

  collationOf({ scope }: DefinedTable, name: string): Collation | undefined {
    return this.#types.collation(name, scope);
  }

  refusesNull({ scope }: DefinedTable, { type }: { readonly type: string }): boolean {
    return this.#types.refusesNull(type, scope);
  }

  attributesOf({ of, scope }: DefinedTable): readonly DefinedColumn[] {
    return of === undefined ? [] : this.#types.attributes(of, scope).map(({ name, type }) => newColumn(name, type));
  }

  functionNamed(name: string, args: number): DefinedFunction | undefined {
    return this.#functions.find(name, args);
  }

  #create(cursor: Cursor): void {
    cursor.accept('or', 'replace');
    let isTemporary = false;
    for (const word of ['global', 'local', 'temporary', 'temp', 'unlogged', 'foreign'])
      if (cursor.accept(word) && word.startsWith('temp')) isTemporary = true;
    if (cursor.accept('table')) this.#createTable(cursor, isTemporary);
    else if (cursor.accept('unique', 'index')) this.#createUniqueIndex(cursor);
    else if (cursor.accept('type')) this.#types.create(cursor, this.#scope);
    else if (cursor.accept('domain')) this.#types.createDomain(cursor, this.#scope);
    else if (cursor.accept('collation')) this.#types.createCollation(cursor, this.#scope);
    else if (cursor.accept('materialized', 'view')) this.#createView(cursor);
    else if (cursor.accept('function')) this.#functions.create(cursor, this.#scope);
  }

  /** The table that a CREATE TABLE makes; undefined when the name is missing. */
  #newTable(name: string | undefined, isTemporary: boolean): DefinedTable | undefined {
    if (name === undefined) return undefined;
    const full = createdName(isTemporary ? `${temporary}.${nameParts(name).at(-1)}` : name, this.#scope);
    return newTable(full, this.#scope);
  }

  #createTable(cursor: Cursor, isTemporary: boolean): void {
    const optional = cursor.accept('if', 'not', 'exists');
    const table = this.#newTable(cursor.qualified(), isTemporary);
    if (table === undefined || (optional && this.#tables.byName.has(table.name))) return;
    if (cursor.accept('partition', 'of')) attach(table, cursor.table());
    else if (cursor.accept('of')) table.of = cursor.qualified();
    for (const part of cursor.group()?.parts() ?? []) this.#readElement(table, part);
    if (table.isPartition) table.bounds = cursor.remainingSql();
    if (!this.#readOptions(table, cursor)) return;
    this.#tables.add(table);
  }

  #readElement(table: DefinedTable, part: Cursor): void {
    if (part.accept('like')) readLike(table, part, this.#findFull, this.#allColumns);
    else readElement(table, part);
  }

  /** Reads what follows the columns. @returns whether they are known */
  #readOptions(table: DefinedTable, cursor: Cursor): boolean {
    for (; !cursor.done; cursor.at += 1) {
      if (cursor.accept('inherits')) for (const part of cursor.group()?.parts() ?? []) addParent(table, part.table());
      if (cursor.accept('partition', 'by')) {
        const strategy = cursor.name();
        const key = indexedColumns(cursor);
        if (strategy === 'range' || strategy === 'list' || strategy === 'hash')
          table.partitionKey = { strategy, ...key };
      }
      if (cursor.accept('as')) return this.#fromQuery(table, cursor);
    }
    return true;
  }

  /** The columns of `CREATE TABLE … AS`; they may have been given other names. */
  #fromQuery(table: DefinedTable, query: Cursor): boolean {
    const found = queryColumns(query, this.#findFull, this.#allColumns);
    if (found === undefined) return false;
    const names = table.columns.map(({ name }) => name);
    table.columns.splice(
      0,
      names.length,
      ...found.map((column, index) => ({ ...column, name: names[index] ?? column.name })),
    );
    return true;
  }

  #selectInto(cursor: Cursor): void {
    const target = new Cursor(cursor.sql, cursor.tokens, cursor.at);
    target.until('into');
    if (!target.accept('into')) return;
    let isTemporary = false;
    for (const word of ['temporary', 'temp', 'unlogged', 'table'])
      if (target.accept(word) && word.startsWith('temp')) isTemporary = true;
    const table = this.#newTable(target.qualified(), isTemporary);
    if (table !== undefined && this.#fromQuery(table, cursor)) this.#tables.add(table);
  }

  readonly #findFull = (name: string): DefinedTable | undefined => this.#tables.find(name);

  readonly #allColumns = (table: DefinedTable): readonly DefinedColumn[] => {
    const columns = new Map<string, DefinedColumn>();
    for (const parent of table.parents) {
      const source = this.#tables.find(parent);
      if (source && source !== table) for (const column of this.#allColumns(source)) columns.set(column.name, column);
    }
    for (const column of [...this.attributesOf(table), ...table.columns])
      if (column.type !== '' || !columns.has(column.name)) columns.set(column.name, column);
    const primary = table.uniques.filter(({ kind }) => kind === 'primary').flatMap((unique) => unique.columns);
    return [...columns.values()].map((column) =>
      primary.includes(column.name) ? { ...column, notNull: true } : column,
    );
  };

  #createView(cursor: Cursor): void {
    cursor.accept('if', 'not', 'exists');
    const name = cursor.qualified();
    if (name === undefined) return;
    cursor.until('as');
    cursor.accept('as');
    this.#views.add(createdName(name, this.#scope), cursor, (table) => this.#tables.meant(table, this.#scope)?.name);
  }

  /** A unique index of a materialised view asks the columns of tables that it shows to be unique. */
  #addToSources(view: string, columns: readonly string[], unique: Omit<Unique, 'columns'>): void {
    for (const { table, column } of this.#views.sources(view, columns))
      this.#tables.find(table)?.uniques.push({ ...unique, columns: [column] });
  }

  #createUniqueIndex(cursor: Cursor): void {
    cursor.accept('concurrently');
    cursor.accept('if', 'not', 'exists');
    const name = cursor.isNext('on') ? '' : (cursor.qualified() ?? '');
    if (!cursor.accept('on')) return;
    cursor.accept('only');
    const on = cursor.table() ?? '';
    const table = this.#tables.find(on);
    if (cursor.accept('using')) cursor.at += 1;
    const indexed = indexedColumns(cursor);
    if (cursor.accept('include')) cursor.group();
    const unique: Unique = { kind: 'index', name, ...indexed, ...nullsNotDistinct(cursor), ...rowsOf(cursor) };
    if (table !== undefined) table.uniques.push(unique);
    else this.#addToSources(on, indexed.columns, { kind: 'index', name, ignoresCase: indexed.ignoresCase });
  }

  #alter(cursor: Cursor): void {
    if (cursor.accept('domain')) this.#types.alterDomain(cursor, this.#scope);
    else if (cursor.accept('type')) this.#types.alter(cursor, this.#scope);
    else if (cursor.accept('schema')) this.#alterSchema(cursor);
    else {
      cursor.accept('foreign');
      if (!cursor.accept('table')) return;
      cursor.accept('if', 'exists');
      cursor.accept('only');
      const table = this.#tables.find(cursor.table() ?? '');
      cursor.accept('*');
      if (table !== undefined) alterTable(this.#tables, table, cursor);
    }
  }

  #alterSchema(cursor: Cursor): void {
    const from = cursor.name();
    const to = cursor.accept('rename', 'to') ? cursor.name() : undefined;
    if (from === undefined || to === undefined) return;
    const { database } = this.#scope;
    const [before, after] = [from, to].map((schema) => (database === '' ? `${schema}.` : `${database}.${schema}.`));
    for (const [name, table] of [...this.#tables.byName])
      if (name.startsWith(before as string))
        this.#tables.rename(table, `${after}${name.slice((before as string).length)}`);
  }

  #drop(cursor: Cursor): void {
    cursor.accept('foreign');
    const what = cursor.accept('table') ? 'table' : cursor.accept('index') ? 'index' : '';
    if (what === '') return;
    cursor.accept('concurrently');
    cursor.accept('if', 'exists');
    for (const part of cursor.parts()) {
      const name = part.qualified();
      if (what === 'index') this.#dropIndex(name);
      else {
        const table = this.#tables.meant(name, this.#scope);
        if (table) this.#tables.drop(table);
      }
    }
  }

  #dropIndex(name: string | undefined): void {
    if (name === undefined) return;
    const own = nameParts(name).at(-1);
    for (const { uniques } of this.#tables.byName.values()) {
      const at = uniques.findIndex((unique) => unique.kind === 'index' && nameParts(unique.name).at(-1) === own);
      if (at >= 0) uniques.splice(at, 1);
    }
  }
}
