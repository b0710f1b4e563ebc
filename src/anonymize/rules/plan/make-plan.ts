/** Rules and catalogue made into a plan; every mistake is found here, before a byte is written. */

import { nobody, type Replace, toNobody, writeAddress } from '../../emails/replacement.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import type { Catalogue, Column, Table } from '../../schema/catalogue.ts';
import { isCompared } from '../../schema/compared-emails.ts';
import { checkRules } from '../check/check-rules.ts';
import { canonicalRules, type TableRules } from '../file/canonical-rules.ts';
import type { Rule, RulesFile } from '../file/rules-file.ts';
import { bitsOf, type Shared, transformOf } from '../transforms/column-transform.ts';
import { UniqueAddress } from '../transforms/pseudonyms.ts';
import type { ColumnPlan, Plan, TablePlan } from './plan.ts';

export interface PlanOptions {
  readonly rules: RulesFile;
  /** Empty when nothing is known of the dump before it is read. */
  readonly catalogue: Catalogue;
  /** Whether the catalogue also knows what a dump only says behind the rows: what must be unique, what refers to what. */
  readonly complete: boolean;
  /** Secret bytes: the same key gives the same pseudonyms. */
  readonly key: Uint8Array;
}

export const labels = { addresses: 'addresses', unique: 'unique addresses' } as const;

/** @throws ConfigurationError that lists every rule the dump does not allow */
export function makePlan({ rules, catalogue, key, complete }: PlanOptions): Plan {
  const tables = canonicalRules(rules);
  if (!catalogue.isEmpty) checkRules(rules, tables, catalogue);
  return new CompiledPlan(tables, catalogue, key, complete);
}

class CompiledPlan implements Plan {
  readonly replace: Replace = toNobody;
  readonly replaceApart: Replace;
  readonly sampled: (value: Buffer) => number;
  readonly #rules: ReadonlyMap<string, TableRules>;
  readonly #catalogue: Catalogue;
  readonly #key: Uint8Array;
  readonly #tables = new Map<string, TablePlan>();

  readonly #complete: boolean;

  constructor(rules: ReadonlyMap<string, TableRules>, catalogue: Catalogue, key: Uint8Array, complete: boolean) {
    this.#complete = complete;
    this.#rules = rules;
    this.#catalogue = catalogue;
    this.#key = key;
    this.replaceApart = unlikeOthers(key, Number.POSITIVE_INFINITY, false);
    const sample = new KeyedHash(key, 'sample');
    this.sampled = (value) => sample.number(value, 0, value.length) / 2 ** 32;
  }

  table(name: string): TablePlan {
    const known = this.#tables.get(name);
    if (known) return known;
    const plan = new CompiledTable(name, this.#rules, this.#catalogue, this.#key, this.#complete);
    this.#tables.set(name, plan);
    return plan;
  }
}

class CompiledTable implements TablePlan {
  readonly name: string;
  readonly rows: TablePlan['rows'];
  readonly byRow: boolean;
  readonly byColumn: boolean;
  readonly columns: readonly string[] | undefined;
  readonly allColumns: readonly string[] | undefined;
  readonly writeTo: string | undefined;
  readonly #catalogue: Catalogue;
  readonly #rules: TableRules | undefined;
  readonly #key: Uint8Array;
  readonly #plans = new Map<string, ColumnPlan>();

