/** Unique indexes over some rows (`UNIQUE (tenant) WHERE email LIKE '%@corp.example'`): no address may bring other rows into one. */

import { withGenerated } from '../../schema/bound-columns.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import { truthOf } from '../../schema/expressions/compare.ts';
import { evaluate } from '../../schema/expressions/evaluate.ts';
import { outsideChecks } from '../../schema/expressions/inline.ts';
import { columnsIn, type Expression, mapStrings } from '../../schema/expressions/tree.ts';
import { unknown } from '../../schema/expressions/values.ts';
import type { Column, ColumnPlace, Table, Unique } from '../../schema/table.ts';
import { holdsAddresses } from './address-columns.ts';
import type { AddressCondition, Verdict, Written } from './condition.ts';
import { samplesFor } from './sample-addresses.ts';

/** @param rewritten what becomes of a string in a definition */
export function predicateConditions(
  catalogue: Catalogue,
  tables: readonly Table[],
  rewritten: (text: string, outside: boolean) => string,
): readonly AddressCondition[] {
  return tables.flatMap((table) =>
    table.uniques.flatMap((unique) => {
      if (unique.where === undefined) return [];
      const read = (sql: string): Expression => catalogue.expression(sql);
      const expression = outsideChecks(withGenerated(read(unique.where), table, read));
      const names = columnsIn(expression);
      return (
        table.columns
          .filter((column) => names.has(column.name) && holdsAddresses(column))
          // What must be unique is distinct, in whatever rows.
          .filter(({ name }) => !unique.columns.includes(name))
          .map((column) => new PredicateCondition({ table, column, unique, expression, catalogue, rewritten }))
      );
    }),
  );
}

interface Case {
  readonly table: Table;
  readonly column: Column;
  readonly unique: Unique;
  readonly expression: Expression;
  readonly catalogue: Catalogue;
  readonly rewritten: (text: string, outside: boolean) => string;
}

class PredicateCondition implements AddressCondition {
  readonly places: readonly ColumnPlace[];
  readonly what: string;
  readonly allowed = 'keep, "null" where the index does not hold NULL, or an index over all rows';
  readonly domains: readonly string[];
  readonly beginnings: readonly string[];
  readonly #case: Case;
  readonly #written: Expression;
  /** Addresses whose rows the index does not hold. */
  readonly #left: readonly string[];

  constructor(own: Case) {
    const { table, column, unique, expression, rewritten } = own;
    this.#case = own;
    this.places = [{ table: table.name, column: column.name }];
    this.what = `the unique index ${unique.name} (${(unique.parts ?? unique.columns).join(', ')}) over rows with ${unique.where}`;
    const samples = samplesFor(expression);
    this.domains = samples.domains;
    this.beginnings = samples.beginnings;
    this.#written = mapStrings(expression, rewritten);
    this.#left = samples.addresses.filter((address) => this.#holds(expression, address) === false);
  }

  judge({ replace }: Written): Verdict {
    const held = this.#left.map((address) => this.#holds(this.#written, replace(address)));
    if (held.includes(true)) return 'refused';
    return held.includes(undefined) ? 'unknown' : 'accepted';
  }

  /** Whether the index may hold a row with this address; undefined where nobody can tell. */
  #holds(expression: Expression, address: string): boolean | undefined {
    const { column, catalogue } = this.#case;
    const truth = truthOf(
      evaluate(expression, {
        valueOf: (name) => (name === column.name ? address : unknown),
        ignoresCase: (name) => name === column.name && column.type.caseless,
        dialect: catalogue.dialect.name,
      }),
    );
    return truth === unknown ? undefined : truth === true;
  }
}
