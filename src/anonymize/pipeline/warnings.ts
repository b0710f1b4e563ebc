/** What a user should know of a result that is otherwise in order. */
import type { Counts } from '../rewrite/counts.ts';
import { labels, type Plan } from '../rules/plan/plan.ts';
import type { Catalogue } from '../schema/catalogue.ts';

/** @param sampled whether only a sample of replaced values was compared */
export function warningsOf(catalogue: Catalogue, plan: Plan, counts: Counts, sampled: boolean): string[] {
  return [
    ...undefinedTables(catalogue, counts),
    ...uniqueColumns(catalogue, plan, counts),
    ...notedColumns(plan, counts),
    ...movedPartitions(plan, counts),
    ...rolePasswords(counts),
    ...(counts.tables().length === 0 && !catalogue.isEmpty
      ? ['the dump holds definitions, and no rows: there was nothing in tables to replace']
      : []),
    ...(sampled
      ? [
          'there are more than a quarter of a million different values: a sample of the replaced values was searched for in other columns',
        ]
      : []),
  ];
}

function rolePasswords(counts: Counts): string[] {
  const count = counts.list().find(({ rule }) => rule === labels.rolePasswords)?.count ?? 0;
  return count === 0
    ? []
    : [
        `the passwords of roles were left out (${count.toLocaleString('en-US')}): a role that the restore makes can log in with one only after ALTER ROLE … PASSWORD`,
      ];
}

/** Names of tables that a warning lists. */
const maxListed = 5;

function undefinedTables(catalogue: Catalogue, counts: Counts): string[] {
  const rewritten = counts
    .list()
    .filter(({ table, rule }) => rule === labels.uniqueEmails && catalogue.table(table) === undefined);
  const names = [...new Set(rewritten.map(({ table }) => table))];
  if (names.length === 0) return [];
  const more = names.length > maxListed ? `, and ${names.length - maxListed} more` : '';
  return [
    `the dump holds rows of tables that it does not define (${names.slice(0, maxListed).join(', ')}${more}), so what must be unique is not known, nor how long values may be: each address there became one of its own under example.com. With the definitions (schema: the output of ${catalogue.dialect.definitionsFrom}), only those in unique columns do`,
  ];
}

function uniqueColumns(catalogue: Catalogue, plan: Plan, counts: Counts): string[] {
  return counts
    .columns()
    .filter(({ table, rule }) => rule === labels.uniqueEmails && catalogue.table(table) !== undefined)
    .map(({ table, column, count }) => {
      const became = plan.table(table).column(column).hasDomain
        ? 'distinct addresses under example.com'
        : 'letters of a hash, since there is no room for distinct addresses';
      return `${table}.${column} must stay unique: ${count.toLocaleString('en-US')} addresses became ${became}`;
    });
}

/** Forms of addresses that were chosen since the usual one does not do. */
function notedColumns(plan: Plan, counts: Counts): string[] {
  return counts
    .columns()
    .filter(({ count }) => count > 0)
    .flatMap(({ table, column }) =>
      [plan.notes.get(`${table}.${column}`), plan.table(table).column(column).note].filter(
        (note) => note !== undefined,
      ),
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
