/** Whether the rows of a table may be left out: no row that stays may refer to them. */
import type { Catalogue } from '../../schema/catalogue.ts';
import type { ForeignKey, Table } from '../../schema/table.ts';
import type { Rows } from '../file/rule.ts';
import type { TableRules } from '../file/rules-file.ts';

/** @param name canonical name of the table */
export function checkRows(
  name: string,
  { written, rows }: TableRules,
  all: ReadonlyMap<string, TableRules>,
  catalogue: Catalogue,
): string[] {
  if (rows === 'keep') return [];
  const by = rows === 'drop' ? undefined : (rows.by ?? catalogue.primaryColumn(name));
  const problems = rows === 'drop' ? [] : checkSample(name, by, catalogue);
  for (const table of catalogue.tables()) {
    if (table.name === name && rows === 'drop') continue;
    for (const key of table.foreignKeys.filter((one) => one.references === name)) {
      const referenced = key.referenced[0] ?? catalogue.primaryColumn(name);
      if (!staysValid(rows, by === referenced, all.get(table.name), key))
        problems.push(danglingReference(table, table.name === name, key));
    }
  }
  return problems.map((problem) => `${written}: ${problem}`);
}

function checkSample(name: string, by: string | undefined, catalogue: Catalogue): string[] {
  if (by === undefined)
    return ['a sample needs a column, since the table has no primary key of one column; allowed: by: COLUMN'];
  if (catalogue.column(name, by) === undefined)
    return [`the sample uses ${by}, which is not a column of the table; allowed: a column of the table`];
  return [];
}

/**
 * Whether a foreign key still holds when rows of the table it references are left out.
 * @param byReferenced whether the sample uses the column that the key references
 * @param referring the rules of the table with the foreign key
 */
function staysValid(rows: Rows, byReferenced: boolean, referring: TableRules | undefined, key: ForeignKey): boolean {
  if (referring === undefined) return false;
  if (referring.rows === 'drop') return true;
  if (key.columns.some((column) => referring.columns.get(column)?.kind === 'null')) return true;
  if (typeof rows === 'string' || typeof referring.rows === 'string') return false;
  // Both tables keep the rows with the same values.
  return (
    byReferenced &&
    referring.rows.share === rows.share &&
    key.columns.length === 1 &&
    referring.rows.by === key.columns[0]
  );
}

function danglingReference(table: Table, itself: boolean, key: ForeignKey): string {
  // One NULL is enough for a foreign key to hold.
  const nullable = key.columns.filter((name) => table.columns.find((one) => one.name === name)?.notNull !== true);
  const allowed = [
    ...(itself ? [] : ['rows: drop there', `the same sample by: ${key.columns[0]}`]),
    ...(nullable.length > 0 ? [`null for ${nullable.join(', ')}`] : []),
    'rows: keep here',
  ];
  const [last, ...others] = allowed.toReversed();
  const listed = others.length === 0 ? last : `${others.toReversed().join(', ')}, or ${last}`;
  return `rows of ${table.name} refer to rows that are left out (${key.name || key.columns.join(', ')}); allowed: ${listed}`;
}
