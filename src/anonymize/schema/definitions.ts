/** Reads CREATE and ALTER statements, as pg_dump and people write them. */
import {
  columnOf,
  type DefinedTable,
  expression,
  indexed,
  nullsAlike,
  readColumn,
  readConstraint,
  readElement,
  writtenType,
} from './constraints.ts';
import { Cursor, tokenize } from './tokens.ts';
import type { DefinedType } from './types.ts';

export class Definitions {
  readonly tables = new Map<string, DefinedTable>();
  readonly types = new Map<string, DefinedType>();

  read(sql: string): void {
    const tokens = tokenize(sql);
    const cursor = new Cursor(sql, tokens);
    if (cursor.take('create')) this.#create(cursor);
    else if (cursor.take('alter')) this.#alter(cursor);
  }

  #create(cursor: Cursor): void {
    cursor.take('or', 'replace');
    for (const word of ['global', 'local', 'temporary', 'temp', 'unlogged', 'foreign']) cursor.take(word);
    if (cursor.take('table')) this.#createTable(cursor);
    else if (cursor.take('unique', 'index')) this.#uniqueIndex(cursor);
    else if (cursor.take('type')) this.#createType(cursor);
    else if (cursor.take('domain')) this.#createDomain(cursor);
  }

  #createTable(cursor: Cursor): void {
    cursor.take('if', 'not', 'exists');
    const name = cursor.qualified();
    if (name === undefined) return;
    const table: DefinedTable = {
      name,
      columns: [],
      uniques: [],
      foreignKeys: [],
      checks: [],
      parents: [],
      isPartition: false,
      partitionKey: undefined,
      bounds: undefined,
    };
    this.tables.set(name, table);
    if (cursor.take('partition', 'of')) {
      setParent(table, cursor.qualified());
    }
    for (const part of cursor.group()?.parts() ?? []) readElement(table, part);
    if (table.isPartition) table.bounds = cursor.rest();
    for (; !cursor.done; cursor.at += 1) {
      if (cursor.take('inherits')) for (const part of cursor.group()?.parts() ?? []) addParent(table, part.qualified());
      if (cursor.take('partition', 'by')) {
        const strategy = cursor.name();
        const columns = cursor.group()?.names() ?? [];
        if (strategy === 'range' || strategy === 'list' || strategy === 'hash')
          table.partitionKey = { strategy, columns };
      }
    }
  }

  #uniqueIndex(cursor: Cursor): void {
    cursor.take('concurrently');
    cursor.take('if', 'not', 'exists');
    const name = cursor.peek('on') ? '' : (cursor.qualified() ?? '');
    if (!cursor.take('on')) return;
    cursor.take('only');
    const table = this.tables.get(cursor.qualified() ?? '');
    if (cursor.take('using')) cursor.at += 1;
    const of = indexed(cursor);
    if (cursor.take('include')) cursor.group();
    table?.uniques.push({ kind: 'index', name, ...of, ...nullsAlike(cursor) });
  }

  #createType(cursor: Cursor): void {
    const name = cursor.qualified();
    if (name === undefined || !cursor.take('as')) return;
    if (cursor.take('enum')) {
      const group = cursor.group();
      const labels = group?.tokens.slice(group.at, group.end).filter((token) => token.kind === 'string') ?? [];
      this.types.set(name, { kind: 'enum', labels: labels.map((token) => token.text) });
    } else if (cursor.peek('(')) this.types.set(name, { kind: 'composite' });
  }

  #createDomain(cursor: Cursor): void {
    const name = cursor.qualified();
    if (name === undefined) return;
    cursor.take('as');
    const type: DefinedType = { kind: 'domain', over: writtenType(cursor), checks: [], notNull: false };
    this.types.set(name, type);
    domainWords(type, cursor);
  }

  #alter(cursor: Cursor): void {
    if (cursor.take('domain')) {
      const type = this.types.get(cursor.qualified() ?? '');
      if (type?.kind === 'domain' && !cursor.peek('drop')) domainWords(type, cursor);
      return;
    }
    cursor.take('foreign');
    if (!cursor.take('table')) return;
    cursor.take('if', 'exists');
    cursor.take('only');
    const table = this.tables.get(cursor.qualified() ?? '');
    if (table === undefined) return;
    for (const part of cursor.parts()) this.#alteration(table, part);
  }

  #alteration(table: DefinedTable, part: Cursor): void {
    if (part.take('attach', 'partition')) {
      const partition = this.tables.get(part.qualified() ?? '');
      if (partition) {
        setParent(partition, table.name);
        partition.bounds = part.rest();
      }
    } else if (part.take('inherit')) addParent(table, part.qualified());
    else if (part.take('add')) {
      if (readConstraint(table, part)) return;
      part.take('column');
      part.take('if', 'not', 'exists');
      const name = part.name();
      if (name !== undefined) readColumn(table, name, part);
    } else if (part.take('alter')) {
      part.take('column');
      const column = columnOf(table, part);
      if (column === undefined) return;
      if (part.take('set', 'not', 'null')) column.notNull = true;
      else if (part.take('set', 'default')) column.default = expression(part);
    }
  }
}

function addParent(table: DefinedTable, parent: string | undefined): void {
  if (parent !== undefined && !table.parents.includes(parent)) table.parents.push(parent);
}

function setParent(partition: DefinedTable, parent: string | undefined): void {
  partition.parents.splice(0, partition.parents.length, ...(parent === undefined ? [] : [parent]));
  partition.isPartition = true;
}

/** What follows the type of a domain, or ALTER DOMAIN. */
function domainWords(type: Extract<DefinedType, { kind: 'domain' }>, cursor: Cursor): void {
  while (!cursor.done) {
    if (cursor.take('check')) type.checks.push(cursor.group()?.rest() ?? '');
    else if (cursor.take('not', 'null')) type.notNull = true;
    else if (cursor.peek('(')) cursor.group();
    else cursor.at += 1;
  }
}
