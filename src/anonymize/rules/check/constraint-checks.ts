/** Whether what the rules write satisfies the CHECKs of the table: otherwise the restore would refuse rows. */
import { toNobody } from '../../emails/replacement.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import { truthOf } from '../../schema/expressions/compare.ts';
import { evaluate } from '../../schema/expressions/evaluate.ts';
import { type SqlValue, unknown } from '../../schema/expressions/values.ts';
import type { Column } from '../../schema/table.ts';
import type { AddressForms } from '../addresses/address-forms.ts';
import { type CheckExpression, checksOfTable } from '../addresses/check-expressions.ts';
import { needsOf } from '../addresses/group-needs.ts';
import { type Rule, ruleName } from '../file/rule.ts';
import type { RulesFile } from '../file/rules-file.ts';
import { transformOf } from '../transforms/column-transform.ts';
import type { Transform } from '../transforms/transform.ts';
import { samplesOfColumn, transformed } from './check-values.ts';

export interface ConstraintOptions {
  readonly rules: RulesFile;
  readonly catalogue: Catalogue;
  readonly forms: AddressForms;
  readonly key: Uint8Array;
}

/** A row: the value of each column of a CHECK. */
type Row = ReadonlyMap<string, SqlValue>;

/** Combinations of values that are tried. */
const maxRows = 600;
/** Rules whose values do not depend on what was there, but for NULL. */
const independent: ReadonlySet<Rule['kind']> = new Set<Rule['kind']>(['fixed', 'null', 'fake']);

/** @returns for each column whose rule a CHECK would refuse, the CHECK and what is allowed */
export function checkConstraints(options: ConstraintOptions): string[] {
  const { rules, catalogue } = options;
  return catalogue.tables().flatMap((table) => {
    const own = rules.tables.get(table.name) ?? rules.tables.get(catalogue.root(table.name));
    if (own === undefined || own.rows === 'drop') return [];
    // What a partition refuses is told of the table above it.
    if (table.isPartition && !rules.tables.has(table.name)) return [];
    return checksOfTable(table, catalogue)
      .filter(({ isLax, columns }) => !isLax && columns.some((name) => isTried(own.columns.get(name))))
      .flatMap((check) => new ConstraintCheck(check, own.columns, options).problems())
      .map((problem) => `${own.written}.${problem}`);
  });
}

function isTried(
  rule: Rule | undefined,
): rule is Exclude<Rule, { kind: 'keep' | 'emails' | 'json' | 'noise' | 'shift-days' }> {
  return rule !== undefined && !['keep', 'emails', 'json', 'noise', 'shift-days'].includes(rule.kind);
}

class ConstraintCheck {
  readonly #check: CheckExpression;
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #options: ConstraintOptions;
  readonly #columns: readonly Column[];
  readonly #rows: readonly Row[];

