/** Columns inside CREATE TABLE, or added by ALTER TABLE. */

import type { Cursor } from '../format/cursor.ts';
import { addCheck, addReference, indexedColumns, readConstraint } from './constraints.ts';
import { type DefinedColumn, type DefinedTable, newColumn } from './defined-table.ts';

/** Words that end a column's type, or its default, and start its next property. */
const propertyWords = new Set(
  'collate default not null generated constraint primary unique references check compression storage deferrable initially options using cascade restrict'.split(
    ' ',
  ),
);

/** Reads one part of the parentheses of CREATE TABLE: a column or a constraint. */
export function readElement(table: DefinedTable, part: Cursor): void {
  if (readConstraint(table, part)) return;
  readColumn(table, part);
}

export function readColumn(table: DefinedTable, part: Cursor): void {
  const name = part.name();
  if (name === undefined) return;
  const column = newColumn(name, readType(part));
  table.columns.push(column);
  readProperties(table, column, part);
}

function readProperties(table: DefinedTable, column: DefinedColumn, part: Cursor): void {
  const columns = [column.name];
  let constraint = '';
  while (!part.done) {
    if (part.accept('collate')) column.collation = part.qualified();
    else if (part.accept('constraint')) constraint = part.name() ?? '';
    else if (part.accept('not', 'null')) column.notNull = true;
    // The action of ON DELETE is not a default.
    else if (part.accept('set', 'default')) continue;
    else if (part.accept('default')) column.default = readDefault(part);
    else if (part.accept('generated')) readGenerated(column, part);
    else if (part.accept('primary', 'key'))
      table.uniques.push({ kind: 'primary', name: constraint, columns, ignoresCase: false });
    else if (part.accept('unique'))
      table.uniques.push({ kind: 'unique', name: constraint, columns, ignoresCase: false });
    else if (part.accept('references')) addReference(table, constraint, columns, part);
    else if (part.accept('check')) addCheck(table, constraint, part);
    else part.at += 1;
  }
}

/** `GENERATED ALWAYS AS (…)`, or an identity column, whose values are in the rows. */
function readGenerated(column: DefinedColumn, part: Cursor): void {
  part.accept('always');
  part.accept('by', 'default');
  part.accept('as');
  if (part.accept('identity')) return;
  column.generated = part.isNext('(');
  column.generatedAs = part.ahead()?.remainingSql();
  const { columns, ignoresCase } = indexedColumns(part);
  column.generatedFrom = columns;
  column.generatedIgnoresCase = ignoresCase;
}

/** The type that comes next, as written. */
export function readType(part: Cursor): string {
  return part.sqlUntil(() => {
    if (part.isNext(';')) return true;
    const word = part.token?.kind === 'word' ? part.token.text : '';
    // `with` belongs to the type only in `with time zone`.
    return propertyWords.has(word) || (word === 'with' && !part.isNext('with', 'time'));
  });
}

/** The expression of a default. */
export function readDefault(part: Cursor): string {
  const startsProperty = (): boolean => part.token?.kind === 'word' && propertyWords.has(part.token.text);
  // `DEFAULT NULL` starts with such a word.
  return part.sqlUntil((begun) => begun && startsProperty()).replace(/;$/, '');
}
