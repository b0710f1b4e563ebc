/** What the other columns of a CHECK may hold in a row with an address, before and after. */
import { type Expression, walk } from '../../schema/expressions/tree.ts';
import { type SqlValue, unknown } from '../../schema/expressions/values.ts';
import type { Column } from '../../schema/table.ts';

/** The values of some columns in one row. */
export type Row = ReadonlyMap<string, SqlValue>;

export interface OtherRow {
  readonly before: Row;
  readonly after: Row;
}

/** A column, and the value that its rule writes, whatever was there: undefined for none. */
export interface OtherColumn {
  readonly column: Column;
  readonly ruled: SqlValue | undefined;
  /** Whether it must be unique, alone or with others. */
  readonly isUnique: boolean;
}

/** Stands for a text of which nothing is known: where no tie is found, one is like another. */
const anyText = '\u0001';
/** Combinations of values that are tried. */
const maxCombinations = 24;

/** @param all whether the columns may also hold what the expression does not name */
export function otherRows(expression: Expression, columns: readonly OtherColumn[], all: boolean): readonly OtherRow[] {
  let rows: readonly OtherRow[] = [{ before: new Map(), after: new Map() }];
  for (const { column, ruled } of columns) {
    const values = valuesOf(expression, column, all);
    const more = rows.flatMap(({ before, after }) =>
      values.map(
        (value): OtherRow => ({
          before: new Map<string, SqlValue>([...before, [column.name, value]]),
          after: new Map<string, SqlValue>([
            ...after,
            [column.name, ruled === undefined || value === null ? value : ruled],
          ]),
        }),
      ),
    );
    rows = more.length <= maxCombinations ? more : rows;
  }
  return rows;
}

function valuesOf(expression: Expression, { name, type }: Column, all: boolean): readonly SqlValue[] {
  if (type.base === 'boolean') return [true, false];
  if (type.array) return [unknown];
  const known = [...constantsBeside(expression, name), null];
  return all ? [...known, type.base === 'text' ? anyText : unknown] : known;
}

/** The constants with which an expression compares a column. */
export function constantsBeside(expression: Expression, column: string): readonly SqlValue[] {
  const found: SqlValue[] = [];
  walk(expression, (part) => {
    if (part.kind !== 'call' || !/^((any|all) )?(=|<>)$/.test(part.name)) return;
    const names = new Set<string>();
    const constants: SqlValue[] = [];
    walk(part, (inner) => {
      if (inner.kind === 'column') names.add(inner.name);
      if (inner.kind === 'literal' && inner.value !== null) constants.push(inner.value);
    });
    if (names.size === 1 && names.has(column)) found.push(...constants);
  });
  return [...new Set(found)].slice(0, 6);
}
