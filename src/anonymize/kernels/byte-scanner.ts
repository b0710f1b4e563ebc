/**
 * Finds single bytes and pairs of bytes: those that rows of COPY are made of, or what at signs are written with. Sixteen
 * bytes are looked at together, by WebAssembly: one by one, as JavaScript has to, it would take as long as all that is done
 * with the fields.
 */
import {
  anded,
  type Code,
  constant,
  constantVector,
  define,
  get,
  loadVector,
  set,
  unsigned,
  vector,
} from './webassembly.ts';

/** A byte; or one before any of the bytes that follow it here. */
export type BytePattern = number | readonly [first: number, ...second: number[]];

/** Bytes gone through at once; as many positions may be found in them. */
const size = 32 * 1024;
/** Bytes behind them that the last step may read. */
const overhang = 32;
/** Where their positions begin in the memory, behind the bytes. */
const found = size + overhang;

const [length, at, out, mask] = [0, 1, 2, 3];
/** Vectors: bytes, those that follow each of them, the lower half of every byte, and the tables. */
const [these, following, lower] = [4, 5, 6];
const [firstTables, secondTables] = [
  [7, 8],
  [9, 10],
] as const;

const loop = (code: Code): Code => [0x03, 0x40, ...code, 0x0b];
const block = (code: Code): Code => [0x02, 0x40, ...code, 0x0b];
/** Jumps out of a block, or to the begin of a loop, so many levels further out. */
const jump = (levels: number): Code => [0x0c, levels];
const jumpIf = (levels: number): Code => [0x0d, levels];
const add = (local: number, value: number): Code => [...get(local), ...constant(value), 0x6a, ...set(local)];
const isZero = 0x45;

/** Sixteen bytes for the upper or lower half of a byte: a bit for each mark that has this half, at first or second place. */
function halves(wanted: readonly BytePattern[], place: 'first' | 'second', shift: 0 | 4): Code {
  const table: number[] = Array(16).fill(0);
  wanted.forEach((mark, index) => {
    const [first, ...second] = typeof mark === 'number' ? [mark] : mark;
    const bytes = place === 'first' ? [first] : second.length > 0 ? second : everything;
    for (const byte of bytes) table[(byte >> shift) & 15] = (table[(byte >> shift) & 15] as number) | (1 << index);
  });
  return table;
}

const everything = Array.from({ length: 256 }, (_, byte) => byte);

/**
 * For each of sixteen bytes the bits of the marks that it may be: both halves of it are looked up, and a mark is what both
 * have. This is exact as long as the second bytes of a mark differ in one half only.
 */
const marksOf = (bytes: number, tables: readonly [low: number, high: number]): Code =>
  anded(
    [...get(tables[0]), ...anded(get(bytes), get(lower)), ...vector(14)],
    [...get(tables[1]), ...anded([...get(bytes), ...constant(4), ...vector(141)], get(lower)), ...vector(14)],
  );

const code = (wanted: readonly BytePattern[]): Code => [
  ...[...constantVector(Array(16).fill(15)), ...set(lower)],
  ...[...constantVector(halves(wanted, 'first', 0)), ...set(firstTables[0])],
  ...[...constantVector(halves(wanted, 'first', 4)), ...set(firstTables[1])],
  ...[...constantVector(halves(wanted, 'second', 0)), ...set(secondTables[0])],
  ...[...constantVector(halves(wanted, 'second', 4)), ...set(secondTables[1])],
  ...block(
    loop([
      // Until all has been gone through.
      ...[...get(at), ...get(length), 0x4f, ...jumpIf(1)],
      ...[...loadVector(get(at), 0), ...set(these)],
      ...(wanted.some((mark) => typeof mark !== 'number')
        ? [
            ...loadVector(get(at), 1),
            ...set(following),
            ...anded(marksOf(these, firstTables), marksOf(following, secondTables)),
          ]
        : marksOf(these, firstTables)),
      // A bit for each byte that is a mark.
      ...[...constantVector(Array(16).fill(0)), ...vector(36), ...vector(100), ...set(mask)],
      ...block(
        loop([
          ...[...get(mask), isZero, ...jumpIf(1)],
          // The position of the lowest bit; then without it.
          ...[...get(out), ...get(at), ...get(mask), 0x68, 0x6a, 0x36, 2, ...unsigned(found)],
          ...add(out, 4),
          ...[...get(mask), ...get(mask), ...constant(1), 0x6b, 0x71, ...set(mask)],
          ...jump(0),
        ]),
      ),
      ...add(at, 16),
      ...jump(0),
    ]),
  ),
  ...[...get(out), ...constant(2), 0x76],
];

const pages = Math.ceil((found + 4 * found) / 0x10000);
const newline = 0x0a;
const backslash = 0x5c;
/** What rows of COPY are made of: tabs, line ends and backslashes. */
export const rowBytes: readonly BytePattern[] = [0x09, newline, backslash];

/** Goes from one mark to the next. */
export class ByteScanner {
  readonly #call: (length: number) => number;
  readonly #window: Buffer;
  readonly #positions: Int32Array;
  #bytes: Buffer = Buffer.alloc(0);
  #to = 0;
  /** Begin and end of the bytes that were gone through last. */
  #begin = 0;
  #end = 0;
  #count = 0;
  #index = 0;

  constructor(wanted: readonly BytePattern[]) {
    const { call, memory } = define({ parameters: 1, numbers: 3, vectors: 7, code: code(wanted), pages });
    this.#call = call;
    this.#window = Buffer.from(memory, 0, size + overhang);
    this.#positions = new Int32Array(memory, found, size + overhang);
  }

  begin(bytes: Buffer, from: number, to: number): void {
    this.#bytes = bytes;
    this.#to = to;
    this.#end = from;
    this.#count = 0;
    this.#index = 0;
  }

  /** Where the next one stands; what was given to `begin` when there is none. */
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
   * Takes one row of COPY apart, where marks are those of rows: `next` for all of it.
   * @param starts gets where each field begins, and where the next row does: each field ends one byte before the next
   * @param escaped gets for each field whether it holds a backslash
   * @returns how many fields there are
   */
  fields(row: number, starts: number[], escaped: boolean[]): number {
    const [bytes, positions] = [this.#bytes, this.#positions];
    let field = 0;
    starts[0] = row;
    escaped[0] = false;
    for (;;) {
      const [begin, count] = [this.#begin, this.#count];
      for (let index = this.#index; index < count; index += 1) {
        const mark = begin + (positions[index] as number);
        const byte = bytes[mark];
        if (byte === backslash) {
          escaped[field] = true;
          continue;
        }
        field += 1;
        starts[field] = mark + 1;
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

  #fill(): void {
    this.#begin = this.#end;
    this.#end = Math.min(this.#to, this.#begin + size);
    const length = this.#end - this.#begin;
    // With the byte behind them, of which a pair may be made.
    const copied = Math.min(length + 1, this.#to - this.#begin);
    this.#bytes.copy(this.#window, 0, this.#begin, this.#begin + copied);
    // What older bytes have left behind the end must not be found.
    this.#window.fill(0, copied, length + overhang);
    this.#count = this.#call(length);
    // Nor the first byte of what comes next.
    while (this.#count > 0 && (this.#positions[this.#count - 1] as number) >= length) this.#count -= 1;
    this.#index = 0;
  }
}
