/** The points at which a witness agrees with us, and those at which it does not. */
import { isDeepStrictEqual } from 'node:util';

export interface KnownDifference {
  /** The points that it explains. */
  readonly point: string | RegExp;
  readonly right: 'Holdfast' | 'the lab' | 'the witness' | 'both';
  /** What differs and why that stays, in one sentence. */
  readonly why: string;
  /** Address of the page that says so, of AWS or of whoever decides. */
  readonly source: string;
}

export interface Difference {
  readonly point: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

export interface Tally {
  readonly agreed: number;
  /** Each known difference that showed, with how often. */
  readonly known: ReadonlyMap<KnownDifference, number>;
  /** Known differences that did not show: the list is out of date. */
  readonly gone: readonly KnownDifference[];
  readonly unexplained: readonly Difference[];
  /** Parts that could not be compared, each with its reason. */
  readonly missing: readonly string[];
}

export class Points {
  #agreed = 0;
  readonly #known: readonly KnownDifference[];
  readonly #seen = new Map<KnownDifference, number>();
  readonly #unexplained: Difference[] = [];
  readonly #missing: string[] = [];

  constructor(known: readonly KnownDifference[]) {
    this.#known = known;
  }

  /** One point, or `count` of one kind, at which both say the same. */
  agree(count = 1): void {
    this.#agreed += count;
  }

  /** @param point a name that is the same in each run, such as `DescribeVolumes: InvalidVolume.NotFound` */
  differ(point: string, ours: unknown, theirs: unknown): void {
    const known = this.#known.find((one) =>
      typeof one.point === 'string' ? one.point === point : one.point.test(point),
    );
    if (known) this.#seen.set(known, (this.#seen.get(known) ?? 0) + 1);
    else this.#unexplained.push({ point, ours, theirs });
  }

  compare(point: string, ours: unknown, theirs: unknown): void {
    if (isDeepStrictEqual(ours, theirs)) this.agree();
    else this.differ(point, ours, theirs);
  }

  /** A part that this computer could not compare. @param why one line, such as `PostgreSQL 13: its packages cannot be reached` */
  missed(why: string): void {
    this.#missing.push(why);
  }

  /** @param whole whether everything was compared; otherwise a known difference may well not have shown */
  tally(whole: boolean): Tally {
    return {
      agreed: this.#agreed,
      known: this.#seen,
      gone: whole && this.#missing.length === 0 ? this.#known.filter((one) => !this.#seen.has(one)) : [],
      unexplained: this.#unexplained,
      missing: this.#missing,
    };
  }
}
