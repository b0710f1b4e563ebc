/** The ties of a CHECK as a condition: an address that is written must fit the other columns, which stay or have rules of their own. */
import { type SqlValue, unknown } from '../../schema/expressions/values.ts';
import { holdsAddresses } from './address-columns.ts';
import { best, type Verdict, type Written, worst } from './condition.ts';
import type { OtherColumn, Row } from './other-columns.ts';
import { type Tie, type TieQuestion, tiesIn, valuesOf } from './ties.ts';

export interface TieOptions extends Omit<TieQuestion, 'accepts' | 'others'> {
  readonly others: readonly OtherColumn[];
  /** Whether the CHECK of the dump accepts a row, and that of the result. */
  readonly before: (address: string, others: Row) => Verdict;
  readonly after: (address: string, others: Row) => Verdict;
}

const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
/** Ties that are judged. Others of the same CHECK say the same. */
const maxTies = 12;
/** Addresses that are judged of each. */
const maxHeld = 6;

export class TieCondition {
  readonly #options: TieOptions;
  readonly #ties: readonly Tie[];
  readonly #heldBy = new Map<Tie, readonly string[]>();

  constructor(options: TieOptions) {
    this.#options = options;
    const others = options.others.map(({ column }) => column);
    const accepts = (address: string, row: Row): boolean | undefined => {
      const verdict = options.before(address, row);
      return verdict === 'unknown' ? undefined : verdict === 'accepted';
    };
    this.#ties = others.length === 0 ? [] : tiesIn({ ...options, others, accepts }).slice(0, maxTies);
  }

  get isEmpty(): boolean {
    return this.#ties.length === 0;
  }

  judge(written: Written): Verdict {
    let verdict: Verdict = 'accepted';
    for (const tie of this.#ties) {
      const ofTie = this.#judgeTie(tie, written);
      if (ofTie === 'refused') return ofTie;
      verdict = worst([verdict, ofTie]);
    }
    return verdict;
  }

  #judgeTie(tie: Tie, written: Written): Verdict {
    let verdict: Verdict = 'accepted';
    for (const one of this.#held(tie)) {
      const ofRow = this.#options.after(written.replace(one), this.#written(tie, one, written));
      // What a rule makes up fits by chance at most.
      if (ofRow === 'refused' || (ofRow === 'unknown' && this.#isMadeUp(tie))) return 'refused';
      verdict = worst([verdict, ofRow]);
    }
    return verdict;
  }

  /** The addresses that the CHECK of the dump accepts beside their parts. */
  #held(tie: Tie): readonly string[] {
    const known = this.#heldBy.get(tie);
    if (known) return known;
    const { addresses, before } = this.#options;
    const held = addresses.filter((one) => before(one, valuesOf(tie, one)) === 'accepted').slice(0, maxHeld);
    this.#heldBy.set(tie, held);
    return held;
  }

  #isMadeUp(tie: Tie): boolean {
    return this.#options.others.some(({ column, ruled }) => ruled === unknown && tie.has(column.name));
  }

  /** What the other columns hold in the result, in the row of an address. */
  #written(tie: Tie, address: string, { replace }: Written): Row {
    return new Map(
      this.#options.others.map(({ column, ruled }): [string, SqlValue] => {
        const value = tie.get(column.name)?.(address) ?? null;
        if (ruled !== undefined) return [column.name, value === null ? null : ruled];
        const isReplaced = typeof value === 'string' && email.test(value) && holdsAddresses(column);
        return [column.name, isReplaced ? replace(value) : value];
      }),
    );
  }

  /** Rules for the other columns with which addresses of the usual form fit: NULL in one of them, or a constant in all. */
  othersHelp(usual: Written): readonly string[] {
    const nothing = new Set<string>();
    let constants: string | undefined;
    for (const tie of this.#ties) {
      for (const { column } of this.#options.others)
        if (!column.notNull && this.#fits(usual, new Map([...this.#written(tie, '', usual), [column.name, null]])))
          nothing.add(`"null" for ${column.name}`);
      const constant = this.#constants(tie, usual);
      if (constants !== undefined || constant === undefined || !this.#fits(usual, constant)) continue;
      const texts = [...constant].map(([name, value]) => `{ fixed: ${JSON.stringify(String(value))} } for ${name}`);
      constants = texts.join(' with ');
    }
    return [...nothing, ...(constants === undefined ? [] : [constants])];
  }

  /** What the other columns hold beside every address that is written, where it is the same for all. */
  #constants(tie: Tie, { addresses }: Written): Row | undefined {
    const [first, ...others] = addresses.map((one) => valuesOf(tie, one));
    if (first === undefined || this.#options.others.some(({ isUnique }) => isUnique)) return undefined;
    const isSame = [...first].every(
      ([name, value]) => value !== null && others.every((one) => one.get(name) === value),
    );
    return isSame ? first : undefined;
  }

  #fits({ addresses }: Written, others: Row): boolean {
    return addresses.every((one) => best([this.#options.after(one, others)]) === 'accepted');
  }
}
