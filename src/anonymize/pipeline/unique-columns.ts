/** From a pipe, unique constraints become known only after the rows: finds the columns that came out wrong. */
import { DumpError } from '../format/dump-error.ts';
import type { Counts } from '../rewrite/counts.ts';
import { labels, type Plan } from '../rules/plan/plan.ts';
import type { Catalogue } from '../schema/catalogue.ts';

/** @throws DumpError when a unique column holds the same replacement more than once */
export function checkUniques(counts: Counts, catalogue: Catalogue, plan: Plan): void {
  const broken = counts
    .columns()
    .filter(({ rule, count }) => rule === labels.emails && count > 1)
    .filter(({ table, column }) => plan.table(table).column(column).treatment === 'emails')
    .filter(({ table, column }) =>
      catalogue
        .linkedColumns(table, column)
        .some((place) => catalogue.uniquesWith(place.table, place.column).length > 0),
    );
  if (broken.length === 0) return;
  const names = broken.map(({ table, column }) => `${table}.${column}`).join(', ');
  throw new DumpError({
    what: `${names} must be unique, but a dump states this only after the rows: with the same address in each row the result could not be restored`,
    offset: 0,
    fix: 'anonymise from a file instead of a pipe, or give the definitions beforehand (schema: the output of pg_dump --schema-only)',
  });
}
