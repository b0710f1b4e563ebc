/**
 * Columns whose order a CHECK asks for (`CHECK (low < high)`): no form keeps the order of what was there, but addresses of the lower
 * column can all begin with a digit, and those of the upper one with a late letter.
 */
import type { Catalogue } from '../../schema/catalogue.ts';
import { type Expression, walk } from '../../schema/expressions/tree.ts';
import type { Table } from '../../schema/table.ts';
import { isColumn } from './ties.ts';

export interface Pair {
  readonly lower: string;
  readonly upper: string;
}

/** @returns the pairs of these columns that an expression compares by their order */
export function orderedIn(expression: Expression, columns: readonly string[]): readonly Pair[] {
  const pairs: Pair[] = [];
  walk(expression, (part) => {
    if (part.kind !== 'call' || !/^[<>]=?$/.test(part.name)) return;
    const [one, other] = part.args.map((side) => columns.find((name) => isColumn(side, name)));
    if (one === undefined || other === undefined || one === other) return;
    pairs.push(part.name.startsWith('<') ? { lower: one, upper: other } : { lower: other, upper: one });
  });
  return pairs;
}

/** The first of some linked columns stands for all of them. */
type Group = string;

/** Longer chains are circles. */
const maxRanks = 20;

/** How the addresses of linked columns begin so that all CHECKs on their order hold. */
export class OrderedColumns {
  readonly #catalogue: Catalogue;
  readonly #above = new Map<Group, Set<Group>>();
  readonly #below = new Map<Group, Set<Group>>();

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  add(table: Table, { lower, upper }: Pair): void {
    const [low, high] = [this.#group(table.name, lower), this.#group(table.name, upper)];
    this.#above.set(low, (this.#above.get(low) ?? new Set()).add(high));
    this.#below.set(high, (this.#below.get(high) ?? new Set()).add(low));
  }

  /** The beginning for a column that has an order; undefined where the CHECKs contradict each other. */
  beginning(table: string, column: string): string | undefined {
    const group = this.#group(table, column);
    const [below, above] = [rank(group, this.#below), rank(group, this.#above)];
    if (below + above > maxRanks) return undefined;
    // Digits come before letters in every order.
    if (below === 0) return '0-';
    return above === 0 ? 'zz-' : `m${String(below).padStart(2, '0')}-`;
  }

  #group(table: string, column: string): Group {
    const [first] = this.#catalogue.linkedColumns(table, column);
    return `${first?.table}.${first?.column}`;
  }
}

function rank(group: Group, next: ReadonlyMap<Group, ReadonlySet<Group>>, depth = 0): number {
  if (depth > maxRanks) return depth;
  return Math.max(0, ...[...(next.get(group) ?? [])].map((one) => 1 + rank(one, next, depth + 1)));
}
