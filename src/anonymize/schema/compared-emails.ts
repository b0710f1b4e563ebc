/** Columns whose values the definitions compare with addresses: both must become the same, and stay unlike others. */
import type { Catalogue, Column } from './catalogue.ts';

/** A string that is one address and no pattern. */
const address = String.raw`'[^'@%*\\[\](){}|\s]+@[^'@%*\\[\](){}|\s]+\.[^'@%*\\[\](){}|\s]+'`;
const anyAddress = new RegExp(address);
/** `email = 'a@…'`, `email IN ('a@…'`, and as pg_dump writes the latter: `email = ANY (ARRAY['a@…'`. Not `<>`, `>=`. */
const equalTo = new RegExp(String.raw`(?:(?<![<>!~])=\s*(?:any\s*\(+\s*array\s*\[\s*)?|\bin\s*)\(*\s*${address}`, 'i');

/** @param table canonical name of the table that has the column */
export function isCompared(catalogue: Catalogue, table: string, column: Column): boolean {
  if (column.type.enumeration?.some((label) => label.includes('@'))) return true;
  const checks = catalogue.table(table)?.checks.filter((one) => one.columns.includes(column.name)) ?? [];
  if ([...checks.map((one) => one.expression), ...column.type.checks].some((text) => equalTo.test(text))) return true;
  // Rows go to one partition or another by an address in the column.
  return (
    catalogue.isListed(table, column.name) &&
    catalogue.boundsBelow(catalogue.root(table)).some((bounds) => anyAddress.test(bounds))
  );
}