  constructor(
    name: string,
    rules: ReadonlyMap<string, TableRules>,
    catalogue: Catalogue,
    key: Uint8Array,
    complete: boolean,
  ) {
    this.name = name;
    this.#catalogue = catalogue;
    this.#key = key;
    const table = catalogue.table(name);
    // What is said of a partitioned table is said of its partitions.
    this.#rules = rules.get(name) ?? rules.get(catalogue.root(name));
    const rows = this.#rules?.rows ?? 'keep';
    this.rows =
      typeof rows === 'string'
        ? rows
        : { share: Number.parseFloat(rows.sample) / 100, by: rows.by ?? primaryColumn(catalogue, name) ?? '' };
    this.columns = table?.columns.filter((column) => !column.generated).map((column) => column.name);
    this.allColumns = table?.columns.map((column) => column.name);
    const named = [...(this.#rules?.columns.values() ?? [])];
    this.byRow = typeof this.rows === 'object' || named.some((rule) => rule !== 'addresses' && rule !== 'keep');
    const special = table?.columns.some((column) => this.#special(column)) ?? false;
    // What nobody knows beforehand is counted by column, so that it can be told at the end whether it was right.
    this.byColumn = special || named.includes('keep') || !complete;
    const moved = [...catalogue.partitionColumns(name)].some((column) => mayChange(table, this.column(column)));
    this.writeTo = moved ? catalogue.root(name) : undefined;
  }

  /** Whether addresses in the column are treated otherwise than in most. */
  #special(column: Column): boolean {
    if (!holdsText(column)) return false;
    const { maxCharacters } = column.type;
    // What is shorter than the shortest address holds none.
    if (maxCharacters !== undefined && maxCharacters < shortestAddress) return false;
    return nestingOf(column) > 0 || maxCharacters !== undefined || this.#mustStayApart(column.name);
  }

  /** Whether its addresses must stay unlike each other: by a constraint, or since definitions compare them. */
  #mustStayApart(column: string): boolean {
    return this.#catalogue.bound(this.name, column).some((place) => {
      if (this.#catalogue.uniques(place.table).some((unique) => unique.columns.includes(place.column))) return true;
      const found = this.#catalogue.table(place.table)?.columns.find((one) => one.name === place.column);
      return found !== undefined && isCompared(this.#catalogue, place.table, found);
    });
  }

  /** What all columns that foreign keys bind to this one take: equal values must become equal in each of them. */
  #shared(name: string, column: Column | undefined): Shared {
    const types = this.#catalogue
      .bound(this.name, name)
      .flatMap((place) => this.#catalogue.table(place.table)?.columns.find((one) => one.name === place.column) ?? []);
    if (column && !types.includes(column)) types.push(column);
    return {
      maxCharacters: Math.min(...types.map(({ type }) => type.maxCharacters ?? Number.POSITIVE_INFINITY)),
      bits: Math.min(63, ...types.filter(({ type }) => type.base === 'integer').map(bitsOf)),
      caseless: types.some(({ type }) => type.caseless),
    };
  }

  column(name: string): ColumnPlan {
    const known = this.#plans.get(name);
    if (known) return known;
    const plan = this.#plan(name);
    this.#plans.set(name, plan);
    return plan;
  }

  #plan(name: string): ColumnPlan {
    const column = this.#catalogue.table(this.name)?.columns.find((one) => one.name === name);
    const rule = this.#rules?.columns.get(name) ?? 'addresses';
    const shared = this.#shared(name, column);
    const { maxCharacters } = shared;
    const unique = column !== undefined && this.#mustStayApart(name);
    const lowered =
      unique &&
      this.#catalogue
        .bound(this.name, name)
        .some((place) =>
          this.#catalogue.uniques(place.table).some((one) => one.lowered && one.columns.includes(place.column)),
        );
    const replace = unique ? unlikeOthers(this.#key, maxCharacters, lowered) : toNobody;
    const base = {
      name,
      quick: maxCharacters === Number.POSITIVE_INFINITY,
      maxCharacters,
      replace,
      nesting: column ? nestingOf(column) : 0,
      holdsText: column === undefined || holdsText(column),
    };
    if (rule === 'keep') return { ...base, label: 'keep', treatment: 'keep', by: undefined, replaced: false };
    if (rule === 'addresses') {
      const label = unique ? labels.unique : labels.addresses;
      return { ...base, label, treatment: 'addresses', by: undefined, replaced: false };
    }
    const by = typeof rule === 'object' && rule !== null && 'shift-days' in rule ? rule.by : undefined;
    return {
      ...base,
      label: ruleName(rule),
      treatment: transformOf(rule, column, shared, this.#key, replace),
      by,
      replaced: tellsOfPeople(rule),
    };
  }
}

/** `a@b.c`. */
const shortestAddress = 5;

/** Columns that hold no text change by no address. */
function holdsText({ type }: Column): boolean {
  return type.base === 'text' || type.base === 'other' || type.base === 'json' || type.base === 'bytes';
}

function mayChange(table: Table | undefined, plan: ColumnPlan): boolean {
  if (plan.treatment === 'keep') return false;
  const column = table?.columns.find((one) => one.name === plan.name);
  return plan.treatment !== 'addresses' || column === undefined || holdsText(column);
}

function nestingOf(column: Column): number {
  return (column.type.array ? 1 : 0) + (column.type.composite === undefined ? 0 : 1);
}

export function primaryColumn(catalogue: Catalogue, table: string): string | undefined {
  const primary = catalogue.uniques(table).find((one) => one.kind === 'primary');
  return primary?.columns.length === 1 ? primary.columns[0] : undefined;
}

/** The name under which the report counts it. */
export function ruleName(rule: Rule): string {
  if (rule === null) return 'null';
  if (typeof rule === 'string') return rule;
  if ('fake' in rule) return `fake ${rule.fake}`;
  return Object.keys(rule)[0] ?? 'rule';
}

/** Values whose appearance elsewhere is a leak. A date or a number that is equal to another says nothing. */
function tellsOfPeople(rule: Rule): boolean {
  if (rule === null) return true;
  return typeof rule === 'string' || !('shift-days' in rule || 'noise' in rule || 'json' in rule);
}

/** Addresses where equal ones must be equal and others unlike each other. */
function unlikeOthers(key: Uint8Array, maxCharacters: number, lowered: boolean): Replace {
  const address = new UniqueAddress(key, maxCharacters);
  const same = Buffer.from(`${nobody.local}@${nobody.domain}`);
  return (bytes, start, end, at, atLength) => {
    let [source, from, to] = [bytes, start, end];
    if (atLength !== 1 || bytes[at] !== 0x40) {
      // The at sign in its plain form, so that `%40` and `@` come to the same.
      source = Buffer.concat([bytes.subarray(start, at), Buffer.from('@'), bytes.subarray(at + atLength, end)]);
      [from, to] = [0, source.length];
    }
    if (to - from === same.length && source.compare(same, 0, same.length, from, to) === 0) return undefined;
    if (lowered) {
      source = Buffer.from(source.toString('utf8', from, to).toLowerCase());
      [from, to] = [0, source.length];
    }
    const text = Buffer.allocUnsafe(address.length);
    address.write(source, from, to, text, 0);
    if (atLength === 1) return text;
    const [local = '', domain = ''] = text.toString('latin1').split('@');
    return writeAddress({ local, domain }, bytes, at, atLength);
  };
}
