/**
 * Addresses in definitions that belong to columns with the rule `keep`: a CHECK that compares such a column with addresses, and the
 * bounds of partitions by it, keep them, too. Replaced, they would refuse the rows that were kept.
 */
import type { Catalogue } from '../../schema/catalogue.ts';
import { stringsIn } from '../../schema/expressions/tree.ts';
import { parseArray } from '../../schema/expressions/values.ts';
import { isKeyOf, partitionTree, textsInTree } from '../../schema/partitions.ts';
import type { Table } from '../../schema/table.ts';
import { checksOfTable } from './check-expressions.ts';

/** @param isKept whether a column of a table has the rule `keep`. @returns the strings, each with a column that it belongs to */
export function keptTexts(
  catalogue: Catalogue,
  isKept: (table: string, column: string) => boolean,
): ReadonlyMap<string, string> {
  const kept = new Map<string, string>();
  const add = (text: string, place: string): void => {
    for (const one of [text, ...(parseArray(text) ?? [])])
      if (typeof one === 'string' && one.includes('@') && !kept.has(one)) kept.set(one, place);
  };
  for (const table of catalogue.tables()) {
    for (const { columns, expression } of checksOfTable(table, catalogue))
      for (const column of columns.filter((name) => isKept(table.name, name)))
        for (const text of stringsIn(expression)) add(text, `${table.name}.${column}`);
    for (const [text, column] of boundsByKept(table, catalogue, isKept)) add(text, `${table.name}.${column}`);
  }
  return kept;
}

/** The texts that bound the partitions of a topmost table by a column with the rule `keep`, with that column. */
function boundsByKept(
  table: Table,
  catalogue: Catalogue,
  isKept: (table: string, column: string) => boolean,
): readonly (readonly [text: string, column: string])[] {
  if (table.isPartition || table.partitionKey === undefined) return [];
  const names = table.columns.map(({ name }) => name).filter((name) => isKept(table.name, name));
  const tree = names.length === 0 ? undefined : partitionTree(table.name, catalogue);
  const column = tree && names.find((name) => isKeyOf(tree, name));
  return tree === undefined || column === undefined ? [] : textsInTree(tree).map((text) => [text, column]);
}
