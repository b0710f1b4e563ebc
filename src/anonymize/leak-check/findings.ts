/** Findings of the leak check, by kind, table and column; never a value. */
import { placeOf } from '../format/place.ts';
import { NumberCounts } from '../numbers/chance.ts';
import type { NumberKind } from '../numbers/find-numbers.ts';
import type { LeakKind } from '../rules/file/leak-kinds.ts';

export interface Leak {
  readonly kind: LeakKind;
  readonly table: string;
  /** Undefined where no column is known. */
  readonly column: string | undefined;
  readonly count: number;
  /**
   * Of numbers that pass only by chance: how many are written the same way. Of a column of order numbers, one in ten has the check
   * digit of a card number. They fail no run.
   */
  readonly among?: number;
  /** Outside of rows: the beginnings of the first statements that hold it, without what looks like an address. */
  readonly places?: readonly string[];
}

/** Statements of a finding that are named. */
const maxPlaces = 3;

export class Findings {
  readonly #leaks = new Map<string, { -readonly [Key in keyof Leak]: Leak[Key] }>();
  readonly #numbers = new Map<string, Omit<Leak, 'count'> & { readonly counts: NumberCounts }>();

  add(kind: LeakKind, table: string, column: string | undefined, count = 1): void {
    const key = `${kind} ${table} ${column}`;
    const known = this.#leaks.get(key);
    if (known) known.count += count;
    else this.#leaks.set(key, { kind, table, column, count });
  }

  /** @param statement in which it is */
  addOutside(kind: LeakKind, part: string, statement: string): void {
    this.add(kind, part, undefined);
    const place = placeOf(statement);
    const known = this.#leaks.get(`${kind} ${part} ${undefined}`);
    if (known && !known.places?.includes(place) && (known.places?.length ?? 0) < maxPlaces)
      known.places = [...(known.places ?? []), place];
  }

  /** @param way how it is written @param passes whether it is one, and not only written like one */
  addNumber(kind: NumberKind, table: string, column: string | undefined, way: string, passes: boolean): void {
    const key = `${kind} ${table} ${column}`;
    const known = this.#numbers.get(key) ?? { kind, table, column, counts: new NumberCounts() };
    this.#numbers.set(key, known);
    known.counts.add(way, passes);
  }

  list(): readonly Leak[] {
    return [...this.#leaks.values(), ...[...this.#numbers.values()].flatMap(numberLeaks)];
  }
}

function numberLeaks({ counts, ...place }: Omit<Leak, 'count'> & { readonly counts: NumberCounts }): readonly Leak[] {
  const { real, byChance } = counts;
  return [...(real > 0 ? [{ ...place, count: real }] : []), ...(byChance.count > 0 ? [{ ...place, ...byChance }] : [])];
}
