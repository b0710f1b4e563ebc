/** Columns whose values the definitions compare with addresses: both must become the same, and must stay distinct. */
import type { Catalogue } from './catalogue.ts';
import type { Column } from './table.ts';
import type { ColumnType } from './types.ts';

/** A string that is one address, and no pattern; before it the character set, as MySQL has it. */
const email = String.raw`(?:_\w+\s*)?'[^'@%*\\[\](){}|\s]+@[^'@%*\\[\](){}|\s]+\.[^'@%*\\[\](){}|\s]+'`;
const anyEmail = new RegExp(email);
/** `email = 'a@…'`, `email IN ('a@…'`, and as pg_dump writes the latter: `email = ANY (ARRAY['a@…'`. Not `<>` or `>=`. */
const equalsEmail = new RegExp(
  String.raw`(?:(?<![<>!~])=\s*(?:any\s*\(+\s*array\s*\[\s*)?|\bin\s*)\(*\s*${email}`,
  'i',
);

/** @param table canonical name of the column's table */
export function isComparedWithEmails(catalogue: Catalogue, table: string, column: Column): boolean {
  if (isEnumerated(column.type)) return true;
  if (checksOf(catalogue, table, column).some((expression) => equalsEmail.test(expression))) return true;
  // An address decides to which partition a row belongs.
  return (
    catalogue.isListKey(table, column.name) &&
    catalogue.partitionBounds(catalogue.root(table)).some((bounds) => anyEmail.test(bounds))
  );
}

/** Types that are made of each other are not followed further. */
const deepest = 8;

/** Whether values are labels that hold an address, or hold such labels: in arrays, composite values and ranges. */
function isEnumerated({ enumeration, inside }: ColumnType, depth = 0): boolean {
  if (enumeration?.some((label) => label.includes('@'))) return true;
  if (inside === undefined || depth === deepest) return false;
  const parts = inside.kind === 'composite' ? inside.fields() : [inside.of()];
  return parts.some((part) => isEnumerated(part, depth + 1));
}

/** The expressions of all CHECK constraints on a column, those of its domains included. */
export function checksOf(catalogue: Catalogue, table: string, column: Column): readonly string[] {
  const checks = catalogue.table(table)?.checks.filter((check) => check.columns.includes(column.name)) ?? [];
  return [...column.type.checks, ...checks.map((check) => check.expression)];
}
