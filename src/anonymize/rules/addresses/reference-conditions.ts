/** Foreign keys of columns that are generated from an address: what is generated must be there in the table that they refer to. */
import { withGenerated } from '../../schema/bound-columns.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import { evaluate } from '../../schema/expressions/evaluate.ts';
import { columnsIn, type Expression } from '../../schema/expressions/tree.ts';
import { unknown } from '../../schema/expressions/values.ts';
import type { Column, ForeignKey, Table } from '../../schema/table.ts';
import { holdsAddresses } from './address-columns.ts';
import type { AddressCondition, Verdict } from './condition.ts';
import { samplesFor } from './sample-addresses.ts';

const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function referenceConditions(catalogue: Catalogue, tables: readonly Table[]): readonly AddressCondition[] {
  return tables.flatMap((table) =>
    table.foreignKeys.flatMap((key) => {
      const referenced = catalogue.table(key.references);
      const names = key.referenced.length > 0 ? key.referenced : (primaryOf(referenced) ?? []);
      return [
        ...key.columns.flatMap((name) => conditionsFor(table, name, key, catalogue)),
        ...(referenced === undefined ? [] : names.flatMap((name) => conditionsFor(referenced, name, key, catalogue))),
      ];
    }),
  );
}

function primaryOf(table: Table | undefined): readonly string[] | undefined {
  return table?.uniques.find(({ kind }) => kind === 'primary')?.columns;
}

function conditionsFor(table: Table, name: string, key: ForeignKey, catalogue: Catalogue): readonly AddressCondition[] {
  const generated = table.columns.find((one) => one.name === name);
  if (generated?.generatedAs === undefined) return [];
  const expression = withGenerated({ kind: 'column', name }, table, (sql) => catalogue.expression(sql));
  const names = columnsIn(expression);
  return table.columns
    .filter((column) => names.has(column.name) && holdsAddresses(column))
    .map((column) => conditionOf(table, column, generated, expression, key));
}

function conditionOf(
  table: Table,
  column: Column,
  generated: Column,
  expression: Expression,
  { name }: ForeignKey,
): AddressCondition {
  const { addresses } = samplesFor(expression);
  const computed = (address: string) =>
    evaluate(expression, { valueOf: (one) => (one === column.name ? address : unknown) });
  return {
    places: [{ table: table.name, column: column.name }],
    what: `the foreign key ${name} of the generated column ${generated.name} (${generated.generatedAs})`,
    domains: [],
    allowed: `keep${column.notNull ? '' : ', "null"'}, or no such foreign key`,
    judge: ({ replace }): Verdict => {
      for (const address of addresses) {
        const before = computed(address);
        const after = computed(replace(address));
        if (before === unknown || after === unknown) return 'unknown';
        // The other side of the key holds what was generated; where that is an address, it is replaced as well.
        const other = typeof before === 'string' && email.test(before) ? replace(before) : before;
        if (other !== after) return 'refused';
      }
      return 'accepted';
    },
  };
}
