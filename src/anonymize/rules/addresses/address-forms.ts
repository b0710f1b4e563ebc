/** The forms of addresses in a dump: for each group of linked columns of which its definitions ask more than the usual. */
import { Patches } from '../../bytes/patches.ts';
import { patchText } from '../../emails/patch-text.ts';
import { type Replace, toNobody } from '../../emails/replacement.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import { type SqlValue, unknown } from '../../schema/expressions/values.ts';
import { orderedBounds } from '../../schema/ordered-bounds.ts';
import { mappedTree, type PartitionNode, partitionTree } from '../../schema/partitions.ts';
import type { ColumnPlace } from '../../schema/table.ts';
import type { Rule } from '../file/rule.ts';
import type { RulesFile, TableRules } from '../file/rules-file.ts';
import { usualForm } from './candidates.ts';
import { chooseForm, writtenAs } from './choose-form.ts';
import type { AddressCondition, Written } from './condition.ts';
import { conditionsOf } from './conditions.ts';
import { type AddressForm, describeForm } from './form.ts';
import { needsOf } from './group-needs.ts';
import { keptTexts } from './kept-texts.ts';

export interface FormsOptions {
  readonly catalogue: Catalogue;
  readonly rules: RulesFile;
  readonly key: Uint8Array;
  /** Replaces addresses in CHECKs and other definitions. */
  readonly replaceInDefinitions: Replace;
}

interface Group {
  readonly places: readonly ColumnPlace[];
  readonly conditions: AddressCondition[];
}

export class AddressForms {
  /** Columns for which there is no form, with the reason. */
  readonly problems: string[] = [];
  /** What a user should know of the forms, by `table.column`. */
  readonly notes = new Map<string, string>();
  readonly #options: FormsOptions;
  readonly #forms = new Map<string, AddressForm>();
  readonly #seen = new Set<string>();
  #kept: ReadonlyMap<string, string> | undefined;

  constructor(options: FormsOptions) {
    this.#options = options;
    this.#addTables();
  }

  /** Strings of definitions whose addresses stay, each with a column that has the rule `keep`. */
  get kept(): ReadonlyMap<string, string> {
    const { catalogue } = this.#options;
    this.#kept ??= keptTexts(catalogue, (table, column) => this.#rulesOf(table)?.columns.get(column)?.kind === 'keep');
    return this.#kept;
  }

