/** What the parts of CREATE TABLE and ALTER TABLE say: columns and constraints. */
import type { Check, ForeignKey, PartitionKey, Unique } from './catalogue.ts';
import type { Cursor } from './tokens.ts';

export interface DefinedColumn {
  readonly name: string;
  /** As written; empty when the statement only adds to an inherited column. */
  readonly type: string;
  notNull: boolean;
  generated: boolean;
  /** The columns that a generated one is made of. */
  madeOf: readonly string[];
  /** Whether it makes upper and lower case the same. */
  lowers: boolean;
  default: string | undefined;
}

export interface DefinedTable {
  readonly name: string;
  readonly columns: DefinedColumn[];
  readonly uniques: Unique[];
  readonly foreignKeys: ForeignKey[];
  readonly checks: Check[];
  readonly parents: string[];
  isPartition: boolean;
  partitionKey: PartitionKey | undefined;
  /** Of a partition. */
  bounds: string | undefined;
}

/** Words that end the type of a column and begin what else is said of it. */
const afterType = new Set(
  'collate default not null generated constraint primary unique references check compression storage deferrable initially options'.split(
    ' ',
  ),
);

export function readElement(table: DefinedTable, part: Cursor): void {
  if (part.peek('like')) return;
  if (readConstraint(table, part)) return;
  const name = part.name();
  if (name !== undefined) readColumn(table, name, part);
}

export function readColumn(table: DefinedTable, name: string, part: Cursor): void {
  const type = writtenType(part);
  const column = newColumn(name, type);
  table.columns.push(column);
  columnWords(table, column, part);
}

function newColumn(name: string, type: string): DefinedColumn {
  return { name, type, notNull: false, generated: false, madeOf: [], lowers: false, default: undefined };
}

function columnWords(table: DefinedTable, column: DefinedColumn, part: Cursor): void {
  const columns = [column.name];
  let constraint = '';
  while (!part.done) {
    if (part.take('constraint')) constraint = part.name() ?? '';
    else if (part.take('not', 'null')) column.notNull = true;
    // What ON DELETE does.
    else if (part.take('set', 'default')) continue;
    else if (part.take('default')) column.default = expression(part);
    else if (part.take('generated')) {
      part.take('always');
      part.take('by', 'default');
      part.take('as');
      if (part.take('identity')) continue;
      column.generated = part.peek('(');
      const of = indexed(part);
      column.madeOf = of.columns;
      column.lowers = of.lowered;
    } else if (part.take('primary', 'key'))
      table.uniques.push({ kind: 'primary', name: constraint, columns, lowered: false });
    else if (part.take('unique')) table.uniques.push({ kind: 'unique', name: constraint, columns, lowered: false });
    else if (part.take('references')) addReference(table, constraint, columns, part);
    else if (part.take('check')) addCheck(table, constraint, part);
    else part.at += 1;
  }
}

/** @returns whether the part was a constraint of the table */
export function readConstraint(table: DefinedTable, part: Cursor): boolean {
  const start = part.at;
  let name = '';
  if (part.take('constraint')) name = part.name() ?? '';
  if (part.take('primary', 'key')) addKey(table, 'primary', name, part);
  else if (part.take('unique')) addKey(table, 'unique', name, part);
  else if (part.take('foreign', 'key')) {
    const columns = list(part);
    if (part.take('references')) addReference(table, name, columns, part);
  } else if (part.take('check')) addCheck(table, name, part);
  else if (part.take('exclude', 'using') || part.comes('exclude', '(')) {
    // A column may be called exclude, so the word alone says nothing.
    while (!part.done && !part.peek('(')) part.at += 1;
    table.uniques.push({ kind: 'exclude', name, ...indexed(part) });
  } else if (part.take('not', 'null')) {
    const column = columnOf(table, part);
    if (column) column.notNull = true;
  } else return rewind(part, start);
  return true;
}

function addReference(table: DefinedTable, name: string, columns: readonly string[], part: Cursor): void {
  const references = part.qualified();
  if (references !== undefined) table.foreignKeys.push({ name, columns, references, referenced: list(part) });
}

/** Whether no more of the type comes; `with` belongs to it only in `with time zone`. */
function endsType(part: Cursor): boolean {
  const { kind, text } = part.token ?? { kind: 'sign', text: '' };
  return kind === 'word' && (afterType.has(text) || (text === 'with' && !part.comes('with', 'time')));
}

function rewind(part: Cursor, to: number): false {
  part.at = to;
  return false;
}

/** The names in the parentheses that come next. */
function list(part: Cursor): string[] {
  const names = part.group()?.parts() ?? [];
  return names.map((one) => {
    const name = one.name() ?? '';
    // `PERIOD valid` of a foreign key over times.
    return name === 'period' && !one.comes('without') ? (one.name() ?? name) : name;
  });
}

export function nullsAlike(part: Cursor): { readonly nullsAlike?: true } {
  return part.take('nulls', 'not', 'distinct') ? { nullsAlike: true } : {};
}

function addKey(table: DefinedTable, kind: 'primary' | 'unique', name: string, part: Cursor): void {
  const nulls = nullsAlike(part);
  part.take('nulls', 'distinct');
  if (!part.take('using', 'index')) {
    table.uniques.push({ kind, name, columns: list(part), lowered: false, ...nulls });
    return;
  }
  const index = part.name();
  const of = table.uniques.findIndex((one) => one.kind === 'index' && one.name === index);
  const found = table.uniques[of];
  if (found) table.uniques[of] = { ...found, kind, name };
}

/** What the parentheses that come next, of an index, speak of. */
export function indexed(part: Cursor): { readonly columns: readonly string[]; readonly lowered: boolean } {
  const group = part.group();
  return { columns: group?.names() ?? [], lowered: (group?.calls('lower') || group?.calls('upper')) ?? false };
}

/** The column whose name comes next, which may be an inherited one. */
export function columnOf(table: DefinedTable, part: Cursor): DefinedColumn | undefined {
  const name = part.name();
  if (name === undefined) return undefined;
  const known = table.columns.find((one) => one.name === name);
  if (known) return known;
  const added = newColumn(name, '');
  table.columns.push(added);
  return added;
}

/** The type that comes next, as written. */
export function writtenType(part: Cursor): string {
  const start = part.token?.start ?? 0;
  let end = start;
  while (part.token !== undefined && !endsType(part)) {
    if (part.peek(';')) break;
    if (part.peek('(')) part.group();
    else part.at += 1;
    end = part.tokens[part.at - 1]?.end ?? end;
  }
  return part.sql.slice(start, end);
}

function addCheck(table: DefinedTable, name: string, part: Cursor): void {
  const group = part.group();
  if (group) table.checks.push({ name, expression: group.rest(), columns: group.names() });
}

/** The SQL up to the next word that begins something else. */
export function expression(part: Cursor): string {
  const start = part.token?.start ?? 0;
  let end = start;
  while (part.token !== undefined && !(part.token.kind === 'word' && afterType.has(part.token.text) && end > start)) {
    if (part.peek('(')) part.group();
    else part.at += 1;
    end = part.tokens[part.at - 1]?.end ?? end;
  }
  return part.sql.slice(start, end).replace(/;$/, '');
}
