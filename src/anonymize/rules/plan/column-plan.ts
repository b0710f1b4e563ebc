/** Plans the columns of one table. */
import { toNobody } from '../../emails/replacement.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import { isComparedWithEmails } from '../../schema/compared-emails.ts';
import { narrowest, nestedRoom } from '../../schema/nested-room.ts';
import type { Column } from '../../schema/table.ts';
import { defaultRule, type Rule, ruleName } from '../file/rule.ts';
import type { TableRules } from '../file/rules-file.ts';
import { type SharedLimits, transformOf, widthsOf } from '../transforms/column-transform.ts';
import { mayCollide } from '../transforms/unique-email.ts';
import { type ColumnPlan, labels } from './plan.ts';
import { domainLength, uniqueReplacement } from './unique-replacement.ts';

/** Characters of the shortest distinct address. */
const shortestDistinct = domainLength + 1;

export class ColumnPlanner {
  readonly #table: string;
  readonly #rules: TableRules | undefined;
  readonly #catalogue: Catalogue;
  readonly #key: Uint8Array;

  constructor(table: string, rules: TableRules | undefined, catalogue: Catalogue, key: Uint8Array) {
    this.#table = table;
    this.#rules = rules;
    this.#catalogue = catalogue;
    this.#key = key;
  }

  /** @param name canonical; any name when the column is not known */
  plan(name: string): ColumnPlan {
    const column = this.#catalogue.column(this.#table, name);
    const rule = this.#rules?.columns.get(name) ?? defaultRule;
    const limits = this.#sharedLimits(name);
    const { maxCharacters } = limits;
    const unique = column === undefined ? !this.#isDefined : this.mustStayDistinct(name);
    const replace = unique
      ? uniqueReplacement(
          this.#key,
          this.#uniqueRoom(name, maxCharacters),
          this.#uniqueIgnoresCase(name),
          `${this.#table}.${name}`,
        )
      : toNobody;
    const nested = column && nestedRoom(column.type);
    const base = {
      name,
      quick: maxCharacters === Number.POSITIVE_INFINITY && nested === undefined,
      maxCharacters,
      nested,
      replace,
      nesting: column ? nestingOf(column) : 0,
      binary: column?.type.binary ?? false,
      generated: column?.generated ?? false,
      holdsText: column === undefined || holdsText(column),
      by: rule.kind === 'shift-days' ? rule.by : undefined,
      replaced: revealsPersons(rule),
      remembers: (unique || rule.kind === 'pseudonym') && mayCollide(this.#uniqueRoom(name, maxCharacters)),
    };
    if (rule.kind === 'keep') return { ...base, label: 'keep', treatment: 'keep' };
    if (rule.kind === 'emails')
      return { ...base, label: unique ? labels.uniqueEmails : labels.emails, treatment: 'emails' };
    const treatment = transformOf(rule, column, limits, this.#key, replace);
    return { ...base, label: ruleName(rule), treatment };
  }

  /** Whether the dump defines the table: if not, any of its columns may have to be unique. */
  get #isDefined(): boolean {
    return this.#catalogue.table(this.#table) !== undefined;
  }

  /** Whether the column's addresses must stay distinct: because of a constraint, or since definitions compare them. */
  mustStayDistinct(name: string): boolean {
    return this.#catalogue.linkedColumns(this.#table, name).some((place) => {
      if (this.#catalogue.uniquesWith(place.table, place.column).length > 0) return true;
      const column = this.#catalogue.column(place.table, place.column);
      return column !== undefined && isComparedWithEmails(this.#catalogue, place.table, column);
    });
  }

  #uniqueIgnoresCase(name: string): boolean {
    return this.#catalogue
      .linkedColumns(this.#table, name)
      .some((place) => this.#catalogue.uniquesWith(place.table, place.column).some((unique) => unique.ignoresCase));
  }

  /** Characters that decide whether addresses differ: the column's own, or fewer where an index covers only their beginning. */
  #uniqueRoom(name: string, maxCharacters: number): number {
    const prefixes = this.#catalogue
      .linkedColumns(this.#table, name)
      .flatMap((place) =>
        this.#catalogue.uniquesWith(place.table, place.column).map((one) => one.prefixes?.get(place.column)),
      );
    const column = this.#catalogue.column(this.#table, name);
    return Math.min(
      maxCharacters,
      narrowest(column && nestedRoom(column.type), shortestDistinct),
      ...prefixes.map((prefix) => (prefix ?? Number.POSITIVE_INFINITY) + domainLength),
    );
  }

  #sharedLimits(name: string): SharedLimits {
    const types = this.#catalogue
      .linkedColumns(this.#table, name)
      .flatMap((place) => this.#catalogue.column(place.table, place.column)?.type ?? []);
    return {
      maxCharacters: Math.min(...types.map((type) => type.maxCharacters ?? Number.POSITIVE_INFINITY)),
      widths: types.filter((type) => type.base === 'integer').flatMap(widthsOf),
      caseless: types.some((type) => type.caseless),
      padded: types.some((type) => type.padded),
    };
  }
}

/** Other columns cannot hold an address. */
export function holdsText({ type }: Column): boolean {
  return type.base === 'text' || type.base === 'other' || type.base === 'json' || type.base === 'bytes';
}

export function nestingOf(column: Column): number {
  return (column.type.array ? 1 : 0) + (column.type.composite === undefined ? 0 : 1);
}

/** Whether an equal value elsewhere is a leak. A date or a number that equals another says nothing. */
function revealsPersons({ kind }: Rule): boolean {
  return !['keep', 'emails', 'shift-days', 'noise', 'json'].includes(kind);
}
