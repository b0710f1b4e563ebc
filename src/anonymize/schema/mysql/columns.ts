/** Columns, keys and constraints inside CREATE TABLE of MySQL and MariaDB, or added by ALTER TABLE. */
import type { Cursor } from '../../format/cursor.ts';
import { readTable } from '../../format/mysql/names.ts';
import { addCheck, indexedColumns } from '../constraints.ts';
import { type DefinedColumn, type DefinedTable, newColumn } from '../defined-table.ts';
import type { ForeignKey, Unique } from '../table.ts';

/** Words that end a column's type, or its default, and start its next property. */
const propertyWords = new Set(
  `not null default auto_increment unique primary key comment column_format storage references check constraint generated as on
   visible invisible virtual stored persistent engine_attribute srid with without compressed ref_system_id`.split(
    /\s+/,
  ),
);
/** Words that begin what is no column. */
const otherWords = new Set(['key', 'index', 'fulltext', 'spatial', 'period', 'like', 'partition']);

/** Reads one part of the parentheses of CREATE TABLE. */
export function readMysqlElement(table: DefinedTable, part: Cursor, database: string): void {
  if (readConstraint(table, part, database)) return;
  const word = part.token?.kind === 'word' ? part.token.text : '';
  if (part.accept('period', 'for')) readPeriod(table, part);
  else if (!otherWords.has(word)) readColumn(table, part, database);
}

/** `PERIOD FOR name (begin, end)` of MariaDB: the begin is before the end. */
function readPeriod(table: DefinedTable, part: Cursor): void {
  const name = part.name() ?? '';
  const columns = columnList(part);
  const [begin, end] = columns.map((column) => `\`${column.replaceAll('"', '')}\``);
  // That of the system is in no dump.
  if (name !== 'system_time' && end !== undefined)
    table.checks.push({ name: `PERIOD ${name}`, expression: `${begin} < ${end}`, columns });
}

function readConstraint(table: DefinedTable, part: Cursor, database: string): boolean {
  const start = part.at;
  let name = '';
  if (part.accept('constraint') && !isKeyword(part)) name = part.name() ?? '';
  if (part.accept('primary', 'key')) addKey(table, 'primary', name, part);
  else if (part.accept('unique')) {
    if (!part.accept('key')) part.accept('index');
    addKey(table, 'unique', name, part);
  } else if (part.accept('foreign', 'key')) {
    const own = part.isNext('(') ? name : (part.name() ?? name);
    const columns = columnList(part);
    if (part.accept('references')) addReference(table, name || own, columns, part, database);
  } else if (part.isNext('check', '(')) {
    part.at += 1;
    addCheck(table, name, part);
  } else {
    part.at = start;
    return false;
  }
  return true;
}

function isKeyword(part: Cursor): boolean {
  return ['primary', 'unique', 'foreign', 'check'].some((word) => part.isNext(word));
}

/** `UNIQUE KEY name USING BTREE (email(10), (lower(name)))`. */
function addKey(table: DefinedTable, kind: Unique['kind'], constraint: string, part: Cursor): void {
  let name = constraint;
  while (!part.done && !part.isNext('(')) name = readKeyName(part) ?? name;
  const columns: string[] = [];
  const prefixes = new Map<string, number>();
  const parts: string[] = [];
  let ignoresCase = false;
  for (const one of part.group()?.parts() ?? []) {
    if (one.isNext('(')) {
      const indexed = indexedColumns(one);
      columns.push(...indexed.columns);
      parts.push(...indexed.parts);
      ignoresCase ||= indexed.ignoresCase;
      continue;
    }
    const column = one.name();
    if (column === undefined) continue;
    columns.push(column);
    parts.push(column);
    const length = one.group()?.token;
    if (length?.kind === 'number') prefixes.set(column, Number(length.text));
  }
  table.uniques.push({ kind, name, columns, parts, ignoresCase, ...(prefixes.size > 0 ? { prefixes } : {}) });
}

/** The name of a key, which its type may follow. */
function readKeyName(part: Cursor): string | undefined {
  if (part.accept('using')) {
    part.at += 1;
    return undefined;
  }
  const name = part.name();
  if (name === undefined) part.at += 1;
  return name;
}

function addReference(
  table: DefinedTable,
  name: string,
  columns: readonly string[],
  part: Cursor,
  database: string,
): void {
  const references = readTable(part, database);
  const key: ForeignKey | undefined =
    references === undefined ? undefined : { name, columns, references, referenced: columnList(part) };
  if (key) table.foreignKeys.push(key);
}

function columnList(part: Cursor): string[] {
  return (part.group()?.parts() ?? []).map((one) => one.name() ?? '');
}

function readColumn(table: DefinedTable, part: Cursor, database: string): void {
  const name = part.name();
  if (name === undefined) return;
  const startsProperty = (): boolean => part.token?.kind === 'word' && propertyWords.has(part.token.text);
  const column = newColumn(
    name,
    part.sqlUntil((begun) => begun && startsProperty()),
  );
  table.columns.push(column);
  const columns = [name];
  const unique = (kind: Unique['kind']): void =>
    void table.uniques.push({ kind, name: '', columns, ignoresCase: false });
  while (!part.done) {
    if (part.accept('not', 'null')) column.notNull = true;
    else if (part.accept('default')) column.default = part.sqlUntil((begun) => begun && startsProperty());
    else if (part.accept('comment')) part.at += 1;
    else if (part.accept('generated', 'always', 'as') || part.isNext('as', '(')) readGenerated(column, part);
    else if (part.accept('unique')) {
      part.accept('key');
      unique('unique');
    } else if (part.accept('primary')) {
      part.accept('key');
      unique('primary');
    } else if (part.accept('references')) addReference(table, '', columns, part, database);
    else if (part.isNext('check', '(')) {
      part.at += 1;
      addCheck(table, '', part);
    } else part.at += 1;
  }
}

/** Not `GENERATED ALWAYS AS ROW START`, which is in the rows of a dump with history. */
function readGenerated(column: DefinedColumn, part: Cursor): void {
  part.accept('as');
  column.generated = part.isNext('(');
  column.generatedAs = part.ahead()?.remainingSql();
  const { columns, ignoresCase } = indexedColumns(part);
  column.generatedFrom = columns;
  column.generatedIgnoresCase = ignoresCase;
}
