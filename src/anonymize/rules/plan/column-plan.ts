/** Plans the columns of one table. */
import { toNobody } from '../../emails/replacement.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import { holdsText } from '../../schema/column-kinds.ts';

import { foldingOf } from '../../schema/folding.ts';
import { nestedRoom } from '../../schema/nested-room.ts';
import type { Column, ColumnPlace } from '../../schema/table.ts';
import type { ColumnType } from '../../schema/types.ts';
import type { AddressForms } from '../addresses/address-forms.ts';
import { usualForm } from '../addresses/candidates.ts';
import { distinctForm, hasDomain, nobodyForm } from '../addresses/form.ts';
import { needsOf, roomOf } from '../addresses/group-needs.ts';
import { fittingNumbers, fittingValues } from '../check/fitting-values.ts';
import { keepingEmpty, staysEmpty } from '../check/partial-keys.ts';
import { defaultRule, type Rule, ruleName } from '../file/rule.ts';
import type { TableRules } from '../file/rules-file.ts';
import { type SharedLimits, transformOf, widthsOf } from '../transforms/column-transform.ts';
import { mayCollide } from '../transforms/unique-email.ts';
import { type ColumnPlan, labels, type PlanOptions } from './plan.ts';
import { uniqueReplacement } from './unique-replacement.ts';

/** What tables are planned with. */
export interface CompileOptions extends PlanOptions {
  readonly forms: AddressForms;
}

export class ColumnPlanner {
  readonly #table: string;
  readonly #rules: TableRules | undefined;
  readonly #catalogue: Catalogue;
  readonly #forms: AddressForms;
  readonly #key: Uint8Array;

  constructor(
    table: string,
    rules: TableRules | undefined,
    { catalogue, forms, key }: Pick<CompileOptions, 'catalogue' | 'forms' | 'key'>,
  ) {
    this.#table = table;
    this.#rules = rules;
    this.#catalogue = catalogue;
    this.#forms = forms;
    this.#key = key;
  }

  /** @param name canonical; any name when the column is not known */
  plan(name: string): ColumnPlan {
    const column = this.#catalogue.column(this.#table, name);
    const rule = this.#rules?.columns.get(name) ?? defaultRule;
    const limits = this.#sharedLimits(name);
    const { maxCharacters } = limits;
    const needs = needsOf(this.#catalogue, this.#table, name);
    const usual = usualForm({ ...needs, distinct: column === undefined ? !this.#isDefined : needs.distinct });
    const form = limits.form ?? usual;
    const unique = form.letters > 0;
    const replace =
      form === nobodyForm ? toNobody : uniqueReplacement(this.#key, form, needs.fold, `${this.#table}.${name}`);
    const nested = column && nestedRoom(column.type);
    const base = {
      name,
      quick: maxCharacters === Number.POSITIVE_INFINITY && nested === undefined,
      maxCharacters,
      nested,
      replace,
      form: limits.form,
      hasDomain: hasDomain(form),
      nesting: column ? nestingOf(column) : 0,
      binary: column?.type.binary ?? false,
      generated: column?.generated ?? false,
      holdsText: column === undefined || holdsText(column),
      by: rule.kind === 'shift-days' ? rule.by : undefined,
      replaced: revealsPersons(rule),
      remembers:
        (unique && mayCollide(form)) ||
        (rule.kind === 'pseudonym' && mayCollide(limits.form ?? distinctForm(maxCharacters))),
    };
    if (rule.kind === 'keep') return { ...base, label: 'keep', treatment: 'keep' };
    if (rule.kind === 'emails')
      return { ...base, label: unique ? labels.uniqueEmails : labels.emails, treatment: 'emails' };
    const isNumber = rule.kind === 'pseudonym' && column?.type.base === 'integer';
    const moves = rule.kind === 'shift-days' || rule.kind === 'noise';
    const fits = moves && column ? fittingValues(this.#catalogue, this.#table, column) : undefined;
    const treatment = transformOf(
      rule,
      column,
      {
        ...limits,
        place: `${this.#table}.${name}`,
        fits,
        classes: isNumber ? fittingNumbers(this.#catalogue, this.#table, name) : [],
      },
      this.#key,
      replace,
    );
    const isKept = staysEmpty(rule, this.#catalogue, this.#table, name);
    const note =
      rule.kind === 'shift-days' && fits !== undefined
        ? `${this.#table}.${name}: a date stays as it was where its CHECK or its partitions take no other within ${rule.days} days`
        : undefined;
    return { ...base, note, label: ruleName(rule), treatment: isKept ? keepingEmpty(treatment) : treatment };
  }

  /** Whether the dump defines the table: if not, any of its columns may have to be unique. */
  get #isDefined(): boolean {
    return this.#catalogue.table(this.#table) !== undefined;
  }

  /** Whether addresses in the column are treated otherwise than in most. */
  isSpecial(name: string): boolean {
    return this.#forms.of(this.#table, name) !== undefined || this.#isBounded(name);
  }

  #isBounded(name: string): boolean {
    const { distinct, maxCharacters } = needsOf(this.#catalogue, this.#table, name);
    return distinct || maxCharacters < Number.POSITIVE_INFINITY;
  }

  /** Whether a CHECK compares one of the columns with another without regard to case: `username_lower = lower(username)`. */
  #isBoundWithoutCase(places: readonly ColumnPlace[]): boolean {
    return places.some(({ table, column }) => this.#catalogue.boundBy(table, column)?.ignoresCase === true);
  }

  #sharedLimits(name: string): SharedLimits {
    const places = this.#catalogue.linkedColumns(this.#table, name);
    const types = places.flatMap((place) => this.#catalogue.column(place.table, place.column)?.type ?? []);
    return {
      maxCharacters: roomOf(this.#catalogue, places),
      form: this.#forms.of(this.#table, name),
      widths: types.filter((type) => type.base === 'integer').flatMap(widthsOf),
      caseless: types.some((type) => type.caseless) || this.#isBoundWithoutCase(places),
      padded: types.some((type) => type.padded) || differInFill(types),
      fold: foldingOf(this.#catalogue, places),
    };
  }
}

/** Whether columns of character(n) of different length are linked: the server fills them with more or fewer blanks. */
function differInFill(types: readonly ColumnType[]): boolean {
  const filled = types.filter(({ underlying }) => /^(pg_catalog\.)?(character|char|bpchar)\s*(\(|$)/i.test(underlying));
  return filled.length > 0 && new Set(types.map(({ maxCharacters }) => maxCharacters)).size > 1;
}

export function nestingOf(column: Column): number {
  return (column.type.array ? 1 : 0) + (column.type.composite === undefined ? 0 : 1);
}

/** Whether an equal value elsewhere is a leak. A date or a number that equals another says nothing. */
function revealsPersons({ kind }: Rule): boolean {
  return !['keep', 'emails', 'shift-days', 'noise', 'json'].includes(kind);
}
