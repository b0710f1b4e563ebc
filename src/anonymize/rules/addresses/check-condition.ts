/** One CHECK as a condition for the addresses in a group of linked columns. */
import { truthOf } from '../../schema/expressions/compare.ts';
import { evaluate } from '../../schema/expressions/evaluate.ts';
import { type Expression, mapStrings, stringsIn } from '../../schema/expressions/tree.ts';
import { type SqlValue, unknown } from '../../schema/expressions/values.ts';
import type { Column, ColumnPlace } from '../../schema/table.ts';
import { holdsAddresses } from './address-columns.ts';
import { BesideAddresses } from './beside-addresses.ts';
import type { CheckExpression } from './check-expressions.ts';
import type { CheckOptions } from './check-options.ts';
import { type AddressCondition, best, type Verdict, type Written, worst } from './condition.ts';
import { isAboutJson, withoutJson } from './from-json.ts';
import { type OrderedColumns, orderedIn, type Pair } from './ordered-columns.ts';
import { constantsBeside, type OtherColumn, otherRows, type Row } from './other-columns.ts';
import { type Samples, samplesFor } from './sample-addresses.ts';
import { TieCondition } from './tie-condition.ts';

/** Addresses that are tried beside each other. */
const maxPaired = 20;

/** Addresses made of the names of two people, which other columns may hold. */
const namesAt = (domain: string): readonly string[] =>
  ['ann.smith', 'joe.lee', 'asmith', 'jlee', 'ann_smith', 'joe_lee'].map((name) => `${name}@${domain}`);

/** Values of the other columns with which a row may hold an address. */
interface Combination {
  /** As they are written. */
  readonly others: Row;
  /** Addresses that the CHECK names and accepts. */
  readonly names: readonly string[];
  /** Whether it accepts no others. */
  readonly onlyNames: boolean;
}