  /** The partitions of a topmost table as the result defines them. */
  partitions(root: string): PartitionNode | undefined {
    const tree = partitionTree(root, this.#options.catalogue);
    const bounds = this.bounds();
    const inRange = (text: string): string => bounds.get(text) ?? this.#rewritten(text);
    return tree && mappedTree(tree, (text) => this.#rewritten(text), inRange);
  }

  /** What is written instead of the bounds of partitions by range that hold an address, by the bound. */
  bounds(): ReadonlyMap<string, string> {
    return orderedBounds(this.#options.catalogue, (text) => this.#rewritten(text) !== text);
  }

  /** The form of the addresses in a column where it is not the usual one. */
  of(table: string, column: string): AddressForm | undefined {
    // From a pipe, tables become known one after the other.
    if (!this.#seen.has(table) && this.#options.catalogue.table(table) !== undefined) this.#addTables();
    return this.#forms.get(`${table}.${column}`);
  }

  #addTables(): void {
    const { catalogue } = this.#options;
    this.#kept = undefined;
    const tables = catalogue.tables().filter(({ name }) => !this.#seen.has(name));
    for (const { name } of tables) this.#seen.add(name);
    const conditions = conditionsOf({
      catalogue,
      tables,
      rewritten: (text, outside) => this.#rewritten(text, outside),
      ruled: (place) => ruled(this.#rulesOf(place.table)?.columns.get(place.column)),
    });
    for (const group of this.#groups(conditions)) this.#choose(group);
  }

  /** Groups of linked columns with conditions on those of them whose addresses are replaced. */
  #groups(conditions: readonly AddressCondition[]): Iterable<Group> {
    const groups = new Map<string, Group>();
    for (const condition of conditions)
      for (const place of condition.places.filter((one) => this.#writesAddresses(one))) {
        const places = this.#options.catalogue.linkedColumns(place.table, place.column);
        const key = places.map(nameOf).toSorted().join(' ');
        const group = groups.get(key) ?? { places, conditions: [] };
        groups.set(key, group);
        if (!group.conditions.includes(condition)) group.conditions.push(condition);
      }
    return groups.values();
  }

  /** @param outside of CHECK and of what else keeps addresses distinct */
  #rewritten(text: string, outside = false): string {
    if (!outside && this.kept.has(text)) return text;
    return rewritten(text, outside ? toNobody : this.#options.replaceInDefinitions);
  }

  #rulesOf(table: string): TableRules | undefined {
    const { rules, catalogue } = this.#options;
    return rules.tables.get(table) ?? rules.tables.get(catalogue.root(table));
  }

  #writesAddresses({ table, column }: ColumnPlace): boolean {
    const rules = this.#rulesOf(table);
    const kind = rules?.columns.get(column)?.kind ?? 'emails';
    return rules?.rows !== 'drop' && (kind === 'emails' || kind === 'pseudonym');
  }

  #choose({ places, conditions }: Group): void {
    const { catalogue, key } = this.#options;
    const [first] = places as readonly [ColumnPlace, ...ColumnPlace[]];
    const own = needsOf(catalogue, first.table, first.column);
    const isPseudonym = places.some(
      ({ table, column }) => this.#rulesOf(table)?.columns.get(column)?.kind === 'pseudonym',
    );
    const needs = { ...own, distinct: own.distinct || isPseudonym };
    const sure = conditions.filter(({ onlyWarns }) => !onlyWarns);
    const choice =
      chooseForm(needs, conditions, key) ??
      (sure.length < conditions.length ? chooseForm(needs, sure, key) : undefined);
    if (choice === undefined) {
      const alone = sure.length > 1 ? sure.filter((one) => chooseForm(needs, [one], key) === undefined) : sure;
      const usual = writtenAs(usualForm(needs), needs, key);
      for (const condition of alone.length > 0 ? alone : sure) this.#addProblem(condition, usual);
      return;
    }
    if (choice.because.length > 0) for (const place of places) this.#forms.set(nameOf(place), choice.form);
    const unmet = conditions.filter(
      (one) => choice.doubtful.includes(one) || (one.onlyWarns && chooseForm(needs, [...sure, one], key) === undefined),
    );
    for (const place of places) this.#note(nameOf(place), choice.form, choice.because, unmet);
  }

  #addProblem(condition: AddressCondition, usual: Written): void {
    const { places, what } = condition;
    const allowed = condition.help?.(usual) ?? condition.allowed;
    for (const place of places.filter((one) => this.#writesAddresses(one)))
      this.problems.push(
        `${nameOf(place)}: ${what} accepts no address that can be written instead of another; allowed: ${allowed}`,
      );
  }

  #note(
    name: string,
    form: AddressForm,
    because: readonly AddressCondition[],
    unmet: readonly AddressCondition[],
  ): void {
    const texts = [
      ...(because.length > 0
        ? [`addresses became ${describeForm(form)}, since ${listed(because)} does not accept the usual ones`]
        : []),
      ...(unmet.length > 0
        ? [`whether ${listed(unmet)} accepts the addresses that were written is not known; the restore will show`]
        : []),
    ];
    if (texts.length > 0) this.notes.set(name, `${name}: ${texts.join('; ')}`);
  }
}

function nameOf({ table, column }: ColumnPlace): string {
  return `${table}.${column}`;
}

function listed(conditions: readonly AddressCondition[]): string {
  return [...new Set(conditions.map(({ what }) => what))].join(' and ');
}

/** The value that a rule puts into a column, whatever was there. */
function ruled(rule: Rule | undefined): SqlValue | undefined {
  if (rule === undefined || rule.kind === 'keep' || rule.kind === 'emails') return undefined;
  if (rule.kind === 'null') return null;
  return rule.kind === 'fixed' ? rule.text : unknown;
}

/** A string of a definition as it is written. */
function rewritten(text: string, replace: Replace): string {
  const bytes = Buffer.from(text);
  const patches = new Patches();
  return patchText(bytes, 0, bytes.length, 0, replace, patches) === 0
    ? text
    : patches.apply(bytes, 0, bytes.length).toString('utf8');
}
