/** Times by what they mean, in words that are the same on both sides: how far they are from the clock of their side. */

const second = 1000;
const hour = 3600 * second;
/** S3 cuts off milliseconds, and a call takes a while. */
const tolerance = 30 * second;

export type Now = () => Date;
export const computer: Now = () => new Date();

export class Moments {
  readonly #now: Now;
  readonly #start: number;

  /** @param now the clock of the side, from whose time on it has what it has */
  constructor(now: Now = computer) {
    this.#now = now;
    this.#start = Math.min(now().getTime(), Date.now());
  }

  /**
   * @param now by which a time that is yet to come is meant; default: the clock of the side
   * @returns `a time since the start`, `now + 900 s`, or `another time`
   */
  of(time: Date, now: Now = this.#now): string {
    const at = time.getTime();
    const latest = Math.max(now().getTime(), this.#now().getTime(), Date.now());
    if (at >= this.#start - tolerance && at <= latest + tolerance) return 'a time since the start';
    const ahead = at - now().getTime();
    if (!(ahead > 0)) return 'another time';
    // What is days away may have been set some calls ago.
    const unit = ahead > 24 * hour ? hour : 2 * tolerance;
    return `now + ${(Math.round(ahead / unit) * unit) / second} s`;
  }
}
