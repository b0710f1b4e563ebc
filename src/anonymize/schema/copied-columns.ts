/** Columns that a table takes from another when it is made: LIKE, CREATE TABLE AS, SELECT INTO. */
import type { Cursor } from '../format/cursor.ts';
import { nameParts } from '../format/name-scope.ts';
import { type DefinedColumn, type DefinedTable, newColumn } from './defined-table.ts';

/** A table's columns with those that it inherits, or has from its type. */
export type AllColumns = (table: DefinedTable) => readonly DefinedColumn[];

/** Reads `LIKE source INCLUDING …`, behind LIKE: NOT NULL always comes along, the rest when it is asked for. */
export function readLike(
  table: DefinedTable,
  part: Cursor,
  find: (name: string) => DefinedTable | undefined,
  allColumns: AllColumns,
): void {
  const source = find(part.table() ?? '');
  if (source === undefined) return;
  const options = new Map<string, boolean>();
  for (; !part.done; part.at += 1) {
    const including = part.accept('including');
    if (including || part.accept('excluding')) options.set(part.token?.text ?? '', including);
  }
  const has = (what: string): boolean => options.get(what) ?? options.get('all') ?? false;
  for (const column of allColumns(source)) {
    const { generated } = column;
    table.columns.push({
      ...column,
      generated: generated && has('generated'),
      default: has('defaults') ? column.default : undefined,
    });
  }
  if (has('constraints')) table.checks.push(...source.checks);
  if (has('indexes')) table.uniques.push(...source.uniques.map((unique) => ({ ...unique, name: '' })));
}

/** Words that end a select list, or the tables that it is about. */
const clauses = [
  'where',
  'group',
  'having',
  'order',
  'limit',
  'offset',
  'fetch',
  'union',
  'intersect',
  'except',
  'with',
];

/**
 * The columns of a query, as far as its text gives their names: `SELECT a, t.b AS c, * FROM one_table`, `TABLE t`.
 * @returns undefined when it does not
 */
export function queryColumns(
  query: Cursor,
  find: (name: string) => DefinedTable | undefined,
  allColumns: AllColumns,
): readonly DefinedColumn[] | undefined {
  if (query.isNext('(')) return queryColumns(query.group() as Cursor, find, allColumns);
  if (query.accept('table')) {
    const source = find(query.table() ?? '');
    return source && allColumns(source).map(({ name, type }) => newColumn(name, type));
  }
  if (!query.accept('select') || query.isNext('distinct', 'on')) return undefined;
  query.accept('distinct') || query.accept('all');
  const list = query.until('into', 'from', ...clauses);
  if (query.accept('into')) query.until('from', ...clauses);
  const from = query.accept('from') ? query.until(...clauses) : undefined;
  // Of a join, the types of columns are not known, and `*` is several tables.
  const single = from !== undefined && from.parts().length === 1 && !from.has('join');
  from?.accept('only');
  const source = single ? find(from.table() ?? '') : undefined;
  const known = source ? allColumns(source) : undefined;
  const columns: DefinedColumn[] = [];
  for (const item of list.parts()) {
    const last = item.tokens[item.end - 1];
    if (last?.text === '*' && last.kind === 'sign') {
      if (known === undefined) return undefined;
      columns.push(...known.map(({ name, type }) => newColumn(name, type)));
      continue;
    }
    const named = nameOfItem(item);
    if (named === undefined) return undefined;
    const type = known?.find((one) => one.name === named.of)?.type;
    columns.push(newColumn(named.name, type || 'unknown'));
  }
  return columns;
}

/** `a`, `t.a`, `… AS a`. PostgreSQL makes names for other expressions. @returns with the column that it is, if it is one */
function nameOfItem(item: Cursor): { readonly name: string; readonly of: string | undefined } | undefined {
  const expression = item.until('as');
  const whole = expression.qualified();
  const of = expression.done ? whole && nameParts(whole).at(-1) : undefined;
  const name = item.accept('as') ? item.name() : of;
  return name === undefined || !item.done ? undefined : { name, of };
}
