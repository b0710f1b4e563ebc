/** The rows of an INSERT, split into values. */
import type { Codec } from '../codec.ts';
import { isBlank } from './lexical.ts';
import { type StringForms, stringCodec } from './literals.ts';

/**
 * What a value is: without quotes, such as a number or NULL; a string in single or in double quotes; hexadecimal digits after
 * `0x`, or in `X'…'`; or something else, such as a function. A string may have its character set before it (`_utf8mb4'…'`).
 */
export const kinds = { bare: 0, string: 1, double: 2, hex: 3, expression: 4 } as const;
/** Added to the kind: whether the text differs from how it is written, and whether `_binary` stands before it. */
export const escapedFlag = 8;
export const binaryFlag = 16;
const kindMask = 7;

/** Values of a batch at first. */
const firstSize = 4096;

const binaryWord = Buffer.from('_binary ');
const hexDigits = new Uint8Array(256);
for (const digit of '0123456789abcdefABCDEF') hexDigits[digit.charCodeAt(0)] = 1;

/** Bits that the shortest address takes: `a@b.cd`. */
const fewestBits = 48;

const doubleQuote = 0x22;
const quote = 0x27;
const openParenthesis = 0x28;
const closeParenthesis = 0x29;
const comma = 0x2c;
const backslash = 0x5c;
const underscore = 0x5f;
const backquote = 0x60;

/** Whole rows, one after another, all with the same number of values. The arrays are reused by the next batch. */
export class RowBatch {
  bytes: Buffer = Buffer.alloc(0);
  /** What the batch covers: the bytes between the rows belong to it. */
  from = 0;
  to = 0;
  /** Rows, and values in each of them. */
  rows = 0;
  width = 0;
  /** Values in all rows. */
  count = 0;
  /** How strings are written. */
  backslashes = true;
  ansiQuotes = false;
  /** Where each row's parentheses are. */
  rowStarts = new Int32Array(firstSize);
  rowEnds = new Int32Array(firstSize);
  /** Where each value is, and where its text is. */
  starts = new Int32Array(firstSize);
  ends = new Int32Array(firstSize);
  textStarts = new Int32Array(firstSize);
  textEnds = new Int32Array(firstSize);
  flags = new Uint8Array(firstSize);
  /** The values that are written in hexadecimal digits, or as expressions: no search for at signs finds what is in them. */
  readonly hidden: number[] = [];

  kind(index: number): number {
    return (this.flags[index] as number) & kindMask;
  }

  codec(index: number): Codec {
    const kind = this.kind(index);
    return kind === kinds.string || kind === kinds.double
      ? stringCodec(kind === kinds.double, this.backslashes)
      : 'raw';
  }

  isEscaped(index: number): boolean {
    return ((this.flags[index] as number) & escapedFlag) !== 0;
  }

  isBinary(index: number): boolean {
    return ((this.flags[index] as number) & binaryFlag) !== 0;
  }

  isNull(index: number): boolean {
    if (this.kind(index) !== kinds.bare) return false;
    return /^(null|default)$/i.test(this.bytes.toString('latin1', this.textStarts[index], this.textEnds[index]));
  }

  /** The value that holds the position; -1 when none does. */
  valueAt(position: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] as number) <= position) low = middle + 1;
      else high = middle;
    }
    return low > 0 && position < (this.ends[low - 1] as number) ? low - 1 : -1;
  }

  clear(bytes: Buffer, from: number): void {
    this.bytes = bytes;
    this.from = from;
    this.to = from;
    this.rows = 0;
    this.count = 0;
    this.hidden.length = 0;
  }

  addValue(start: number, end: number, textStart: number, textEnd: number, flags: number): void {
    const index = this.count;
    if (index === this.starts.length) this.#growValues();
    this.starts[index] = start;
    this.ends[index] = end;
    this.textStarts[index] = textStart;
    this.textEnds[index] = textEnd;
    this.flags[index] = flags;
    this.count = index + 1;
  }

  addRow(start: number, end: number): void {
    if (this.rows === this.rowStarts.length) {
      this.rowStarts = grown(this.rowStarts);
      this.rowEnds = grown(this.rowEnds);
    }
    this.rowStarts[this.rows] = start;
    this.rowEnds[this.rows] = end;
    this.rows += 1;
    this.to = end;
  }

  /** Takes back the values of a row that is not complete. */
  cut(count: number): void {
    this.count = count;
    while (this.hidden.length > 0 && (this.hidden.at(-1) as number) >= count) this.hidden.pop();
  }

  #growValues(): void {
    this.starts = grown(this.starts);
    this.ends = grown(this.ends);
    this.textStarts = grown(this.textStarts);
    this.textEnds = grown(this.textEnds);
    const flags = new Uint8Array(2 * this.flags.length);
    flags.set(this.flags);
    this.flags = flags;
  }
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

