/** The points at which a witness agrees with us, and those at which it does not. */
import { isDeepStrictEqual } from 'node:util';

/** Why points differ. What each side says there is in the list of differences, and must be so, unless there is a rule. */
export interface KnownDifference {
  /** The points that it explains. */
  readonly point: string | RegExp;
  /** What holds at each of its points, for those that come and go with workflows or the template. They are not listed. */
  readonly rule?: (ours: unknown, theirs: unknown, point: string) => boolean;
  readonly right: 'Holdfast' | 'the lab' | 'the witness' | 'both';
  /** What differs and why that stays, in one sentence. */
  readonly why: string;
  /** Address of the page that says so, of AWS or of whoever decides. */
  readonly source: string;
}

/** Values of JSON; `undefined` where a side says nothing. */
export interface Difference {
  readonly point: string;
  readonly ours?: unknown;
  readonly theirs?: unknown;
}

/** As it stands in the list. A side that says nothing is left out. */
export const lineOf = ({ point, ours, theirs }: Difference): string => JSON.stringify({ point, ours, theirs });

export interface Unexplained extends Difference {
  /** What the list has for this point: it differs as known, but in what it says. */
  readonly listed?: readonly Difference[];
}

export interface Tally {
  readonly agreed: number;
  /** Each known difference that showed, with how often. */
  readonly known: ReadonlyMap<KnownDifference, number>;
  /** Known differences that did not show: the list is out of date. */
  readonly gone: readonly KnownDifference[];
  /** The same of what the sides say. */
  readonly goneValues: readonly Difference[];
  readonly unexplained: readonly Unexplained[];
  /** Parts that could not be compared, each with its reason. */
  readonly missing: readonly string[];
  /** How many of them CI passes without, since no registry has what they need. */
  readonly nowhere: number;
}

export class Points {
  #agreed = 0;
  readonly #known: readonly KnownDifference[];
  readonly #listed: readonly Difference[] | undefined;
  /** How often each line of the list has yet to show. */
  readonly #left = new Map<string, number>();
  readonly #seen = new Map<KnownDifference, number>();
  readonly #named: Difference[] = [];
  readonly #unexplained: Unexplained[] = [];
  readonly #missing: string[] = [];
  #nowhere = 0;

  /** @param listed what both sides say where they differ as known, as often as they do; without it, they may say anything there */
  constructor(known: readonly KnownDifference[], listed?: readonly Difference[]) {
    this.#known = known;
    this.#listed = listed;
    for (const line of (listed ?? []).map(lineOf)) this.#left.set(line, (this.#left.get(line) ?? 0) + 1);
  }

  /** One point, or `count` of one kind, at which both say the same. */
  agree(count = 1): void {
    this.#agreed += count;
  }

  /** @param point a name that is the same in each run, such as `DescribeVolumes: InvalidVolume.NotFound`; so are the values */
  differ(point: string, ours: unknown, theirs: unknown): void {
    const difference = { point, ours, theirs };
    const known = this.#known.find((one) =>
      typeof one.point === 'string' ? one.point === point : one.point.test(point),
    );
    if (!known) {
      this.#unexplained.push(difference);
      return;
    }
    this.#seen.set(known, (this.#seen.get(known) ?? 0) + 1);
    if (known.rule) {
      if (!known.rule(ours, theirs, point)) this.#unexplained.push(difference);
      return;
    }
    this.#named.push(difference);
    if (!this.#listed) return;
    const line = lineOf(difference);
    const left = this.#left.get(line) ?? 0;
    if (left > 0) this.#left.set(line, left - 1);
    else this.#unexplained.push({ ...difference, listed: this.#listed.filter((one) => one.point === point) });
  }

  compare(point: string, ours: unknown, theirs: unknown): void {
    if (isDeepStrictEqual(ours, theirs)) this.agree();
    else this.differ(point, ours, theirs);
  }

  /**
   * A part that this computer could not compare.
   * @param why one line, such as `PostgreSQL 13: its packages cannot be reached`
   * @param had `nowhere`: no registry has it, so that CI passes without
   */
  missed(why: string, had?: 'nowhere'): void {
    this.#missing.push(why);
    if (had === 'nowhere') this.#nowhere += 1;
  }

  /** All differences whose points are known and have no rule, whatever the sides say. */
  named(): readonly Difference[] {
    return this.#named;
  }

  /** @param whole whether everything was compared; otherwise a known difference may well not have shown */
  tally(whole: boolean): Tally {
    const all = whole && this.#missing.length === 0;
    return {
      agreed: this.#agreed,
      known: this.#seen,
      gone: all ? this.#known.filter((one) => !this.#seen.has(one)) : [],
      goneValues: all ? (this.#listed ?? []).filter((one) => this.#isLeft(one)) : [],
      unexplained: this.#unexplained,
      missing: this.#missing,
      nowhere: this.#nowhere,
    };
  }

  /** What has not shown, unless the same point said something else. */
  #isLeft(one: Difference): boolean {
    return (this.#left.get(lineOf(one)) ?? 0) > 0 && !this.#unexplained.some(({ point }) => point === one.point);
  }
}
