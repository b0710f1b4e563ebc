/** CHECKs as conditions for the addresses in the columns that they are about. */
import type { Catalogue } from '../../schema/catalogue.ts';
import type { ColumnPlace } from '../../schema/table.ts';
import { holdsAddresses } from './address-columns.ts';
import { CheckCondition } from './check-condition.ts';
import { type CheckExpression, checksOfParts, checksOfTable } from './check-expressions.ts';
import type { CheckOptions } from './check-options.ts';
import type { AddressCondition } from './condition.ts';
import { isAboutJson, isJson } from './from-json.ts';
import { OrderedColumns, orderedIn } from './ordered-columns.ts';

export function checkConditions(options: CheckOptions): readonly AddressCondition[] {
  const { catalogue, tables } = options;
  const known = new Set<string>();
  const order = new OrderedColumns(catalogue);
  for (const table of tables)
    for (const { expression, isLax } of checksOfTable(table, catalogue))
      if (!isLax)
        for (const pair of orderedIn(
          expression,
          table.columns.filter(holdsAddresses).map(({ name }) => name),
        ))
          order.add(table, pair);
  return tables.flatMap((table) =>
    [...checksOfTable(table, catalogue), ...checksOfParts(table, catalogue)].flatMap((check) =>
      groupsOf(check, catalogue).flatMap((places) => {
        // A partition has the CHECKs of its parent.
        const [first] = catalogue.linkedColumns(table.name, (places[0] as ColumnPlace).column);
        const key = `${first?.table}.${first?.column} ${places.map(({ column }) => column).join(' ')} ${check.what}`;
        if (known.has(key)) return [];
        known.add(key);
        return new CheckCondition(check, places, options, order);
      }),
    ),
  );
}

/** The columns of a CHECK that may hold addresses, by the group of linked columns. */
function groupsOf(
  { table, columns, expression, ofParts = false }: CheckExpression,
  catalogue: Catalogue,
): readonly (readonly ColumnPlace[])[] {
  const groups = new Map<readonly ColumnPlace[], ColumnPlace[]>();
  const seen = isAboutJson(expression, table) ? isJson : holdsAddresses;
  for (const column of table.columns) {
    if (!columns.includes(column.name) || !(ofParts || seen(column))) continue;
    const linked = catalogue.linkedColumns(table.name, column.name);
    const key = [...groups.keys()].find((one) => one === linked) ?? linked;
    groups.set(key, [...(groups.get(key) ?? []), { table: table.name, column: column.name }]);
  }
  return [...groups.values()];
}