const missing = -1;

export class RowSplitter {
  readonly batch = new RowBatch();
  /** `more`: bytes are missing; `end`: no row follows; `wrong`: what follows the comma is no row; `width`: a row has other values. */
  outcome: 'more' | 'end' | 'wrong' | 'width' = 'more';
  /** Where it went wrong. */
  at = 0;
  /** Whether the last string was escaped. */
  #escaped = false;
  #bytes: Buffer = Buffer.alloc(0);
  #to = 0;

  /**
   * Splits all complete rows from `from` on.
   * @param first whether no row of the statement has been read before
   */
  split(bytes: Buffer, from: number, to: number, first: boolean, { backslashes, ansiQuotes }: StringForms): void {
    this.#bytes = bytes;
    this.#to = to;
    const batch = this.batch;
    batch.clear(bytes, from);
    batch.backslashes = backslashes;
    batch.ansiQuotes = ansiQuotes;
    if (first) batch.width = 0;
    this.outcome = 'more';
    while (this.outcome === 'more' && this.#row(first && batch.rows === 0));
  }

  /** Reads the next row. @returns whether it is complete */
  #row(first: boolean): boolean {
    const { batch } = this;
    let at = this.#blanks(batch.to);
    if (at >= this.#to) return false;
    if (!first) {
      if (this.#bytes[at] !== comma) return this.#stop('end', at);
      at = this.#blanks(at + 1);
      if (at >= this.#to) return false;
    }
    if (this.#bytes[at] !== openParenthesis) return this.#stop('wrong', at);
    const before = batch.count;
    const end = this.#values(at + 1);
    if (end === missing) {
      batch.cut(before);
      return false;
    }
    const width = batch.count - before;
    if (batch.width === 0) batch.width = width;
    else if (width !== batch.width) {
      batch.cut(before);
      return this.#stop('width', at);
    }
    batch.addRow(at, end);
    return true;
  }

  #stop(outcome: 'end' | 'wrong' | 'width', at: number): false {
    this.outcome = outcome;
    this.at = at;
    return false;
  }

  #blanks(from: number): number {
    let at = from;
    while (at < this.#to && isBlank(this.#bytes[at])) at += 1;
    return at;
  }

  /** Reads values up to the closing parenthesis. @returns the position after it; `missing` when bytes are missing */
  #values(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    for (;;) {
      at = this.#value(this.#blanks(at));
      if (at === missing) return missing;
      if (bytes[at] === closeParenthesis) return at + 1;
      at += 1;
    }
  }

  /** @returns the position of the comma or parenthesis after the value */
  #value(start: number): number {
    const bytes = this.#bytes;
    const byte = bytes[start];
    if (byte !== quote && byte !== doubleQuote) return this.#bare(start);
    const end = this.#string(start);
    if (end === missing) return missing;
    const after = this.#blanks(end);
    if (after >= this.#to) return missing;
    if (bytes[after] !== comma && bytes[after] !== closeParenthesis) return this.#expression(start);
    const kind = byte === quote ? kinds.string : kinds.double;
    this.batch.addValue(start, end, start + 1, end - 1, this.#escaped ? kind | escapedFlag : kind);
    return after;
  }

  /** Position after the string whose quote is at `start`. */
  #string(start: number): number {
    const bytes = this.#bytes;
    const to = this.#to;
    const end = bytes[start] as number;
    // What a backslash means is decided once for the whole loop.
    const other = this.batch.backslashes ? backslash : end;
    this.#escaped = false;
    let at = start + 1;
    while (at < to) {
      const byte = bytes[at];
      if (byte !== end && byte !== other) {
        at += 1;
        continue;
      }
      if (at + 1 >= to) return missing;
      if (byte === end && bytes[at + 1] !== end) return at + 1;
      this.#escaped = true;
      at += 2;
    }
    return missing;
  }

  /** A value that does not begin with a quote. */
  #bare(start: number): number {
    const bytes = this.#bytes;
    const to = this.#to;
    let at = start;
    // Most long values without quotes are such digits.
    if (bytes[start] === 0x30 && ((bytes[start + 1] as number) | 0x20) === 0x78 && start + 1 < to)
      for (at = start + 2; at < to && hexDigits[bytes[at] as number] === 1; ) at += 1;
    for (; at < to; at += 1) {
      const byte = bytes[at] as number;
      if (byte === comma || byte === closeParenthesis) {
        this.#addBare(start, at);
        return at;
      }
      if (byte === quote || byte === doubleQuote) return this.#prefixed(start, at);
      if (byte === openParenthesis || byte === backquote) return this.#expression(start);
    }
    return missing;
  }

