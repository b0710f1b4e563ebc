/**
 * What ties an address to the other columns of its CHECK: `email = local || '@' || domain`, `domain = split_part(email, '@', 2)`,
 * `email LIKE '%@' || domain`. Found by trial: the CHECK accepts an address beside parts of itself, and not beside those of another.
 */
import { createHash } from 'node:crypto';
import { evaluate } from '../../schema/expressions/evaluate.ts';
import { type Expression, walk } from '../../schema/expressions/tree.ts';
import { type SqlValue, unknown } from '../../schema/expressions/values.ts';
import type { Column } from '../../schema/table.ts';

/** Makes of an address what another column may hold of it. */
export type PartOf = (address: string) => SqlValue;

/** For each other column, what it holds of the row's address. */
export type Tie = ReadonlyMap<string, PartOf>;

/** Assignments that are tried. */
const maxTried = 4500;
/** Addresses that are tried beside each other's parts. */
const maxAddresses = 5;
const maxAsked = 14;

const localOf = (address: string): string => address.slice(0, Math.max(0, address.lastIndexOf('@')));
const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

/** The parts that are texts: those that hold no at sign stay as they are, whatever is written for the address. */
const texts: readonly PartOf[] = [
  domainOf,
  localOf,
  (address) => `@${domainOf(address)}`,
  (address) => `${localOf(address)}@`,
  (address) => domainOf(address).split('.')[0] ?? '',
  (address) => domainOf(address).split('.').at(-1) ?? '',
  (address) => localOf(address).split(/[.+_-]/)[0] ?? '',
  (address) =>
    localOf(address)
      .split(/[.+_-]/)
      .at(-1) ?? '',
  (address) => localOf(address).slice(1),
  (address) => address.slice(0, 1),
  (address) => createHash('md5').update(address).digest('hex'),
  (address) => createHash('md5').update(address.toLowerCase()).digest('hex'),
];
const numbers: readonly PartOf[] = [(address) => address.length, (address) => localOf(address).length];

export interface TieQuestion {
  readonly expression: Expression;
  /** The columns that hold the address. */
  readonly own: readonly string[];
  readonly others: readonly Column[];
  readonly addresses: readonly string[];
  /** Values of the other columns that the CHECK names. */
  readonly constants: (column: string) => readonly SqlValue[];
  /** Whether the CHECK accepts a row; undefined where nobody can tell. */
  readonly accepts: (address: string, others: ReadonlyMap<string, SqlValue>) => boolean | undefined;
}

/** @returns the ties of a CHECK; empty where it looks at the address alone */
export function tiesIn({ expression, own, others, addresses, constants, accepts }: TieQuestion): readonly Tie[] {
  let tried: Map<string, PartOf>[] = [new Map()];
  for (const column of others) {
    const computed = computedFrom(expression, column.name, own);
    const usual = column.type.base === 'integer' ? numbers : column.type.base === 'text' ? texts : [];
    const fixed = constants(column.name).map(
      (value): PartOf =>
        () =>
          value,
    );
    const parts = [...computed, ...usual, ...fixed, () => null];
    const few = parts.slice(0, Math.max(1, Math.floor(maxTried / tried.length)));
    tried = tried.flatMap((tie) => few.map((part) => new Map([...tie, [column.name, part]])));
  }
  return tried.filter((tie) => isTied(tie, addresses, accepts));
}

export function valuesOf(tie: Tie, address: string): ReadonlyMap<string, SqlValue> {
  return new Map([...tie].map(([column, part]) => [column, part(address)]));
}

function isTied(tie: Tie, addresses: readonly string[], accepts: TieQuestion['accepts']): boolean {
  const accepted: string[] = [];
  for (const address of addresses.slice(0, maxAsked)) {
    if (accepts(address, valuesOf(tie, address)) === true) accepted.push(address);
    if (accepted.length === maxAddresses) break;
  }
  return accepted.some((one) => {
    const beside = valuesOf(tie, one);
    return accepted.some((other) => other !== one && accepts(other, beside) === false);
  });
}

/** What a column must equal that the CHECK computes of the address: `email_md5 = md5(lower(email))`. */
function computedFrom(expression: Expression, column: string, own: readonly string[]): readonly PartOf[] {
  const found: PartOf[] = [];
  walk(expression, (part) => {
    if (part.kind !== 'call' || part.name !== '=') return;
    const [one, other] = part.args;
    const side = isColumn(one, column) ? other : isColumn(other, column) ? one : undefined;
    if (side === undefined) return;
    const value: PartOf = (address) => evaluate(side, { valueOf: (name) => (own.includes(name) ? address : unknown) });
    const example = value('ann.smith@mail.example');
    // An address with another part behind it is none: this column holds names.
    if (example !== unknown && example !== null && !/@.*@/s.test(String(example))) found.push(value);
  });
  return found;
}

export function isColumn(expression: Expression | undefined, column: string): boolean {
  if (expression?.kind === 'cast') return isColumn(expression.of, column);
  return expression?.kind === 'column' && expression.name === column;
}
