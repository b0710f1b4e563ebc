/** Proposes a rule for a column: by what its values hold, then by its name. Proposes only what the check of rules accepts. */
import { checkColumn } from '../rules/check/column-checks.ts';
import { checkPredicates } from '../rules/check/predicate-checks.ts';
import type { WrittenRule } from '../rules/file/document.ts';
import { type Rule, sameRule } from '../rules/file/rule.ts';
import { noRules, ruleOf, type TableRules } from '../rules/file/rules-file.ts';
import type { Catalogue } from '../schema/catalogue.ts';
import { checksOf } from '../schema/compared-emails.ts';
import { partitionTree } from '../schema/partitions.ts';
import type { Column, ColumnPlace, Table } from '../schema/table.ts';
import { type ColumnSample, type ColumnSamples, noSample } from './column-samples.ts';
import { isText, nameHints } from './name-hints.ts';
import { wordsOf } from './words.ts';

export interface Proposal {
  readonly table: string;
  readonly column: string;
  readonly rule: WrittenRule;
  /** Empty when nothing speaks for another rule. */
  readonly reason: string;
}

/** What speaks for a rule, with the rules in the order in which they are tried. */
interface Wanted {
  readonly rules: readonly WrittenRule[];
  readonly reason: string;
}

interface ColumnFacts {
  readonly catalogue: Catalogue;
  readonly table: Table;
  readonly column: Column;
  readonly sample: ColumnSample;
}

/** A rule for every column of every table. */
export function propose(catalogue: Catalogue, samples: ColumnSamples): readonly Proposal[] {
  const own = catalogue
    .tables()
    .filter((table) => !table.isPartition)
    .flatMap((table) =>
      table.columns
        .filter((column) => !column.generated)
        .map((column): Proposal => {
          const sample = samples.of(table.name, column.name) ?? noSample(false);
          return { table: table.name, column: column.name, ...proposeFor({ catalogue, table, column, sample }) };
        }),
    );
  const byPlace = new Map(own.map((proposal) => [key(proposal.table, proposal.column), proposal]));
  return own.map((proposal) => agreed(proposal, catalogue, byPlace));
}

/** What is proposed for one column of a foreign key is proposed for all of them. */
function agreed(proposal: Proposal, catalogue: Catalogue, byPlace: ReadonlyMap<string, Proposal>): Proposal {
  const { table, column } = proposal;
  const group = linkedWith(catalogue, table, column);
  if (group.length < 2) return proposal;
  const others = group.flatMap((place) => byPlace.get(key(place.table, place.column)) ?? []);
  const first = others.find(({ rule }) => rule !== 'emails' && rule !== 'keep');
  return first === undefined ? proposal : { ...first, table, column };
}

function key(table: string, column: string): string {
  return `${table} ${column}`;
}

/** The column and those that foreign keys link to it, each once; partitions count as the table at the top. */
function linkedWith(catalogue: Catalogue, table: string, column: string): readonly ColumnPlace[] {
  const places = catalogue
    .linkedColumns(table, column)
    .map((place) => ({ ...place, table: catalogue.root(place.table) }));
  return [...new Map(places.map((place) => [key(place.table, place.column), place])).values()];
}

function proposeFor(facts: ColumnFacts): Pick<Proposal, 'rule' | 'reason'> {
  const wanted = byValues(facts) ?? byName(facts) ?? bySomeValues(facts);
  const usual = byType(facts.column);
  if (wanted === undefined) return { rule: usual, reason: '' };
  const rule = wanted.rules.find((one) => sameRule(ruleOf(one), ruleOf('emails')) || accepts(facts, one));
  if (rule !== undefined) return { rule, reason: wanted.reason };
  return { rule: usual, reason: `CHECK: ${wanted.reason}; no rule for whole values fits its definition` };
}

