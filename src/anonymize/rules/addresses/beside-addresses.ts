/** CHECKs of parts of two addresses, which nothing binds: `split_part(email, '@', 2) <> split_part(alt, '@', 2)`. */
import { holdsAddresses } from './address-columns.ts';
import type { Verdict } from './condition.ts';
import type { OtherColumn, Row } from './other-columns.ts';

export interface Beside {
  readonly others: readonly OtherColumn[];
  readonly addresses: readonly string[];
  /** Whether the CHECK of the dump accepts an address beside others, and that of the result. */
  readonly before: (address: string, others: Row) => Verdict;
  readonly after: (address: string, others: Row) => Verdict;
}

/** Addresses that are tried beside each other. */
const maxTried = 6;

export class BesideAddresses {
  readonly #after: Beside['after'];
  /** Two addresses that a row may hold, the second one in another column. */
  readonly #accepted: readonly (readonly [one: string, name: string, other: string])[];

  constructor({ others, addresses, before, after }: Beside) {
    this.#after = after;
    const tried = addresses.slice(0, maxTried);
    const replaced = others.filter(({ column, ruled }) => ruled === undefined && holdsAddresses(column));
    this.#accepted = replaced.flatMap(({ column: { name } }) =>
      tried.flatMap((one) =>
        tried
          .filter((other) => before(one, new Map([[name, other]])) === 'accepted')
          .map((other) => [one, name, other] as const),
      ),
    );
  }

  /**
   * @param replace what becomes of an address, in every column
   * @returns `unknown` where such a row is refused once both are replaced; undefined where there is none
   */
  judge(replace: (address: string) => string): Verdict | undefined {
    if (this.#accepted.length === 0) return undefined;
    const isRefused = this.#accepted.some(
      ([one, name, other]) => this.#after(replace(one), new Map([[name, replace(other)]])) === 'refused',
    );
    return isRefused ? 'unknown' : 'accepted';
  }
}
