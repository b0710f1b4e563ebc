/** What a user should know of a result that is otherwise in order. */
import type { Counts } from '../rewrite/counts.ts';
import { labels, type Plan } from '../rules/plan/plan.ts';
import type { Catalogue } from '../schema/catalogue.ts';
import { checksOf } from '../schema/compared-emails.ts';

/** @param sampled whether only a sample of replaced values was compared */
export function warningsOf(catalogue: Catalogue, plan: Plan, counts: Counts, sampled: boolean): string[] {
  return [
    ...uniqueColumns(counts),
    ...checkedColumns(catalogue, counts),
    ...movedPartitions(plan, counts),
    ...(sampled
      ? [
          'there are more than a quarter of a million different values: a sample of the replaced values was searched for in other columns',
        ]
      : []),
  ];
}

function uniqueColumns(counts: Counts): string[] {
  return counts
    .columns()
    .filter(({ rule }) => rule === labels.uniqueEmails)
    .map(
      ({ table, column, count }) =>
        `${table}.${column} must stay unique: ${count.toLocaleString('en-US')} addresses became distinct addresses under example.com`,
    );
}

function checkedColumns(catalogue: Catalogue, counts: Counts): string[] {
  const aboutEmails = (table: string, name: string): boolean => {
    const column = catalogue.column(table, name);
    return column !== undefined && checksOf(catalogue, table, column).some((check) => check.includes('@'));
  };
  return counts
    .columns()
    .filter(({ table, column, count }) => count > 0 && aboutEmails(table, column))
    .map(
      ({ table, column }) =>
        `${table}.${column} has a CHECK about addresses, which may refuse their replacements; the restore will show`,
    );
}

function movedPartitions(plan: Plan, counts: Counts): string[] {
  return counts.tables().flatMap((name) => {
    const { writeTo } = plan.table(name);
    return writeTo === undefined
      ? []
      : `the rows of the partition ${name} are written to ${writeTo}, since changed values may belong to another partition`;
  });
}
