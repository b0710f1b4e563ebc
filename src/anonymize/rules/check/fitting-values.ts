/** Whether a column takes a value that a rule makes of another: a date, or a number. */
import type { Catalogue } from '../../schema/catalogue.ts';
import { type Truth, truthOf } from '../../schema/expressions/compare.ts';
import { evaluate } from '../../schema/expressions/evaluate.ts';
import { numberTest } from '../../schema/expressions/number-tests.ts';
import { type SqlValue, unknown } from '../../schema/expressions/values.ts';
import { isKeyOf, leavesOf, othersIn, partitionTree, takes } from '../../schema/partitions.ts';
import type { Column } from '../../schema/table.ts';
import { checksOfTable } from '../addresses/check-expressions.ts';
import { asksForYears, onDay, withYears } from './date-expressions.ts';

/** @param text as the dump writes the value */
export type Fits = (text: string) => boolean;

/** @returns undefined where the definitions ask nothing of a single value */
export function fittingValues(catalogue: Catalogue, table: string, column: Column): Fits | undefined {
  const tests = [
    ...checksOn(catalogue, table, column),
    ...partitionsOf(catalogue, table, column),
    ...(catalogue.dialect.name === 'mysql' ? yearsOf(column) : []),
  ];
  return tests.length === 0 ? undefined : (text) => tests.every((fits) => fits(text));
}

/** The tests of all columns that are linked to this one: what fits each of them must fit it as a pseudonym, too. */
export function fittingNumbers(catalogue: Catalogue, table: string, name: string): readonly Fits[] {
  return catalogue
    .linkedColumns(table, name)
    .filter((place) => catalogue.root(place.table) === place.table)
    .flatMap((place) => {
      const column = catalogue.column(place.table, place.column);
      return column === undefined ? [] : (fittingValues(catalogue, place.table, column) ?? []);
    });
}

/** The CHECKs on this column alone. One that only the server can compute refuses nothing. */
function checksOn(catalogue: Catalogue, table: string, column: Column): Fits[] {
  return ownChecks(catalogue, table, column).map(
    ({ truth }): Fits =>
      (text) =>
        truth(valueIn(text, column)) !== false,
  );
}

/** Values of a column of which one CHECK says whether it takes them. */
export interface OwnCheck {
  readonly what: string;
  readonly truth: (value: SqlValue) => Truth;
}

export function ownChecks(catalogue: Catalogue, table: string, column: Column): readonly OwnCheck[] {
  const known = catalogue.table(table);
  const dialect = catalogue.dialect.name;
  const isDate = column.type.base === 'date' || column.type.base === 'timestamp';
  return (known === undefined ? [] : checksOfTable(known, catalogue))
    .filter(({ columns, isLax }) => !isLax && columns.length === 1 && columns[0] === column.name)
    .map(({ expression: written, what }) => {
      const expression = isDate ? onDay(written) : written;
      const hasYears = isDate && asksForYears(expression);
      const ofNumber = numberTest(expression, dialect);
      const truth = (value: SqlValue): Truth => {
        if (ofNumber !== undefined && typeof value === 'number') return ofNumber(value);
        return truthOf(
          evaluate(hasYears ? withYears(expression, value) : expression, { valueOf: () => value, dialect }),
        );
      };
      return { what, truth };
    });
}

function partitionsOf(catalogue: Catalogue, table: string, column: Column): Fits[] {
  const tree = partitionTree(catalogue.root(table), catalogue);
  if (tree === undefined || tree.children.length === 0 || !isKeyOf(tree, column.name)) return [];
  // The partitions of MySQL are no tables: in which of them a row was is not known.
  const isTable = catalogue.dialect.name !== 'mysql';
  const path = (isTable ? leavesOf(tree).find((one) => one.at(-1)?.table.name === table) : undefined) ?? [];
  const others = othersIn(path, column.name);
  return [(text) => takes(tree, { column: column.name, value: valueIn(text, column), others, path }) === 'taken'];
}

/** DATE and DATETIME hold the years 1000 to 9999, TIMESTAMP 1970 to 2038 (MySQL manual, "The DATE, DATETIME, and TIMESTAMP Types"). */
function yearsOf({ type }: Column): Fits[] {
  if (type.base !== 'date' && type.base !== 'timestamp') return [];
  const [first, last] = /^timestamp/i.test(type.underlying)
    ? ['1970-01-02', '2038-01-18']
    : ['1000-01-01', '9999-12-31'];
  return [
    (text) =>
      !/^\d{4,}-/.test(text) || (/^\d{4}-/.test(text) && text.slice(0, 10) >= first && text.slice(0, 10) <= last),
  ];
}

function valueIn(text: string, { type }: Column): SqlValue {
  if (type.base !== 'integer' && type.base !== 'number') return text;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : unknown;
}
