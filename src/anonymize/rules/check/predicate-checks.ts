/**
 * Whether rules bring rows into an index over some rows (`UNIQUE … WHERE deleted_at IS NULL`) that it did not hold: what must be unique
 * there may occur in them more than once.
 */
import { toNobody } from '../../emails/replacement.ts';
import { withGenerated } from '../../schema/bound-columns.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import { type Truth, truthOf } from '../../schema/expressions/compare.ts';
import { evaluate } from '../../schema/expressions/evaluate.ts';
import { columnsIn, type Expression, stringsIn } from '../../schema/expressions/tree.ts';
import { type SqlValue, unknown } from '../../schema/expressions/values.ts';
import type { Column, Table, Unique } from '../../schema/table.ts';
import { type Rule, ruleName } from '../file/rule.ts';
import type { RulesFile } from '../file/rules-file.ts';
import { transformOf } from '../transforms/column-transform.ts';
import { samplesOfColumn, transformed } from './check-values.ts';
import { keepingEmpty, staysEmpty } from './partial-keys.ts';

export interface PredicateOptions {
  readonly rules: RulesFile;
  readonly catalogue: Catalogue;
  readonly key: Uint8Array;
}

/** A value, and what may be written instead of it. */
type Change = readonly [before: SqlValue, after: SqlValue];

/** Combinations of values that are tried. */
const maxRows = 600;
/** Other values of the same type, of which nobody can tell here which ones. */
const moving: ReadonlySet<Rule['kind']> = new Set<Rule['kind']>(['shift-days', 'noise', 'json']);

/** @returns for each column whose rule may bring rows into an index, the index and what is allowed */
export function checkPredicates(options: PredicateOptions): string[] {
  const { rules, catalogue } = options;
  return catalogue.tables().flatMap((table) => {
    const own = rules.tables.get(table.name) ?? rules.tables.get(catalogue.root(table.name));
    if (own === undefined || own.rows === 'drop') return [];
    return table.uniques.flatMap((unique) =>
      new Predicate(table, unique, own.columns, options).problems().map((problem) => `${own.written}.${problem}`),
    );
  });
}

class Predicate {
  readonly #table: Table;
  readonly #unique: Unique;
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #options: PredicateOptions;
  readonly #expression: Expression;
  readonly #columns: readonly Column[];

  constructor(table: Table, unique: Unique, rules: ReadonlyMap<string, Rule>, options: PredicateOptions) {
    this.#table = table;
    this.#unique = unique;
    this.#rules = rules;
    this.#options = options;
    const { catalogue } = options;
    this.#expression = withGenerated(catalogue.expression(unique.where ?? 'true'), table, (sql) =>
      catalogue.expression(sql),
    );
    const names = columnsIn(this.#expression);
    this.#columns = table.columns.filter(({ name }) => names.has(name));
  }

  problems(): string[] {
    return this.#columns.flatMap((column) => {
      const rule = this.#rules.get(column.name);
      if (rule === undefined || rule.kind === 'keep' || rule.kind === 'emails' || !this.#brings(column, rule))
        return [];
      const { kind, name, columns, parts, where } = this.#unique;
      const what = `${kind === 'exclude' ? 'the exclusion' : 'the unique index'} ${name} (${(parts ?? columns).join(', ')})`;
      return `${column.name}: ${what} is only over rows with ${where}, and ${ruleName(rule)} may bring others into it; allowed: ${this.#allowed(column).join(', ')}`;
    });
  }

  #allowed(column: Column): readonly string[] {
    const nothing = column.notNull || this.#brings(column, { kind: 'null' }) ? [] : ['"null"'];
    const text = this.#samples(column).find(
      (one) => typeof one === 'string' && one !== '' && !this.#brings(column, { kind: 'fixed', text: one }),
    );
    return ['keep', ...nothing, ...(text === undefined ? [] : [`{ fixed: ${JSON.stringify(text)} }`])];
  }

  /** Whether a row that the index did not hold may be in it when this column has this rule, and the others theirs. */
  #brings(changed: Column, rule: Rule): boolean {
    const changes = this.#columns.map((column): readonly [string, readonly Change[]] => [
      column.name,
      this.#changes(column, column === changed ? rule : this.#rules.get(column.name)),
    ]);
    return combined(changes)
      .filter((row) => [...row.values()].some(([before, after]) => before !== after))
      .some((row) => {
        const after = this.#truth(row, 1);
        return this.#truth(row, 0) !== true && (after === true || after === unknown);
      });
  }

  #changes(column: Column, rule: Rule | undefined): readonly Change[] {
    const samples = this.#samples(column);
    if (rule === undefined || rule.kind === 'keep' || rule.kind === 'emails') return samples.map((one) => [one, one]);
    const set = samples.filter((one) => one !== null);
    const nulls: readonly Change[] = samples.includes(null) ? [[null, null]] : [];
    if (rule.kind === 'null') return [...set.map((one): Change => [one, null]), ...nulls];
    if (rule.kind === 'fixed') return [...set.map((one): Change => [one, rule.text]), ...nulls];
    if (moving.has(rule.kind) || column.type.base !== 'text' || column.type.array || column.type.enumeration)
      return [...set.flatMap((one) => set.map((other): Change => [one, other])), ...nulls];
    const limits = { maxCharacters: column.type.maxCharacters ?? 1000, widths: [], caseless: false, padded: false };
    const { catalogue, key } = this.#options;
    const usual = transformOf(rule, column, limits, key, toNobody);
    const isKept = staysEmpty(rule, catalogue, this.#table.name, column.name);
    const transform = isKept ? keepingEmpty(usual) : usual;
    return [...set.map((one): Change => [one, transformed(transform, one)]), ...nulls];
  }

  #samples(column: Column): readonly SqlValue[] {
    const { base } = column.type;
    const samples = samplesOfColumn(column, this.#expression);
    if (base === 'date' || base === 'timestamp') {
      const dates = stringsIn(this.#expression).filter((text) => /^\d{4}-\d\d-\d\d/.test(text));
      return ['2000-01-01', '2100-01-01', ...dates, ...samples];
    }
    return samples.some((one) => one !== null) ? samples : ['a value', ...samples];
  }

  /** Whether the index holds a row with the values before, or after. */
  #truth(row: ReadonlyMap<string, Change>, at: 0 | 1): Truth {
    return truthOf(
      evaluate(this.#expression, {
        valueOf: (name) => {
          const value = row.get(name)?.[at];
          return value === undefined ? unknown : value;
        },
        ignoresCase: (name) => this.#columns.find((column) => column.name === name)?.type.caseless ?? false,
        dialect: this.#options.catalogue.dialect.name,
      }),
    );
  }
}

function combined(
  columns: readonly (readonly [name: string, changes: readonly Change[]])[],
): ReadonlyMap<string, Change>[] {
  let rows: ReadonlyMap<string, Change>[] = [new Map()];
  for (const [name, changes] of columns) {
    const few = changes.slice(-Math.max(2, Math.floor(maxRows / rows.length)));
    rows = rows.flatMap((row) => few.map((change) => new Map([...row, [name, change]])));
  }
  return rows;
}
