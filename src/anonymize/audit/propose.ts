/** Proposes a rule for a column: by what its values hold, then by its name. */
import type { WrittenRule } from '../rules/file/document.ts';
import type { Catalogue } from '../schema/catalogue.ts';
import type { Column } from '../schema/table.ts';
import type { ColumnSample, ColumnSamples } from './column-samples.ts';
import { isText, nameHints } from './name-hints.ts';

export interface Proposal {
  readonly table: string;
  readonly column: string;
  readonly rule: WrittenRule;
  /** Empty when nothing speaks for another rule. */
  readonly reason: string;
}

type Proposed = Pick<Proposal, 'rule' | 'reason'>;

interface ColumnFacts {
  readonly column: Column;
  readonly sample: ColumnSample;
  readonly isUnique: boolean;
  /** Whether values must stay distinct: unique, or linked to other columns by foreign keys. */
  readonly staysDistinct: boolean;
}

const noSample: ColumnSample = { values: 0, emails: 0, onlyEmail: 0, phones: 0, ibans: 0, cards: 0 };

/** A rule for every column of every table. */
export function propose(catalogue: Catalogue, samples: ColumnSamples): readonly Proposal[] {
  return catalogue
    .tables()
    .filter((table) => !table.isPartition)
    .flatMap((table) =>
      table.columns
        .filter((column) => !column.generated)
        .map((column) => {
          const isUnique = catalogue.uniquesWith(table.name, column.name).length > 0;
          const isLinked = catalogue.linkedColumns(table.name, column.name).length > 1;
          const sample = samples.of(table.name, column.name) ?? noSample;
          const facts = { column, sample, isUnique, staysDistinct: isUnique || isLinked };
          return { table: table.name, column: column.name, ...proposeFor(facts) };
        }),
    );
}

function proposeFor(facts: ColumnFacts): Proposed {
  return byValues(facts) ?? byName(facts) ?? bySomeValues(facts) ?? byType(facts.column);
}

/** By what most values hold. */
function byValues({ column, sample, isUnique, staysDistinct }: ColumnFacts): Proposed | undefined {
  const most = (count: number): boolean => count > 0 && count * 2 > sample.values;
  const masked = staysDistinct ? 'hash' : 'mask';
  if (most(sample.cards) && isText(column))
    return { rule: masked, reason: `card numbers in ${share(sample.cards, sample)}` };
  if (most(sample.ibans) && isText(column)) return { rule: masked, reason: `IBANs in ${share(sample.ibans, sample)}` };
  if (most(sample.onlyEmail))
    return {
      rule: 'emails',
      reason: `e-mail addresses in ${share(sample.onlyEmail, sample)}${isUnique ? ', must stay unique' : ''}`,
    };
  if (most(sample.phones) && isText(column))
    return {
      rule: staysDistinct ? 'pseudonym' : { fake: 'phone' },
      reason: `phone numbers in ${share(sample.phones, sample)}`,
    };
  return undefined;
}

function byName({ column, staysDistinct }: ColumnFacts): Proposed | undefined {
  const name = column.name.replaceAll('"', '');
  for (const hint of nameHints) {
    const rule = hint.pattern.test(name) ? hint.rule(column) : undefined;
    if (rule === undefined) continue;
    return staysDistinct && isText(column)
      ? { rule: 'pseudonym', reason: `${hint.reason}, must stay unique` }
      : { rule, reason: hint.reason };
  }
  return undefined;
}

const kinds = [
  ['emails', 'e-mail addresses'],
  ['phones', 'phone numbers'],
  ['ibans', 'IBANs'],
  ['cards', 'card numbers'],
] as const;

/** By what any value holds. A person must check numbers that no rule changes. */
function bySomeValues({ sample }: ColumnFacts): Proposed | undefined {
  const held = kinds.filter(([kind]) => sample[kind] > 0);
  if (held.length === 0) return undefined;
  const reason = held.map(([kind, words]) => `${words} in ${share(sample[kind], sample)}`).join(', ');
  const onlyEmails = held.every(([kind]) => kind === 'emails');
  return { rule: 'emails', reason: onlyEmails ? reason : `CHECK: ${reason}` };
}

function byType({ type }: Column): Proposed {
  const mayHoldEmails = type.base === 'text' || type.base === 'json' || type.base === 'bytes' || type.base === 'other';
  return { rule: mayHoldEmails ? 'emails' : 'keep', reason: '' };
}

function share(count: number, { values }: ColumnSample): string {
  return `${count.toLocaleString('en-US')} of ${values.toLocaleString('en-US')} values`;
}
