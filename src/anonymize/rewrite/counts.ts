/** What was done, by table and rule. */
import { type ColumnPlan, definitionsPart } from '../rules/plan/plan.ts';

export interface RuleCount {
  readonly table: string;
  readonly rule: string;
  /** Values, addresses or rows. */
  readonly count: number;
}

export interface ColumnCount extends RuleCount {
  readonly column: string;
}

/** Counts by the rule's name in reports. */
type TableCounts = Map<string, number>;

/** What is counted of rows. */
export type RowCounts = Pick<Counts, 'add' | 'addColumn'>;

export class Counts {
  /** Whether an address was replaced in a large object, or in the comment on one. */
  largeObjectsChanged = false;
  readonly #tables = new Map<string, TableCounts>();
  readonly #columns = new Map<ColumnPlan, { readonly table: string; count: number }>();

  /** Lists the table, in the order of the dump, even if nothing in it changes. */
  begin(table: string): TableCounts {
    let counts = this.#tables.get(table);
    if (counts === undefined) {
      counts = new Map();
      this.#tables.set(table, counts);
    }
    return counts;
  }

  add(table: string, rule: string, count: number): void {
    if (count === 0) return;
    const counts = this.begin(table);
    counts.set(rule, (counts.get(rule) ?? 0) + count);
  }

  /** Counts what is not in rows. */
  addOutside(rule: string, count: number): void {
    this.add(definitionsPart, rule, count);
  }

  /** Counts values of a column without a search by name: cheap enough for every value of every row. */
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

  /** Tables whose rows the dump holds. */
  tables(): readonly string[] {
    return [...this.#tables.keys()].filter((name) => name !== definitionsPart);
  }

  /** What was counted by column, in the order of the tables in the dump. */
  columns(): readonly ColumnCount[] {
    const order = new Map([...this.#tables.keys()].map((table, index) => [table, index]));
    return [...this.#columns]
      .map(([column, { table, count }]) => ({ table, column: column.name, rule: column.label, count }))
      .sort((one, other) => (order.get(one.table) ?? 0) - (order.get(other.table) ?? 0));
  }

  /** Everything that was counted, by table and rule. */
  list(): readonly RuleCount[] {
    const sums = new Map([...this.#tables].map(([table, counts]) => [table, new Map(counts)]));
    for (const [column, { table, count }] of this.#columns) {
      const rules = sums.get(table) ?? new Map<string, number>();
      rules.set(column.label, (rules.get(column.label) ?? 0) + count);
    }
    return [...sums].flatMap(([table, rules]) => [...rules].map(([rule, count]) => ({ table, rule, count })));
  }
}
