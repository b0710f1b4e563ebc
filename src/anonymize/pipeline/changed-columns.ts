/** Tells which columns may hold other values than before: all others must come through as they were. */
import type { Counts } from '../rewrite/counts.ts';
import { labels, type Plan } from '../rules/plan/plan.ts';
import type { Catalogue } from '../schema/catalogue.ts';
import { holdsText } from '../schema/column-kinds.ts';
import type { Table } from '../schema/table.ts';

/** Columns by table, both in canonical form. */
export type ChangedColumns = ReadonlyMap<string, ReadonlySet<string>>;

/** @param counts of a dump whose rows have been rewritten */
export function changedColumns(catalogue: Catalogue, plan: Plan, counts: Counts): ChangedColumns {
  const byColumn = new Map(counts.columns().map(({ table, column, count }) => [`${table} ${column}`, count]));
  const addresses = new Map<string, number>();
  for (const { table, rule, count } of counts.list())
    if (rule === labels.emails || rule === labels.uniqueEmails)
      addresses.set(table, (addresses.get(table) ?? 0) + count);
  const changedIn = (table: Table): ReadonlySet<string> => {
    const named = table.columns.reduce((sum, { name }) => {
      const { label } = plan.table(table.name).column(name);
      const own = label === labels.emails || label === labels.uniqueEmails;
      return sum + (own ? (byColumn.get(`${table.name} ${name}`) ?? 0) : 0);
    }, 0);
    // Of addresses whose column is not known, any column of text may have held them.
    const anywhere = (addresses.get(table.name) ?? 0) > named;
    const changed = table.columns.filter((column) => {
      const { treatment } = plan.table(table.name).column(column.name);
      if (treatment === 'keep') return false;
      if (treatment !== 'emails') return true;
      return holdsText(column) && (anywhere || (byColumn.get(`${table.name} ${column.name}`) ?? 0) > 0);
    });
    const computed = changed.length === 0 ? [] : table.columns.filter(({ generated }) => generated);
    return new Set([...changed, ...computed].map(({ name }) => name));
  };
  return new Map(catalogue.tables().map((table) => [table.name, changedIn(table)]));
}