export class CheckCondition implements AddressCondition {
  readonly places: readonly ColumnPlace[];
  readonly what: string;
  readonly allowed: string;
  readonly onlyWarns: boolean;
  readonly domains: readonly string[];
  readonly beginnings: readonly string[];
  readonly lengths: readonly number[];
  readonly #check: CheckExpression;
  readonly #options: CheckOptions;
  readonly #samples: Samples;
  readonly #rewritten: Expression;
  readonly #nothing: string;
  readonly #order: OrderedColumns;
  readonly #pairs: readonly Pair[];
  #combinations: readonly Combination[] | undefined;
  #ties: TieCondition | undefined;
  #beside: BesideAddresses | undefined;
  /** Whether the CHECK of the dump accepts an address beside other columns, and that of the result. */
  readonly #judges = {
    before: (address: string, row: Row): Verdict =>
      this.#evaluate(this.#row([address, address]), this.#check.expression, row),
    after: (address: string, row: Row): Verdict => this.#evaluate(this.#row([address, address]), this.#rewritten, row),
  };

  constructor(check: CheckExpression, places: readonly ColumnPlace[], options: CheckOptions, order: OrderedColumns) {
    const { table } = check;
    this.#check = isAboutJson(check.expression, table)
      ? { ...check, expression: withoutJson(check.expression, table) }
      : check;
    this.#options = options;
    this.#samples = samplesFor(check.expression);
    this.#rewritten = mapStrings(this.#check.expression, options.rewritten);
    const inResult = samplesFor(this.#rewritten);
    this.#order = order;
    this.places = places;
    this.#pairs = this.#orderedPairs();
    this.what = check.what;
    this.domains = inResult.domains;
    const own = this.#pairs.length > 0 ? this.#beginning(places[0]?.column ?? '') : undefined;
    this.beginnings = own === undefined ? inResult.beginnings : [own];
    this.lengths = inResult.lengths;
    this.onlyWarns = check.isLax || !isAboutAddresses(check, places);
    const nullable = places.every(({ column }) => !check.table.columns.find(({ name }) => name === column)?.notNull);
    this.#nothing = nullable ? ', "null"' : '';
    this.allowed = `keep${this.#nothing}, fixed with a text that the CHECK accepts, or another CHECK`;
  }

  judge(written: Written): Verdict {
    if (this.#pairs.length > 0) return this.#judgeOrder(written);
    const beside = this.#besideOthers(written);
    const tied = this.#tied(written, beside);
    if (tied === 'refused') return 'refused';
    this.#combinations ??= this.#feasible();
    if (this.#combinations.length === 0)
      return !this.#tie().isEmpty || this.onlyWarns || this.#isForOthers() ? tied : 'unknown';
    let verdict = worst([tied, beside ?? 'accepted']);
    for (const combination of this.#combinations) {
      const ofRow = this.#judgeRow(written, combination);
      if (ofRow === 'refused') return ofRow;
      verdict = worst([verdict, ofRow]);
    }
    return verdict;
  }

  /** What holds a part of an address may as well hold another address, as columns called after mail do. */
  #tied(written: Written, beside: Verdict | undefined): Verdict {
    const tied = this.#tie().judge(written);
    const mayBeAddress = beside === 'accepted' && this.#others().some(({ column }) => /mail/i.test(column.name));
    return tied === 'refused' && mayBeAddress ? 'unknown' : tied;
  }

  #besideOthers({ replace }: Written): Verdict | undefined {
    this.#beside ??= new BesideAddresses({
      // What is only told needs no such search.
      others: this.onlyWarns ? [] : this.#others(),
      addresses: this.#samples.addresses,
      ...this.#judges,
    });
    return this.#beside.judge(replace);
  }

  help(usual: Written): string {
    if (this.#pairs.length > 0 || this.#tie().isEmpty) return this.allowed;
    return [`keep${this.#nothing}`, ...this.#tie().othersHelp(usual), 'or another CHECK'].join(', ');
  }

  #tie(): TieCondition {
    this.#ties ??= new TieCondition({
      expression: this.#check.expression,
      own: this.places.map(({ column }) => column),
      // What is only told needs no such search.
      others: this.onlyWarns ? [] : this.#others(),
      addresses: [...this.#samples.domains.flatMap(namesAt), ...this.#samples.addresses],
      constants: (column) => constantsBeside(this.#check.expression, column),
      ...this.#judges,
    });
    return this.#ties;
  }

  /** The pairs of columns whose order the CHECK asks for, one of them in the group: their addresses begin as their order says. */
  #orderedPairs(): readonly Pair[] {
    const { table, expression } = this.#check;
    return orderedIn(
      expression,
      table.columns.filter(holdsAddresses).map(({ name }) => name),
    ).filter(
      ({ lower, upper }) =>
        [lower, upper].some((name) => this.places.some(({ column }) => column === name)) &&
        [lower, upper].every((column) => this.#options.ruled({ table: table.name, column }) === undefined),
    );
  }

  #beginning(column: string): string | undefined {
    return this.#order.beginning(this.#check.table.name, column);
  }

  /** With addresses of the other columns that begin as their order says. */
  #judgeOrder({ addresses }: Written): Verdict {
    const [own] = this.places.map(({ column }) => this.#beginning(column));
    if (own === undefined || !addresses.every((one) => one.startsWith(own))) return 'refused';
    const others = this.#pairs
      .flatMap(({ lower, upper }) => [lower, upper])
      .map((column): [string, string] => [column, `${this.#beginning(column) ?? ''}abcdefgh@example.com`]);
    return worst(addresses.map((one) => this.#evaluate(this.#row([one, one]), this.#rewritten, new Map(others))));
  }

  /** Whether the CHECK, which accepts no address that was tried, accepts what is none: it keeps addresses out. */
  #isForOthers(): boolean {
    const others = this.#samples.addresses.map((one) => one.replace('@', ''));
    return this.#rows().some(({ before }) => this.#accepted(others, before) === 'accepted');
  }

  #rows(): ReturnType<typeof otherRows> {
    // What a tie says of the values is known.
    return otherRows(this.#check.expression, this.#others(), this.#tie().isEmpty);
  }

  /** Values of the other columns with which the CHECK accepts an address at all. */
  #feasible(): readonly Combination[] {
    return this.#rows().flatMap(({ before, after }) => {
      const names = this.#samples.named.filter((name) => this.#accepted([name], before) !== 'refused');
      const unnamed = this.#samples.addresses.filter((one) => !this.#samples.named.includes(one));
      const onlyNames = this.#accepted(unnamed, before) === 'refused';
      return onlyNames && names.length === 0 ? [] : [{ others: after, names, onlyNames }];
    });
  }

  /** Whether the original CHECK accepts one of these addresses in the columns of the group. */
  #accepted(addresses: readonly string[], others: Row): Verdict {
    const pairs = addresses.flatMap((one): [string, string][] =>
      this.places.length === 1 ? [[one, one]] : addresses.slice(0, maxPaired).map((other) => [one, other]),
    );
    return best(pairs.map((pair) => this.#relations(pair, this.#check.expression, others)));
  }

  #judgeRow({ addresses, replace }: Written, { others, names, onlyNames }: Combination): Verdict {
    const ofNames = worst(
      names.map((name) => this.#relations([replace(name), replace(name)], this.#rewritten, others)),
    );
    if (onlyNames || ofNames === 'refused') return ofNames;
    const verdicts = addresses.map((one, index) =>
      this.#relations([one, addresses[(index + 1) % addresses.length] as string], this.#rewritten, others),
    );
    return worst([ofNames, ...verdicts]);
  }

  /**
   * Whether the CHECK accepts a row in which the columns hold the same address, or two different ones in either order: one of the two
   * is enough, since equal addresses stay equal and different ones different.
   */
  #relations([one, other]: readonly [string, string], expression: Expression, others: Row): Verdict {
    const equal = this.#evaluate(this.#row([one, one]), expression, others);
    if (this.places.length === 1 || equal === 'accepted') return equal;
    const different = worst([
      this.#evaluate(this.#row([one, other]), expression, others),
      this.#evaluate(this.#row([other, one]), expression, others),
    ]);
    return best([equal, different]);
  }

  #row([one, other]: readonly [string, string]): Row {
    return new Map(
      this.places.map(({ column }, index): [string, SqlValue] => {
        const value = index === 0 ? one : other;
        return [column, this.#column(column)?.type.array && !this.#check.ofParts ? [value] : value];
      }),
    );
  }

  #evaluate(row: Row, expression: Expression, others: Row): Verdict {
    const result = truthOf(
      evaluate(expression, {
        valueOf: (column) => {
          const value = row.get(column) ?? others.get(column);
          return value === undefined ? unknown : value;
        },
        ignoresCase: (column) => this.#column(column)?.type.caseless ?? false,
        dialect: this.#options.catalogue.dialect.name,
      }),
    );
    if (result === unknown) return 'unknown';
    return result === false ? 'refused' : 'accepted';
  }

  #column(name: string): Column | undefined {
    return this.#check.table.columns.find((one) => one.name === name);
  }

  #others(): readonly OtherColumn[] {
    const { table, columns } = this.#check;
    const names = columns.filter((name) => !this.places.some(({ column }) => column === name));
    return names.flatMap((name) => {
      const column = this.#column(name);
      if (column === undefined) return [];
      const isUnique = this.#options.catalogue.uniquesWith(table.name, name).length > 0;
      return { column, isUnique, ruled: this.#options.ruled({ table: table.name, column: name }) };
    });
  }
}

function isAboutAddresses({ expression }: CheckExpression, places: readonly ColumnPlace[]): boolean {
  return stringsIn(expression).some((text) => text.includes('@')) || places.some(({ column }) => /mail/i.test(column));
}
