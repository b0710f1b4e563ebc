/** Reads CREATE and ALTER statements, as pg_dump and people write them. */
import type { Check, ForeignKey, PartitionKey, Unique } from './catalogue.ts';
import { Cursor, tokenize } from './tokens.ts';
import type { DefinedType } from './types.ts';

export interface DefinedColumn {
  readonly name: string;
  readonly type: string;
  notNull: boolean;
  generated: boolean;
  default: string | undefined;
}

export interface DefinedTable {
  readonly name: string;
  readonly columns: DefinedColumn[];
  readonly uniques: Unique[];
  readonly foreignKeys: ForeignKey[];
  readonly checks: Check[];
  parent: string | undefined;
  isPartition: boolean;
  partitionKey: PartitionKey | undefined;
}

/** Words that end the type of a column and begin what else is said of it. */
const afterType = new Set(
  'collate default not null generated constraint primary unique references check compression storage deferrable initially options'.split(
    ' ',
  ),
);

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
      parent: undefined,
      isPartition: false,
      partitionKey: undefined,
    };
    this.tables.set(name, table);
    if (cursor.take('partition', 'of')) {
      table.parent = cursor.qualified();
      table.isPartition = true;
    }
    for (const part of cursor.group()?.parts() ?? []) this.#element(table, part);
    for (; !cursor.done; cursor.at += 1) {
      if (cursor.take('inherits')) table.parent ??= cursor.group()?.qualified();
      if (cursor.take('partition', 'by')) {
        const strategy = cursor.name();
        const columns = cursor.group()?.names() ?? [];
        if (strategy === 'range' || strategy === 'list' || strategy === 'hash')
          table.partitionKey = { strategy, columns };
      }
    }
  }

  #element(table: DefinedTable, part: Cursor): void {
    if (part.peek('like')) return;
    if (this.#constraint(table, part)) return;
    const name = part.name();
    if (name !== undefined) this.#column(table, name, part);
  }

  #column(table: DefinedTable, name: string, part: Cursor): void {
    const start = part.token?.start;
    let end = start ?? 0;
    while (part.token !== undefined) {
      const { kind, text } = part.token;
      if (kind === 'word' && afterType.has(text)) break;
      if (part.peek('(')) part.group();
      else part.at += 1;
      end = part.tokens[part.at - 1]?.end ?? end;
    }
    const type = start === undefined ? '' : part.sql.slice(start, end);
    const column: DefinedColumn = { name, type, notNull: false, generated: false, default: undefined };
    table.columns.push(column);
    this.#columnWords(table, column, part);
  }

  #columnWords(table: DefinedTable, column: DefinedColumn, part: Cursor): void {
    const columns = [column.name];
    let constraint = '';
    while (!part.done) {
      if (part.take('constraint')) constraint = part.name() ?? '';
      else if (part.take('not', 'null')) column.notNull = true;
      else if (part.take('default')) column.default = expression(part);
      else if (part.take('generated')) {
        part.take('always');
        part.take('by', 'default');
        part.take('as');
        if (!part.take('identity')) column.generated = part.group() !== undefined;
      } else if (part.take('primary', 'key'))
        table.uniques.push({ kind: 'primary', name: constraint, columns, lowered: false });
      else if (part.take('unique')) table.uniques.push({ kind: 'unique', name: constraint, columns, lowered: false });
      else if (part.take('references')) this.#references(table, constraint, columns, part);
      else if (part.take('check')) addCheck(table, constraint, part);
      else part.at += 1;
    }
  }

  /** @returns whether the part was a constraint of the table */
  #constraint(table: DefinedTable, part: Cursor): boolean {
    const start = part.at;
    let name = '';
    if (part.take('constraint')) name = part.name() ?? '';
    if (part.take('primary', 'key')) table.uniques.push({ kind: 'primary', name, columns: list(part), lowered: false });
    else if (part.take('unique')) {
      part.take('nulls', 'not', 'distinct');
      part.take('nulls', 'distinct');
      if (!part.peek('(')) return rewind(part, start);
      table.uniques.push({ kind: 'unique', name, columns: list(part), lowered: false });
    } else if (part.take('foreign', 'key')) {
      const columns = list(part);
      if (part.take('references')) this.#references(table, name, columns, part);
    } else if (part.take('check')) addCheck(table, name, part);
    else if (part.take('exclude')) {
      while (!part.done && !part.peek('(')) part.at += 1;
      const columns = part.group()?.names() ?? [];
      table.uniques.push({ kind: 'exclude', name, columns, lowered: false });
    } else if (part.take('not', 'null')) {
      const column = part.name();
      for (const one of table.columns) if (one.name === column) one.notNull = true;
    } else return rewind(part, start);
    return true;
  }

  #references(table: DefinedTable, name: string, columns: readonly string[], part: Cursor): void {
    const references = part.qualified();
    if (references !== undefined) table.foreignKeys.push({ name, columns, references, referenced: list(part) });
  }

  #uniqueIndex(cursor: Cursor): void {
    cursor.take('concurrently');
    cursor.take('if', 'not', 'exists');
    const name = cursor.peek('on') ? '' : (cursor.qualified() ?? '');
    if (!cursor.take('on')) return;
    cursor.take('only');
    const table = this.tables.get(cursor.qualified() ?? '');
    if (cursor.take('using')) cursor.at += 1;
    const names = cursor.group()?.names() ?? [];
    const lowered = names.includes('lower') || names.includes('upper');
    table?.uniques.push({ kind: 'index', name, columns: names, lowered });
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
    const start = cursor.token?.start ?? 0;
    let end = start;
    while (
      cursor.token !== undefined &&
      !(cursor.token.kind === 'word' && afterType.has(cursor.token.text)) &&
      !cursor.peek(';')
    ) {
      if (cursor.peek('(')) cursor.group();
      else cursor.at += 1;
      end = cursor.tokens[cursor.at - 1]?.end ?? end;
    }
    const checks: string[] = [];
    for (; !cursor.done; cursor.at += 1) if (cursor.take('check')) checks.push(cursor.group()?.rest() ?? '');
    this.types.set(name, { kind: 'domain', over: cursor.sql.slice(start, end), checks });
  }

  #alter(cursor: Cursor): void {
    if (cursor.take('domain')) {
      const type = this.types.get(cursor.qualified() ?? '');
      for (; !cursor.done; cursor.at += 1)
        if (cursor.take('check') && type?.kind === 'domain') type.checks.push(cursor.group()?.rest() ?? '');
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
        partition.parent = table.name;
        partition.isPartition = true;
      }
    } else if (part.take('inherit')) table.parent ??= part.qualified();
    else if (part.take('add')) {
      if (this.#constraint(table, part)) return;
      part.take('column');
      part.take('if', 'not', 'exists');
      const name = part.name();
      if (name !== undefined) this.#column(table, name, part);
    } else if (part.take('alter')) {
      part.take('column');
      const name = part.name();
      const column = table.columns.find((one) => one.name === name);
      if (column === undefined) return;
      if (part.take('set', 'not', 'null')) column.notNull = true;
      else if (part.take('set', 'default')) column.default = expression(part);
    }
  }
}

function rewind(part: Cursor, to: number): false {
  part.at = to;
  return false;
}

/** The names in the parentheses that come next. */
function list(part: Cursor): string[] {
  return (
    part
      .group()
      ?.parts()
      .map((one) => one.name() ?? '') ?? []
  );
}

function addCheck(table: DefinedTable, name: string, part: Cursor): void {
  const group = part.group();
  if (group) table.checks.push({ name, expression: group.rest(), columns: group.names() });
}

/** The SQL up to the next word that begins something else. */
function expression(part: Cursor): string {
  const start = part.token?.start ?? 0;
  let end = start;
  while (part.token !== undefined && !(part.token.kind === 'word' && afterType.has(part.token.text) && end > start)) {
    if (part.peek('(')) part.group();
    else part.at += 1;
    end = part.tokens[part.at - 1]?.end ?? end;
  }
  return part.sql.slice(start, end).replace(/;$/, '');
}