  #addBare(start: number, at: number): void {
    const bytes = this.#bytes;
    let end = at;
    while (end > start && isBlank(bytes[end - 1])) end -= 1;
    let text = start;
    if (bytes[start] === underscore) {
      // `_binary 0xff`
      while (text < end && !isBlank(bytes[text])) text += 1;
      text = Math.min(this.#blanks(text), end);
    }
    if (bytes[text] === 0x30 && ((bytes[text + 1] as number) | 0x20) === 0x78 && text + 1 < end) {
      this.batch.hidden.push(this.batch.count);
      this.batch.addValue(start, end, text + 2, end, kinds.hex | this.#binary(start, text));
    } else this.batch.addValue(start, end, start, end, kinds.bare);
  }

  /** `_utf8mb4'…'`, `N'…'`, `X'…'` and `b'…'`. */
  #prefixed(start: number, at: number): number {
    const end = this.#string(at);
    if (end === missing) return missing;
    const escaped = this.#escaped;
    const after = this.#blanks(end);
    if (after >= this.#to) return missing;
    const bytes = this.#bytes;
    if (bytes[after] !== comma && bytes[after] !== closeParenthesis) return this.#expression(start);
    if (this.#isBinaryWord(start, at)) {
      const kind = bytes[at] === quote ? kinds.string : kinds.double;
      this.batch.addValue(start, end, at + 1, end - 1, kind | (escaped ? escapedFlag : 0) | binaryFlag);
      return after;
    }
    let prefixEnd = at;
    while (prefixEnd > start && isBlank(bytes[prefixEnd - 1])) prefixEnd -= 1;
    const prefix = bytes.toString('latin1', start, prefixEnd).toLowerCase();
    const [, hex] = /^(?:_\w+\s*)?(x)$/.exec(prefix) ?? [];
    if (hex !== undefined) {
      this.batch.hidden.push(this.batch.count);
      this.batch.addValue(start, end, at + 1, end - 1, kinds.hex | this.#binary(start, at));
    } else if (prefix === 'b' && end - at - 2 >= fewestBits) return this.#expression(start);
    else if (prefix === 'b') this.batch.addValue(start, end, start, end, kinds.bare);
    else if (prefix === 'n' || /^_\w+$/.test(prefix)) {
      const kind = bytes[at] === quote ? kinds.string : kinds.double;
      this.batch.addValue(start, end, at + 1, end - 1, kind | (escaped ? escapedFlag : 0) | this.#binary(start, at));
    } else return this.#expression(start);
    return after;
  }

  /** Whether exactly this is before the quote, as mysqldump writes it: true for nearly all prefixes, and quickly decided. */
  #isBinaryWord(start: number, to: number): boolean {
    if (to - start !== binaryWord.length) return false;
    for (let at = start; at < to; at += 1) if (this.#bytes[at] !== binaryWord[at - start]) return false;
    return true;
  }

  #binary(start: number, to: number): number {
    return this.#bytes.toString('latin1', start, Math.min(to, start + 7)).toLowerCase() === '_binary' ? binaryFlag : 0;
  }

  /** Anything else: up to a comma or parenthesis outside of parentheses. */
  #expression(start: number): number {
    const bytes = this.#bytes;
    let depth = 0;
    let at = start;
    while (at < this.#to) {
      const byte = bytes[at] as number;
      if (byte === quote || byte === doubleQuote || byte === backquote) {
        at = byte === backquote ? this.#name(at) : this.#string(at);
        if (at === missing) return missing;
        continue;
      }
      if (depth === 0 && (byte === comma || byte === closeParenthesis)) {
        this.batch.hidden.push(this.batch.count);
        this.batch.addValue(start, at, start, at, kinds.expression);
        return at;
      }
      if (byte === openParenthesis) depth += 1;
      else if (byte === closeParenthesis) depth -= 1;
      at += 1;
    }
    return missing;
  }

  #name(start: number): number {
    const end = this.#bytes.indexOf(backquote, start + 1);
    return end < 0 || end >= this.#to ? missing : end + 1;
  }
}
