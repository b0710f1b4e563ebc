/**
 * Numbers of one kind in one column: how many are real, as far as that can be told, and how many pass for such by chance. Of order
 * numbers, one in ten has the check digit of a card number, and one in ten codes begins with zero, as phone numbers do.
 */

/** How many others there must be for each that passes: chance makes nine. Columns of real numbers have hardly any. */
const othersForEach = 5;
/** Bytes before a number that tell of what it is: `"order":"`. */
const contextBytes = 8;
/** Ways of writing that are told apart; of more, every number that passes counts as real. */
const mostWays = 64;

/** How a number is written, and what stands before it: what is the same of all numbers of an order. */
export function wayOf(bytes: Uint8Array, start: number, end: number, from = 0): string {
  return Buffer.from(bytes.subarray(Math.max(from, start - contextBytes), end))
    .toString('latin1')
    .replaceAll(/\d/g, '0');
}

interface Way {
  passing: number;
  others: number;
}

export class NumberCounts {
  readonly #ways = new Map<string, Way>();
  #more = 0;

  /** @param way as wayOf() gives it @param passes whether it is one, and not only written like one */
  add(way: string, passes: boolean): void {
    const known = this.#ways.get(way);
    if (known === undefined && this.#ways.size >= mostWays) {
      if (passes) this.#more += 1;
      return;
    }
    const counts = known ?? { passing: 0, others: 0 };
    this.#ways.set(way, counts);
    if (passes) counts.passing += 1;
    else counts.others += 1;
  }

  /** Numbers that are what they look like. */
  get real(): number {
    let real = this.#more;
    for (const way of this.#ways.values()) if (!isChance(way)) real += way.passing;
    return real;
  }

  /** Those that pass by chance, among how many that are written the same way. */
  get byChance(): { readonly count: number; readonly among: number } {
    let [count, among] = [0, 0];
    for (const way of this.#ways.values()) {
      if (!isChance(way)) continue;
      count += way.passing;
      among += way.passing + way.others;
    }
    return { count, among };
  }
}

function isChance({ passing, others }: Way): boolean {
  return passing > 0 && others >= passing * othersForEach;
}
