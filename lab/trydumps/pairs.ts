/** Which value became which: equal values must become equal ones, and where it is asked for, different ones different. */

/** Values of a column that are remembered; of more, these alone are compared. */
const most = 200_000;

export class Pairs {
  /** Equal values that became different ones. */
  split = 0;
  /** Different values that became equal. */
  joined = 0;
  readonly #distinct: boolean;
  readonly #became = new Map<string, string>();
  readonly #from = new Map<string, string>();

  constructor(distinct: boolean) {
    this.#distinct = distinct;
  }

  add(one: string, other: string): void {
    const before = this.#became.get(one);
    if (before !== undefined) {
      if (before !== other) this.split += 1;
      return;
    }
    if (this.#became.size >= most) return;
    this.#became.set(one, other);
    if (!this.#distinct) return;
    if (this.#from.has(other)) this.joined += 1;
    this.#from.set(other, one);
  }
}
