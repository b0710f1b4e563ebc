/** CHECKs as conditions for the addresses in the columns that they are about. */
import type { Catalogue } from '../../schema/catalogue.ts';
import { truthOf } from '../../schema/expressions/compare.ts';
import { evaluate } from '../../schema/expressions/evaluate.ts';
import { type Expression, mapStrings, stringsIn, walk } from '../../schema/expressions/tree.ts';
import { type SqlValue, unknown } from '../../schema/expressions/values.ts';
import type { ColumnPlace, Table } from '../../schema/table.ts';
import { holdsAddresses } from './address-columns.ts';
import { type CheckExpression, checksOfTable } from './check-expressions.ts';
import type { AddressCondition, Verdict, Written } from './condition.ts';
import { isAboutJson, isJson, withoutJson } from './from-json.ts';
import { type Samples, samplesFor } from './sample-addresses.ts';

export interface CheckOptions {
  readonly catalogue: Catalogue;
  /** The tables whose conditions are wanted. */
  readonly tables: readonly Table[];
  /** What becomes of a string in a definition: the addresses in it are replaced there, too. */
  readonly rewritten: (text: string) => string;
  /** The value that a rule puts into a column, whatever was there: `unknown` for a rule that makes others; undefined without such a rule. */
  readonly ruled: (place: ColumnPlace) => SqlValue | undefined;
}

/** Addresses that are tried beside each other. */
const maxPaired = 20;
/** Combinations of values of other columns that are tried. */
const maxCombinations = 24;

export function checkConditions(options: CheckOptions): readonly AddressCondition[] {
  const { catalogue, tables } = options;
  const known = new Set<string>();
  return tables.flatMap((table) =>
    checksOfTable(table, catalogue).flatMap((check) =>
      groupsOf(check, catalogue).flatMap((places) => {
        // A partition has the CHECKs of its parent.
        const [first] = catalogue.linkedColumns(table.name, (places[0] as ColumnPlace).column);
        const key = `${first?.table}.${first?.column} ${places.map(({ column }) => column).join(' ')} ${check.what}`;
        if (known.has(key)) return [];
        known.add(key);
        return new CheckCondition(check, places, options);
      }),
    ),
  );
}

/** The columns of a CHECK that may hold addresses, by the group of linked columns. */
function groupsOf(
  { table, columns, expression }: CheckExpression,
  catalogue: Catalogue,
): readonly (readonly ColumnPlace[])[] {
  const groups = new Map<readonly ColumnPlace[], ColumnPlace[]>();
  const seen = isAboutJson(expression, table) ? isJson : holdsAddresses;
  for (const column of table.columns) {
    if (!columns.includes(column.name) || !seen(column)) continue;
    const linked = catalogue.linkedColumns(table.name, column.name);
    const key = [...groups.keys()].find((one) => one === linked) ?? linked;
    groups.set(key, [...(groups.get(key) ?? []), { table: table.name, column: column.name }]);
  }
  return [...groups.values()];
}

/** The values of the columns of the group in one row. */
type Row = ReadonlyMap<string, SqlValue>;

/** Values of the other columns with which a row may hold an address. */
interface Combination {
  readonly others: Row;
  /** Addresses that the CHECK names and accepts. */
  readonly names: readonly string[];
  /** Whether it accepts no others. */
  readonly onlyNames: boolean;
}

class CheckCondition implements AddressCondition {
  readonly places: readonly ColumnPlace[];
  readonly what: string;
  readonly allowed: string;
  readonly onlyWarns: boolean;
  readonly domains: readonly string[];
  readonly beginnings: readonly string[];
  readonly #check: CheckExpression;
  readonly #options: CheckOptions;
  readonly #samples: Samples;
  readonly #rewritten: Expression;
  #combinations: readonly Combination[] | undefined;

