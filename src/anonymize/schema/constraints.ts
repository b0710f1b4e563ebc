/** Constraints of a table, inside CREATE TABLE or added by ALTER TABLE. */
import type { Cursor } from '../format/cursor.ts';
import { type DefinedTable, ownOrInherited } from './defined-table.ts';
import type { Check } from './table.ts';

/** @returns whether the part was a constraint of the table; otherwise the cursor has not moved */
export function readConstraint(table: DefinedTable, part: Cursor): boolean {
  const start = part.at;
  const name = part.accept('constraint') ? (part.name() ?? '') : '';
  if (part.accept('primary', 'key')) addKey(table, 'primary', name, part);
  else if (part.accept('unique')) addKey(table, 'unique', name, part);
  else if (part.accept('foreign', 'key')) {
    const columns = columnList(part);
    if (part.accept('references')) addReference(table, name, columns, part);
  } else if (part.accept('check')) addCheck(table, name, part);
  else if (part.accept('exclude', 'using') || part.isNext('exclude', '(')) {
    // A column may be called exclude: the word alone is not enough.
    while (!part.done && !part.isNext('(')) part.at += 1;
    table.uniques.push({ kind: 'exclude', name, ...indexedColumns(part), ...rowsOf(part) });
  } else if (part.accept('not', 'null')) {
    const column = part.name();
    if (column !== undefined) ownOrInherited(table, column).notNull = true;
  } else {
    part.at = start;
    return false;
  }
  return true;
}

function addKey(table: DefinedTable, kind: 'primary' | 'unique', name: string, part: Cursor): void {
  const nulls = nullsNotDistinct(part);
  part.accept('nulls', 'distinct');
  if (!part.accept('using', 'index')) {
    table.uniques.push({ kind, name, columns: columnList(part), ignoresCase: false, ...nulls });
    return;
  }
  const index = part.name();
  const of = table.uniques.findIndex((unique) => unique.kind === 'index' && unique.name === index);
  const existing = table.uniques[of];
  if (existing) table.uniques[of] = { ...existing, kind, name };
}

export function addReference(table: DefinedTable, name: string, columns: readonly string[], part: Cursor): void {
  const references = part.table();
  if (references !== undefined) table.foreignKeys.push({ name, columns, references, referenced: columnList(part) });
}

export function addCheck(table: DefinedTable, name: string, part: Cursor): void {
  const group = part.group();
  if (group === undefined) return;
  let marks: Pick<Check, 'isOwn' | 'isLax'> = {};
  for (;;)
    if (part.accept('no', 'inherit')) marks = { ...marks, isOwn: true };
    else if (part.accept('not', 'valid')) marks = { ...marks, isLax: true };
    // Neither PostgreSQL 18 nor MySQL compares rows with such a one.
    else if (part.accept('not', 'enforced')) return;
    else if (!part.accept('enforced')) break;
  table.checks.push({ name, expression: group.remainingSql(), columns: group.names(), ...marks });
}

export function nullsNotDistinct(part: Cursor): { readonly nullsNotDistinct?: true } {
  return part.accept('nulls', 'not', 'distinct') ? { nullsNotDistinct: true } : {};
}

/** The condition that comes somewhere behind the columns of an index or an exclusion. */
export function rowsOf(part: Cursor): { readonly where?: string } {
  while (!part.done && !part.isNext('where')) part.at += 1;
  return part.accept('where') ? { where: part.until(';').remainingSql() } : {};
}

/** The columns in the parentheses that come next, of an index or a generated column: also those inside expressions. */
export function indexedColumns(part: Cursor): {
  readonly columns: readonly string[];
  readonly parts: readonly string[];
  readonly ignoresCase: boolean;
  readonly collated?: readonly string[];
} {
  const group = part.group();
  const collated = group?.collations() ?? [];
  return {
    ...(collated.length > 0 ? { collated } : {}),
    columns: group?.names() ?? [],
    parts: group?.parts().map((one) => one.remainingSql()) ?? [],
    ignoresCase: (group?.calls('lower') || group?.calls('upper')) ?? false,
  };
}

/** The names in the parentheses that come next. */
function columnList(part: Cursor): string[] {
  const names = part.group()?.parts() ?? [];
  return names.map((one) => {
    const name = one.name() ?? '';
    // `PERIOD valid` of a temporal foreign key.
    return name === 'period' && !one.isNext('without') ? (one.name() ?? name) : name;
  });
}
