/** Reads CREATE and ALTER statements, as pg_dump and people write them. */

import { Cursor } from '../format/cursor.ts';
import { tokenize } from '../format/tokens.ts';
import type { TypeDefinitions } from './catalogue-definitions.ts';
import { readColumn, readDefault, readElement, readType } from './columns.ts';
import { indexedColumns, nullsNotDistinct, readConstraint } from './constraints.ts';
import { addParent, attach, type DefinedTable, newTable, ownOrInherited } from './defined-table.ts';
import { type ColumnType, type DefinedType, refusesNull, resolveType } from './types.ts';

export class Definitions implements TypeDefinitions {
  /** By canonical name. */
  readonly tables = new Map<string, DefinedTable>();
  readonly types = new Map<string, DefinedType>();

  /** Reads one statement. Ignores those that define no table or type. Never throws. */
  read(sql: string): void {
    const cursor = new Cursor(sql, tokenize(sql));
    if (cursor.accept('create')) this.#create(cursor);
    else if (cursor.accept('alter')) this.#alter(cursor);
  }

  typeOf(_table: DefinedTable, { type }: { readonly type: string }): ColumnType {
    return resolveType(type, (name) => this.types.get(name));
  }

  refusesNull({ type }: { readonly type: string }): boolean {
    return refusesNull(type, (name) => this.types.get(name));
  }

  #create(cursor: Cursor): void {
    cursor.accept('or', 'replace');
    for (const word of ['global', 'local', 'temporary', 'temp', 'unlogged', 'foreign']) cursor.accept(word);
    if (cursor.accept('table')) this.#createTable(cursor);
    else if (cursor.accept('unique', 'index')) this.#createUniqueIndex(cursor);
    else if (cursor.accept('type')) this.#createType(cursor);
    else if (cursor.accept('domain')) this.#createDomain(cursor);
  }

  #createTable(cursor: Cursor): void {
    cursor.accept('if', 'not', 'exists');
    const name = cursor.qualified();
    if (name === undefined) return;
    const table = newTable(name);
    this.tables.set(name, table);
    if (cursor.accept('partition', 'of')) attach(table, cursor.qualified());
    for (const part of cursor.group()?.parts() ?? []) readElement(table, part);
    if (table.isPartition) table.bounds = cursor.remainingSql();
    for (; !cursor.done; cursor.at += 1) {
      if (cursor.accept('inherits'))
        for (const part of cursor.group()?.parts() ?? []) addParent(table, part.qualified());
      if (cursor.accept('partition', 'by')) {
        const strategy = cursor.name();
        const columns = cursor.group()?.names() ?? [];
        if (strategy === 'range' || strategy === 'list' || strategy === 'hash')
          table.partitionKey = { strategy, columns };
      }
    }
  }

  #createUniqueIndex(cursor: Cursor): void {
    cursor.accept('concurrently');
    cursor.accept('if', 'not', 'exists');
    const name = cursor.isNext('on') ? '' : (cursor.qualified() ?? '');
    if (!cursor.accept('on')) return;
    cursor.accept('only');
    const table = this.tables.get(cursor.qualified() ?? '');
    if (cursor.accept('using')) cursor.at += 1;
    const indexed = indexedColumns(cursor);
    if (cursor.accept('include')) cursor.group();
    table?.uniques.push({ kind: 'index', name, ...indexed, ...nullsNotDistinct(cursor) });
  }

  #createType(cursor: Cursor): void {
    const name = cursor.qualified();
    if (name === undefined || !cursor.accept('as')) return;
    if (cursor.accept('enum')) {
      const group = cursor.group();
      const labels = group?.tokens.slice(group.at, group.end).filter((token) => token.kind === 'string') ?? [];
      this.types.set(name, { kind: 'enum', labels: labels.map((token) => token.text) });
    } else if (cursor.isNext('(')) this.types.set(name, { kind: 'composite' });
  }

  #createDomain(cursor: Cursor): void {
    const name = cursor.qualified();
    if (name === undefined) return;
    cursor.accept('as');
    const type: DefinedType = { kind: 'domain', over: readType(cursor), checks: [], notNull: false };
    this.types.set(name, type);
    readDomainProperties(type, cursor);
  }

  #alter(cursor: Cursor): void {
    if (cursor.accept('domain')) {
      const type = this.types.get(cursor.qualified() ?? '');
      if (type?.kind === 'domain' && !cursor.isNext('drop')) readDomainProperties(type, cursor);
      return;
    }
    cursor.accept('foreign');
    if (!cursor.accept('table')) return;
    cursor.accept('if', 'exists');
    cursor.accept('only');
    const table = this.tables.get(cursor.qualified() ?? '');
    if (table === undefined) return;
    for (const part of cursor.parts()) this.#alterTable(table, part);
  }

  #alterTable(table: DefinedTable, part: Cursor): void {
    if (part.accept('attach', 'partition')) {
      const partition = this.tables.get(part.qualified() ?? '');
      if (partition === undefined) return;
      attach(partition, table.name);
      partition.bounds = part.remainingSql();
    } else if (part.accept('inherit')) addParent(table, part.qualified());
    else if (part.accept('add')) {
      if (readConstraint(table, part)) return;
      part.accept('column');
      part.accept('if', 'not', 'exists');
      readColumn(table, part);
    } else if (part.accept('alter')) {
      part.accept('column');
      const name = part.name();
      if (name === undefined) return;
      const column = ownOrInherited(table, name);
      if (part.accept('set', 'not', 'null')) column.notNull = true;
      else if (part.accept('set', 'default')) column.default = readDefault(part);
    }
  }
}

/** Reads what follows the type of a domain, or ALTER DOMAIN. */
function readDomainProperties(type: Extract<DefinedType, { kind: 'domain' }>, cursor: Cursor): void {
  while (!cursor.done) {
    if (cursor.accept('check')) type.checks.push(cursor.group()?.remainingSql() ?? '');
    else if (cursor.accept('not', 'null')) type.notNull = true;
    else if (cursor.group() === undefined) cursor.at += 1;
  }
}
