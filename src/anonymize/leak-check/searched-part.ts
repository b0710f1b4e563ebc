/** Where a finding only warns, the start of each table and a sample of its rows are searched for numbers. */

/** Bytes at the start of a table that are searched whatever its size. */
const wholeBegin = 4 * 1024 * 1024;
/** After that, one stretch of rows in so many is searched. */
const sampleInterval = 8;

export class SearchedPart {
  readonly #numbers: boolean;
  readonly #thorough: boolean;
  /** Bytes and stretches of rows so far. */
  #bytes = 0;
  #stretches = 0;

  /** @param thorough whether all rows are searched */
  constructor({ numbers, thorough }: { readonly numbers: boolean; readonly thorough: boolean }) {
    this.#numbers = numbers;
    this.#thorough = thorough;
  }

  /** Whether the stretch that was asked for last is at the start of the table. */
  get isBegin(): boolean {
    return this.#bytes <= wholeBegin;
  }

  /** Whether the next stretch of rows, of so many bytes, is searched. */
  isDue(length: number): boolean {
    this.#bytes += length;
    this.#stretches += 1;
    return this.#numbers && (this.#thorough || this.#bytes <= wholeBegin || this.#stretches % sampleInterval === 0);
  }
}
