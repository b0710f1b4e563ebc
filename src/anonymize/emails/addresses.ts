/** The addresses of a text, in ascending order: positions, in arrays that are reused. */
export class Addresses {
  count = 0;
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** Where the at sign begins, and its length: what is written instead keeps its form. */
  readonly ats: number[] = [];
  readonly atLengths: number[] = [];
  /** The address without escapes and with a plain at sign; undefined where it is written so. */
  readonly plains: (Buffer | undefined)[] = [];

  clear(): void {
    this.count = 0;
  }

  add(start: number, end: number, at: number, atLength: number, plain?: Buffer): void {
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.ats[this.count] = at;
    this.atLengths[this.count] = atLength;
    this.plains[this.count] = plain;
    this.count += 1;
  }
}