  constructor(check: CheckExpression, rules: ReadonlyMap<string, Rule>, options: ConstraintOptions) {
    this.#check = check;
    this.#rules = rules;
    this.#options = options;
    this.#columns = check.columns.flatMap((name) => check.table.columns.find((one) => one.name === name) ?? []);
    const rows = combined(this.#columns.map((column) => [column.name, samplesOfColumn(column, check.expression)]));
    this.#rows = rows.filter((row) => this.#accepts(row) === true);
  }

  problems(): string[] {
    if (!this.#isRefused(this.#rules)) return [];
    const ruled = this.#columns.filter(({ name }) => isTried(this.#rules.get(name)));
    return ruled.map((column) => {
      const rule = this.#rules.get(column.name) as Rule;
      return `${column.name}: ${this.#check.what} refuses what ${ruleName(rule)} writes; allowed: ${this.#allowed(column).join(', ')}`;
    });
  }

  /** Rules of this column that the CHECK accepts, the others being as they are. */
  #allowed(column: Column): readonly string[] {
    const constants = samplesOfColumn(column, this.#check.expression).filter((value) => typeof value === 'string');
    const isUnique = this.#options.catalogue.uniquesWith(this.#check.table.name, column.name).length > 0;
    const asksForAddress = this.#asksForAddress(column);
    const tried: readonly (readonly [Rule, string])[] = [
      ...(column.notNull ? [] : [[{ kind: 'null' }, '"null"'] as const]),
      ...(isUnique || asksForAddress ? [] : constants.slice(0, 8)).map(
        (text) => [{ kind: 'fixed', text }, `{ fixed: ${JSON.stringify(text)} }`] as const,
      ),
    ];
    const fitting = tried.filter(
      ([rule]) => this.#rows.length > 0 && !this.#isRefused(new Map([...this.#rules, [column.name, rule]])),
    );
    const [fixed] = fitting.filter(([{ kind }]) => kind === 'fixed');
    return [
      'keep',
      ...(asksForAddress ? ['emails'] : []),
      ...fitting.filter(([{ kind }]) => kind === 'null').map(([, text]) => text),
      ...(fixed ? [fixed[1]] : []),
    ];
  }

  /** Whether only texts with an at sign satisfy the CHECK. The form of addresses that are written is chosen so that it accepts them. */
  #asksForAddress({ name }: Column): boolean {
    const texts = this.#rows.map((row) => row.get(name)).filter((value) => typeof value === 'string');
    return texts.length > 0 && texts.every((text) => text.includes('@'));
  }

  /** Whether rows that satisfied the CHECK certainly do not satisfy it any more. */
  #isRefused(rules: ReadonlyMap<string, Rule>): boolean {
    const transforms = new Map(
      this.#columns.flatMap((column) => {
        const rule = rules.get(column.name);
        return isTried(rule) && isFor(rule, column) ? [[column.name, this.#transform(rule, column)] as const] : [];
      }),
    );
    if (transforms.size === 0) return false;
    const written = this.#telling(transforms).map((row) => this.#accepts(this.#written(row, rules, transforms)));
    const refused = written.filter((accepted) => accepted === false).length;
    // Of rules that write values made of what was there, samples of several columns need not be like the rows.
    const all =
      this.#columns.length > 1 &&
      ![...transforms.keys()].every((name) => independent.has(rules.get(name)?.kind ?? 'keep'));
    const known = written.filter((accepted) => accepted !== unknown).length;
    if (this.#rows.length > 0) return refused > 0 && (!all || refused === known);
    return this.#refusesConstants(rules, transforms);
  }

  /** Rows without NULL, where there are some: NULL satisfies nearly every CHECK, whatever a rule does to the rest. */
  #telling(transforms: ReadonlyMap<string, Transform>): readonly Row[] {
    if (this.#columns.length === 1 || [...transforms.keys()].every((name) => this.#isIndependent(name)))
      return this.#rows;
    const full = this.#rows.filter((row) => ![...row.values()].includes(null));
    return full.length > 0 ? full : this.#rows;
  }

  #isIndependent(name: string): boolean {
    return independent.has(this.#rules.get(name)?.kind ?? 'keep');
  }

  /** Without a row that satisfies the CHECK: whether it refuses what rules write whatever was there. */
  #refusesConstants(rules: ReadonlyMap<string, Rule>, transforms: ReadonlyMap<string, Transform>): boolean {
    const constant = [...transforms].filter(([name]) => independent.has(rules.get(name)?.kind ?? 'keep'));
    const values: Row = new Map(
      constant.map(([name, transform]): [string, SqlValue] => [name, transformed(transform, 'a value')]),
    );
    return constant.length > 0 && this.#accepts(values) === false;
  }

  #written(row: Row, rules: ReadonlyMap<string, Rule>, transforms: ReadonlyMap<string, Transform>): Row {
    return new Map(
      this.#columns.map(({ name }): [string, SqlValue] => {
        const value = row.get(name) ?? null;
        const transform = transforms.get(name);
        if (transform !== undefined)
          return [
            name,
            value === null ? null : transformed(transform, typeof value === 'boolean' ? String(value) : value),
          ];
        const kind = rules.get(name)?.kind ?? 'emails';
        // Another kind of rule, or an address: what is written is not known here.
        const isKept = kind === 'keep' || (kind === 'emails' && !(typeof value === 'string' && value.includes('@')));
        return [name, isKept || value === null ? value : unknown];
      }),
    );
  }

  #transform(rule: Exclude<Rule, { kind: 'keep' | 'emails' }>, column: Column): Transform {
    const { catalogue, forms, key } = this.#options;
    const { maxCharacters } = needsOf(catalogue, this.#check.table.name, column.name);
    const limits = {
      maxCharacters,
      widths: [],
      caseless: catalogue.boundBy(this.#check.table.name, column.name)?.ignoresCase === true,
      padded: false,
      form: forms.of(this.#check.table.name, column.name),
    };
    return transformOf(rule, column, limits, key, toNobody);
  }

  #accepts(row: Row): boolean | typeof unknown {
    const result = truthOf(
      evaluate(this.#check.expression, {
        valueOf: (name) => {
          const value = row.get(name);
          return value === undefined ? unknown : value;
        },
        ignoresCase: (name) => this.#columns.find((column) => column.name === name)?.type.caseless ?? false,
        dialect: this.#options.catalogue.dialect.name,
      }),
    );
    return result === unknown ? unknown : result !== false;
  }
}

/** Whether the rule writes a text that is what the column holds: hashes of bytes and pseudonyms of integers are not tried. */
function isFor(rule: Rule, { type }: Column): boolean {
  if (rule.kind === 'null' || rule.kind === 'fixed') return !type.array;
  return type.base === 'text' && !type.array && type.enumeration === undefined;
}

function combined(columns: readonly (readonly [name: string, values: readonly SqlValue[]])[]): readonly Row[] {
  let rows: Map<string, SqlValue>[] = [new Map()];
  for (const [name, values] of columns) {
    const few = values.slice(0, Math.max(2, Math.floor(maxRows / rows.length)));
    const some = few.length < values.length && values.includes(null) ? [...few, null] : few;
    if (some.length === 0) continue;
    rows = rows.flatMap((row) => some.map((value) => new Map<string, SqlValue>([...row, [name, value]])));
  }
  return rows;
}
