/**
 * Finds bytes and pairs of bytes of a given set, over byte-scanner.wat: those that separate the fields of COPY, or those that
 * at signs are written with. WebAssembly compares sixteen bytes at once; one by one, as in JavaScript, this would take as long
 * as all other work on the fields.
 */
import { type Constant, kernel, type Memory } from './kernel.ts';

/**
 * A byte; or a pair: a byte, or one of several, before one of several others, which are not zero (zeros follow the last byte). The
 * halves of bytes are looked up apart, so that every combination of the halves of several is found.
 */
export type BytePattern = number | readonly [first: number | readonly number[], ...second: number[]];

interface Exports {
  readonly memory: Memory;
  readonly windowSize: Constant;
  readonly overhang: Constant;
  readonly tables: Constant;
  readonly positions: Constant;
  find(length: number, pairs: 0 | 1): number;
}

const instantiate = kernel<Exports>('byte-scanner');

const newline = 0x0a;
const backslash = 0x5c;
/** What separates the fields and rows of COPY, or escapes: tabs, line ends, backslashes. */
export const rowBytes: readonly BytePattern[] = [0x09, newline, backslash];

const everyByte = Array.from({ length: 256 }, (_, byte) => byte);

/** The four tables of byte-scanner.wat: one bit for each pattern. */
function tablesOf(patterns: readonly BytePattern[]): Uint8Array {
  if (patterns.length > 8) throw new RangeError(`a byte scanner takes 8 patterns, not ${patterns.length}`);
  const tables = new Uint8Array(64);
  patterns.forEach((pattern, index) => {
    const [first, ...second] = typeof pattern === 'number' ? [pattern] : pattern;
    const enter = (byte: number, table: number): void => {
      for (const slot of [table + (byte & 15), table + 16 + (byte >> 4)])
        tables[slot] = (tables[slot] as number) | (1 << index);
    };
    for (const byte of typeof first === 'number' ? [first] : first) enter(byte, 0);
    for (const byte of second.length > 0 ? second : everyByte) enter(byte, 32);
  });
  return tables;
}

/** Goes from one occurrence to the next. */
export class ByteScanner {
  readonly #find: Exports['find'];
  readonly #pairs: 0 | 1;
  readonly #windowSize: number;
  readonly #overhang: number;
  readonly #window: Buffer;
  /** Of the occurrences in the window. */
  readonly #positions: Int32Array;
  #bytes: Buffer = Buffer.alloc(0);
  #to = 0;
  /** What of the bytes is in the window. */
  #begin = 0;
  #end = 0;
  /** How many occurrences are in the window, and the next of them. */
  #count = 0;
  #index = 0;

  /** @param patterns up to eight */
  constructor(patterns: readonly BytePattern[]) {
    const { find, memory, windowSize, overhang, tables, positions } = instantiate();
    new Uint8Array(memory.buffer, tables.value, 64).set(tablesOf(patterns));
    this.#find = find;
    this.#pairs = patterns.some((pattern) => typeof pattern !== 'number') ? 1 : 0;
    this.#windowSize = windowSize.value;
    this.#overhang = overhang.value;
    this.#window = Buffer.from(memory.buffer, 0, windowSize.value + overhang.value);
    this.#positions = new Int32Array(memory.buffer, positions.value, windowSize.value + overhang.value);
  }

  /** Starts over with these bytes. */
  begin(bytes: Buffer, from: number, to: number): void {
    this.#bytes = bytes;
    this.#to = to;
    this.#end = from;
    this.#count = 0;
    this.#index = 0;
  }

  /** The position of the next occurrence; the end of the bytes when there is none. */
  next(): number {
    while (this.#index === this.#count) {
      if (this.#end === this.#to) return this.#to;
      this.#fill();
    }
    const position = this.#begin + (this.#positions[this.#index] as number);
    this.#index += 1;
    return position;
  }

  /**
   * Splits one row of COPY into its fields, for a scanner of `rowBytes`: `next` for the whole row.
   * @param starts gets where each field begins, and where the next row does: each field ends one byte before the next
   * @param escaped gets for each field whether it holds a backslash
   * @returns the number of fields
   */
  fields(row: number, starts: number[], escaped: boolean[]): number {
    const [bytes, positions] = [this.#bytes, this.#positions];
    let field = 0;
    starts[0] = row;
    escaped[0] = false;
    for (;;) {
      const [begin, count] = [this.#begin, this.#count];
      for (let index = this.#index; index < count; index += 1) {
        const position = begin + (positions[index] as number);
        const byte = bytes[position];
        if (byte === backslash) {
          escaped[field] = true;
          continue;
        }
        field += 1;
        starts[field] = position + 1;
        if (byte === newline) {
          this.#index = index + 1;
          return field;
        }
        escaped[field] = false;
      }
      this.#index = count;
      if (this.#end === this.#to) return field;
      this.#fill();
    }
  }

  /** Searches the next window. */
  #fill(): void {
    this.#begin = this.#end;
    this.#end = Math.min(this.#to, this.#begin + this.#windowSize);
    const length = this.#end - this.#begin;
    // With the byte after them, which may complete a pair.
    const copied = Math.min(length + 1, this.#to - this.#begin);
    this.#bytes.copy(this.#window, 0, this.#begin, this.#begin + copied);
    // Bytes of an earlier window must not be found after the end.
    this.#window.fill(0, copied, length + this.#overhang);
    this.#count = this.#find(length, this.#pairs);
    // Where zero is in the set, neither must the zeros there.
    while (this.#count > 0 && (this.#positions[this.#count - 1] as number) >= length) this.#count -= 1;
    this.#index = 0;
  }
}
