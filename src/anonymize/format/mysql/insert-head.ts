/** The part of an INSERT or REPLACE before its rows. */
import { Cursor } from '../cursor.ts';
import type { StringForms } from './literals.ts';
import { readTable } from './names.ts';
import { tokenizeMysql } from './tokens.ts';

export interface RowsTarget {
  /** Canonical. */
  readonly table: string;
  /** Canonical; undefined when the statement does not name them. */
  readonly columns: readonly string[] | undefined;
}

/**
 * @param sql up to and with VALUES
 * @returns undefined when it is not an INSERT with rows
 */
export function rowsTarget(sql: string, database: string, forms: StringForms): RowsTarget | undefined {
  const cursor = new Cursor(sql, tokenizeMysql(sql, forms));
  if (!cursor.accept('insert') && !cursor.accept('replace')) return undefined;
  while (['low_priority', 'delayed', 'high_priority', 'ignore'].some((word) => cursor.accept(word)));
  cursor.accept('into');
  const table = readTable(cursor, database);
  if (table === undefined) return undefined;
  if (cursor.accept('partition')) cursor.group();
  const columns = cursor
    .group()
    ?.parts()
    .map((part) => lastName(part));
  if (!cursor.accept('values') && !cursor.accept('value')) return undefined;
  return cursor.done ? { table, columns: columns?.length === 0 ? undefined : columns } : undefined;
}

/** The column of `t.a`. */
function lastName(part: Cursor): string {
  let name = part.name() ?? '';
  while (part.accept('.')) name = part.name() ?? '';
  return name;
}