  constructor(check: CheckExpression, places: readonly ColumnPlace[], options: CheckOptions) {
    const { table } = check;
    this.#check = isAboutJson(check.expression, table)
      ? { ...check, expression: withoutJson(check.expression, table) }
      : check;
    this.#options = options;
    this.#samples = samplesFor(check.expression);
    this.#rewritten = mapStrings(this.#check.expression, options.rewritten);
    const inResult = samplesFor(this.#rewritten);
    this.places = places;
    this.what = check.what;
    this.domains = inResult.domains;
    this.beginnings = inResult.beginnings;
    this.onlyWarns = check.isLax || !isAboutAddresses(check, places);
    const nullable = places.every(({ column }) => !check.table.columns.find(({ name }) => name === column)?.notNull);
    this.allowed = `keep, ${nullable ? '"null", ' : ''}fixed with a text that the CHECK accepts, or another CHECK`;
  }

  judge(written: Written): Verdict {
    if (this.#isOrdered()) return this.onlyWarns ? 'unknown' : 'refused';
    this.#combinations ??= this.#feasible();
    if (this.#combinations.length === 0) return this.onlyWarns || this.#isForOthers() ? 'accepted' : 'unknown';
    let verdict: Verdict = 'accepted';
    for (const combination of this.#combinations) {
      verdict = worst([verdict, this.#judgeRow(written, combination)]);
      if (verdict === 'refused') break;
    }
    return verdict;
  }

  /** Whether the CHECK asks for an order of two addresses, which no form keeps: `lo < hi`. */
  #isOrdered(): boolean {
    const { table, expression } = this.#check;
    const columns = table.columns.filter(holdsAddresses).map(({ name }) => name);
    let found = false;
    walk(expression, (part) => {
      if (part.kind !== 'call' || !/^[<>]=?$/.test(part.name)) return;
      const [one, other] = part.args.map((side) => columns.find((name) => isColumn(side, name)));
      if (one === undefined || other === undefined || one === other) return;
      const both = [one, other].map((column) => ({ table: table.name, column }));
      const isOwn = both.some(({ column }) => this.places.some((place) => place.column === column));
      if (isOwn && both.every((place) => this.#options.ruled(place) === undefined)) found = true;
    });
    return found;
  }

  /** Whether the CHECK, which accepts no address that was tried, accepts what is none: it keeps addresses out. */
  #isForOthers(): boolean {
    const others = this.#samples.addresses.map((one) => one.replace('@', ''));
    return combinationsOf(this.#otherValues()).some((row) => this.#accepted(others, row) === 'accepted');
  }

  /** Values of the other columns with which the CHECK accepts an address at all. */
  #feasible(): readonly Combination[] {
    return combinationsOf(this.#otherValues()).flatMap((others) => {
      const names = this.#acceptedNames(others);
      const unnamed = this.#samples.addresses.filter((one) => !this.#samples.named.includes(one));
      const onlyNames = this.#accepted(unnamed, others) === 'refused';
      return onlyNames && names.length === 0 ? [] : [{ others, names, onlyNames }];
    });
  }

  #acceptedNames(others: Row): readonly string[] {
    return this.#samples.named.filter((name) => this.#accepted([name], others) !== 'refused');
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
    const { columns } = this.#check.table;
    return new Map(
      this.places.map(({ column }, index): [string, SqlValue] => {
        const isArray = columns.find(({ name }) => name === column)?.type.array;
        const value = index === 0 ? one : other;
        return [column, isArray ? [value] : value];
      }),
    );
  }

  #evaluate(row: Row, expression: Expression, others: Row): Verdict {
    const { columns } = this.#check.table;
    const result = truthOf(
      evaluate(expression, {
        valueOf: (column) => {
          const value = row.get(column) ?? others.get(column);
          return value === undefined ? unknown : value;
        },
        ignoresCase: (column) => columns.find(({ name }) => name === column)?.type.caseless ?? false,
        dialect: this.#options.catalogue.dialect.name,
      }),
    );
    if (result === unknown) return 'unknown';
    return result === false ? 'refused' : 'accepted';
  }

  /** What the other columns may hold: what their rule writes, or the constants that the CHECK names. */
  #otherValues(): ReadonlyMap<string, readonly SqlValue[]> {
    const { table, columns, expression } = this.#check;
    const own = new Set(this.places.map(({ column }) => column));
    const values = new Map<string, readonly SqlValue[]>();
    for (const name of columns.filter((one) => !own.has(one))) {
      const column = table.columns.find((one) => one.name === name);
      const ruled = this.#options.ruled({ table: table.name, column: name });
      if (ruled !== undefined) values.set(name, [ruled]);
      else if (column?.type.base === 'boolean') values.set(name, [true, false]);
      else if (column !== undefined && !column.type.array)
        values.set(name, [
          ...constantsBeside(expression, name),
          ...derived(expression, name, [...own], this.#samples.addresses),
          null,
          unknown,
        ]);
    }
    return values;
  }
}

/** The constants with which an expression compares a column. */
function constantsBeside(expression: Expression, column: string): readonly SqlValue[] {
  const found: SqlValue[] = [];
  walk(expression, (part) => {
    if (part.kind !== 'call' || !/^((any|all) )?(=|<>)$/.test(part.name)) return;
    const names = new Set<string>();
    const constants: SqlValue[] = [];
    walk(part, (inner) => {
      if (inner.kind === 'column') names.add(inner.name);
      if (inner.kind === 'literal' && inner.value !== null) constants.push(inner.value);
    });
    if (names.size === 1 && names.has(column)) found.push(...constants);
  });
  return [...new Set(found)].slice(0, 6);
}

/** What a column holds that must equal what is made of an address: `domain = split_part(email, '@', 2)`. */
function derived(
  expression: Expression,
  column: string,
  own: readonly string[],
  addresses: readonly string[],
): readonly SqlValue[] {
  const found: SqlValue[] = [];
  walk(expression, (part) => {
    if (part.kind !== 'call' || part.name !== '=') return;
    const [one, other] = part.args;
    const side = isColumn(one, column) ? other : isColumn(other, column) ? one : undefined;
    if (side === undefined) return;
    for (const address of addresses.slice(0, 3)) {
      const value = evaluate(side, { valueOf: (name) => (own.includes(name) ? address : unknown) });
      if (value !== unknown && value !== null) found.push(value);
    }
  });
  return found.slice(0, 3);
}

function isColumn(expression: Expression | undefined, column: string): boolean {
  if (expression?.kind === 'cast') return isColumn(expression.of, column);
  return expression?.kind === 'column' && expression.name === column;
}

function combinationsOf(values: ReadonlyMap<string, readonly SqlValue[]>): readonly Row[] {
  let rows: Map<string, SqlValue>[] = [new Map()];
  for (const [name, all] of values) {
    const more = rows.flatMap((row) => all.map((value) => new Map<string, SqlValue>([...row, [name, value]])));
    rows = more.length <= maxCombinations ? more : rows;
  }
  return rows;
}

function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('refused')) return 'refused';
  return verdicts.includes('unknown') ? 'unknown' : 'accepted';
}

function best(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('accepted')) return 'accepted';
  return verdicts.includes('unknown') ? 'unknown' : 'refused';
}

function isAboutAddresses({ expression }: CheckExpression, places: readonly ColumnPlace[]): boolean {
  return stringsIn(expression).some((text) => text.includes('@')) || places.some(({ column }) => /mail/i.test(column));
}
