/** Findings of the leak check, by kind, table and column; never a value. */
import { placeOf } from '../format/place.ts';
import type { LeakKind } from '../rules/file/document.ts';

export interface Leak {
  readonly kind: LeakKind;
  readonly table: string;
  /** Undefined where no column is known. */
  readonly column: string | undefined;
  readonly count: number;
  /** Outside of rows: the beginnings of the first statements that hold it, without what looks like an address. */
  readonly places?: readonly string[];
}

/** Statements of a finding that are named. */
const maxPlaces = 3;

export class Findings {
  readonly #leaks = new Map<string, { -readonly [Key in keyof Leak]: Leak[Key] }>();

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

  list(): readonly Leak[] {
    return [...this.#leaks.values()];
  }
}
