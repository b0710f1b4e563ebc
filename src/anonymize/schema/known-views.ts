/** The columns of materialised views that are columns of tables: a unique index of the view asks the same of them. */
import type { Cursor } from '../format/cursor.ts';
import { nameParts } from '../format/name-scope.ts';
import type { ColumnPlace } from './table.ts';

/** Words that follow the name of a table and are no other name for it. */
const noAlias = new Set(
  'join inner left right full cross natural on using where group having order limit offset union intersect except with tablesample'.split(
    ' ',
  ),
);

export class KnownViews {
  /** By full name of the view, then by name of its column. */
  readonly #columns = new Map<string, ReadonlyMap<string, ColumnPlace>>();

  /**
   * Reads the query of a view.
   * @param query from SELECT on
   * @param find the full name of a table, where there is one of that name
   */
  add(name: string, query: Cursor, find: (name: string) => string | undefined): void {
    if (!query.accept('select')) return;
    const list = query.until('from');
    const rest = query.until(';');
    // What is grouped, or united, is distinct in itself, or not by the column of one table alone.
    if (list.has('distinct') || ['group', 'union', 'intersect', 'except'].some((word) => rest.has(word))) return;
    const tables = tablesIn(rest, find);
    const columns = new Map<string, ColumnPlace>();
    for (const item of list.parts()) {
      const expression = item.until('as');
      const parts = nameParts(expression.qualified() ?? '');
      const column = parts.at(-1);
      const table = parts.length > 1 ? tables.get(parts.slice(0, -1).join('.')) : onlyOf(tables);
      const shown = item.accept('as') ? item.name() : column;
      if (expression.done && table !== undefined && column && shown) columns.set(shown, { table, column });
    }
    this.#columns.set(name, columns);
  }

  /** The columns of tables that these columns of a view are; those that are none are left out. */
  sources(view: string, columns: readonly string[]): readonly ColumnPlace[] {
    const known = this.#columns.get(view);
    return columns.flatMap((column) => known?.get(column) ?? []);
  }
}

function onlyOf(tables: ReadonlyMap<string, string>): string | undefined {
  const all = new Set(tables.values());
  return all.size === 1 ? [...all][0] : undefined;
}

/** Full names of the tables of a FROM, by each name that the query may use for them. */
function tablesIn(from: Cursor, find: (name: string) => string | undefined): ReadonlyMap<string, string> {
  const tables = new Map<string, string>();
  while (!from.done) {
    const name = from.qualified();
    const full = name === undefined ? undefined : find(name);
    if (name === undefined) from.at += 1;
    if (name === undefined || full === undefined) continue;
    from.accept('as');
    const { token } = from;
    const alias = token && token.kind !== 'sign' && !noAlias.has(token.text) ? from.name() : undefined;
    for (const one of alias === undefined ? [name, nameParts(name).at(-1) as string] : [alias]) tables.set(one, full);
  }
  return tables;
}
