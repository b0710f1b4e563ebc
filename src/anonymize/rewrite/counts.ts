/** What was done, by table and rule. */
import { type ColumnPlan, definitionsPart } from '../rules/plan/plan.ts';

export interface TableCounts {
  rows: number;
  /** Values or addresses by the label of the rule. */
  readonly byRule: Map<string, number>;
}

export class Counts {
  readonly tables = new Map<string, TableCounts>();
  #name: string | undefined;
  #current: TableCounts | undefined;
  readonly #columns = new Map<ColumnPlan, { readonly table: string; count: number }>();

  begin(name: string): TableCounts {
    if (this.#name === name && this.#current) return this.#current;
    let found = this.tables.get(name);
    if (found === undefined) {
      found = { rows: 0, byRule: new Map() };
      this.tables.set(name, found);
    }
    this.#name = name;
    this.#current = found;
    return found;
  }

  addRows(name: string, count: number): void {
    this.begin(name).rows += count;
  }

  /** @param table undefined for what is not in rows */
  add(table: string | undefined, label: string, count: number): void {
    if (count === 0) return;
    const { byRule } = this.begin(table ?? definitionsPart);
    byRule.set(label, (byRule.get(label) ?? 0) + count);
  }

  /** Values of a column, without looking anything up by name: for every value of every row. */
  addColumn(table: string, column: ColumnPlan, count = 1): void {
    if (count === 0) return;
    const counter = this.#columns.get(column);
    if (counter) {
      counter.count += count;
      return;
    }
    this.begin(table);
    this.#columns.set(column, { table, count });
  }

  /** Of the columns for which it was counted: how many values or addresses were replaced. */
  columns(): readonly {
    readonly table: string;
    readonly column: string;
    readonly rule: string;
    readonly count: number;
  }[] {
    return [...this.#columns].map(([plan, { table, count }]) => ({
      table,
      column: plan.name,
      rule: plan.label,
      count,
    }));
  }

  /** Everything counted: table, rule, count. */
  list(): { readonly table: string; readonly rule: string; readonly count: number }[] {
    const sums = new Map([...this.tables].map(([table, one]) => [table, new Map(one.byRule)]));
    for (const [column, { table, count }] of this.#columns) {
      const rules = sums.get(table) ?? new Map<string, number>();
      rules.set(column.label, (rules.get(column.label) ?? 0) + count);
    }
    return [...sums].flatMap(([table, rules]) => [...rules].map(([rule, count]) => ({ table, rule, count })));
  }
}