/** Whether a run would accept the rule, for the column and for those that are linked to it. */
function accepts({ catalogue, table, column }: ColumnFacts, written: WrittenRule): boolean {
  const rule = ruleOf(written);
  const group = linkedWith(catalogue, table.name, column.name);
  const rules = new Map<string, TableRules>();
  for (const place of group) {
    const columns = new Map([...(rules.get(place.table)?.columns ?? []), [place.column, rule] as const]);
    rules.set(place.table, { written: place.table, rows: 'keep', columns });
  }
  // Which pseudonyms it would write says nothing.
  if (checkPredicates({ rules: { ...noRules, tables: rules }, catalogue, key: new Uint8Array(32) }).length > 0)
    return false;
  const partitions = (root: string) => partitionTree(root, catalogue);
  return group.every((place) => {
    const one = catalogue.column(place.table, place.column);
    if (one === undefined || isBound(catalogue, place.table, one, rule)) return false;
    return checkColumn({ rule, column: one, table: place.table, rules, catalogue, partitions }).length === 0;
  });
}

/** Whether a CHECK, or the bounds of a partition, may refuse what the rule writes. */
function isBound(catalogue: Catalogue, table: string, column: Column, rule: Rule): boolean {
  if (catalogue.table(table)?.partitionKey?.columns.includes(column.name)) return true;
  // NULL passes every CHECK that does not ask for it.
  return checksOf(catalogue, table, column).some((check) => rule.kind !== 'null' || /\bnull\b/i.test(check));
}

/** By what most values hold. */
function byValues(facts: ColumnFacts): Wanted | undefined {
  const { column, sample } = facts;
  const most = (count: number): boolean => count > 0 && count * 2 > sample.values;
  const numbers = isText(column);
  if (most(sample.cards) && numbers) return { rules: hidden, reason: `card numbers in ${share(sample.cards, sample)}` };
  if (most(sample.ibans) && numbers) return { rules: hidden, reason: `IBANs in ${share(sample.ibans, sample)}` };
  if (most(sample.onlyEmail)) {
    const unique = facts.catalogue.uniquesWith(facts.table.name, column.name).length > 0;
    const reason = `e-mail addresses in ${share(sample.onlyEmail, sample)}${unique ? ', must stay unique' : ''}`;
    return { rules: ['emails'], reason };
  }
  if (most(sample.phones) && numbers)
    return {
      rules: [{ fake: 'phone' }, 'pseudonym', ...hidden],
      reason: `phone numbers in ${share(sample.phones, sample)}`,
    };
  return undefined;
}

const hidden: readonly WrittenRule[] = ['mask', 'hash', 'null'];

function byName({ catalogue, table, column }: ColumnFacts): Wanted | undefined {
  const name = wordsOf(column.name.replaceAll('"', ''));
  for (const { pattern, rules, reason, where } of nameHints) {
    if (!pattern.test(name) || where?.(table.name) === false) continue;
    const wanted = rules(column);
    if (wanted.length === 0) continue;
    const isUnique = catalogue.uniquesWith(table.name, column.name).length > 0;
    const isLinked = catalogue.linkedColumns(table.name, column.name).length > 1;
    if (!isUnique && !isLinked) return { rules: wanted, reason };
    if (wanted[0] === 'emails') return { rules: wanted, reason };
    return { rules: ['pseudonym', 'hash', ...wanted], reason: `${reason}, must stay unique` };
  }
  return undefined;
}

const kinds = [
  ['emails', 'e-mail addresses'],
  ['phones', 'phone numbers'],
  ['ibans', 'IBANs'],
  ['cards', 'card numbers'],
] as const;

/** By what any value holds. Numbers inside texts go with the whole text, unless a person decides otherwise. */
function bySomeValues({ column, sample }: ColumnFacts): Wanted | undefined {
  const held = kinds.filter(
    ([kind]) => sample[kind] > 0 && (kind === 'emails' || sample.numbers.get(kind)?.real !== 0),
  );
  if (held.length === 0) return undefined;
  const reason = held.map(([kind, words]) => `${words} in ${share(sample[kind], sample)}`).join(', ');
  if (held.every(([kind]) => kind === 'emails')) return { rules: ['emails'], reason };
  return { rules: [...(isText(column) ? hidden : []), 'emails'], reason: `CHECK: ${reason}` };
}

function byType({ type }: Column): WrittenRule {
  const mayHoldEmails = type.base === 'text' || type.base === 'json' || type.base === 'bytes' || type.base === 'other';
  return mayHoldEmails ? 'emails' : 'keep';
}

function share(count: number, { values }: ColumnSample): string {
  return `${count.toLocaleString('en-US')} of ${values.toLocaleString('en-US')} values`;
}
