/** From a pipe, some constraints become known only after the rows: finds the columns that came out wrong. */
import { DumpError } from '../format/dump-error.ts';
import type { ColumnCount, Counts } from '../rewrite/counts.ts';
import type { AddressForms } from '../rules/addresses/address-forms.ts';
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

/**
 * @param later the forms of addresses that all definitions ask for
 * @throws DumpError when a CHECK behind the rows asks for other addresses than were written
 */
export function checkForms(counts: Counts, plan: Plan, later: AddressForms): void {
  const isOther = ({ table, column }: ColumnCount): boolean => {
    const written = plan.table(table).column(column).form;
    return JSON.stringify(written) !== JSON.stringify(later.of(table, column));
  };
  const broken = counts.columns().filter((one) => one.count > 0 && isAddresses(one) && isOther(one));
  if (broken.length === 0 && later.problems.length === 0) return;
  const names = broken.map(({ table, column }) => `${table}.${column}`).join(', ');
  throw new DumpError({
    what: [
      ...(broken.length > 0
        ? [`a CHECK that the dump states only after the rows does not accept the addresses in ${names}`]
        : []),
      ...later.problems,
    ].join('; '),
    offset: 0,
    fix: 'anonymise from a file instead of a pipe, or give the definitions beforehand (schema: the output of pg_dump --schema-only)',
  });
}

function isAddresses({ rule }: ColumnCount): boolean {
  return rule === labels.emails || rule === labels.uniqueEmails || rule === 'pseudonym';
}
