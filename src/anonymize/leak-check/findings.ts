/** Findings of the leak check, by kind, table and column; never a value. */
import type { LeakKind } from '../rules/file/document.ts';

export interface Leak {
  readonly kind: LeakKind;
  readonly table: string;
  /** Undefined where no column is known. */
  readonly column: string | undefined;
  readonly count: number;
}

export class Findings {
  readonly #leaks = new Map<string, { -readonly [Key in keyof Leak]: Leak[Key] }>();

  add(kind: LeakKind, table: string, column: string | undefined, count = 1): void {
    const key = `${kind} ${table} ${column}`;
    const known = this.#leaks.get(key);
    if (known) known.count += count;
    else this.#leaks.set(key, { kind, table, column, count });
  }

  list(): readonly Leak[] {
    return [...this.#leaks.values()];
  }
}
