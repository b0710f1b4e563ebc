/**
 * Finds single bytes: those that rows of COPY are made of, or at signs. Sixteen bytes are looked at together, by WebAssembly:
 * one by one, as JavaScript has to, it would take as long as all that is done with the fields.
 */
import { type Code, constant, define, get, loadVector, ored, set, unsigned, vector } from './webassembly.ts';

/** Bytes gone through at once; as many positions may be found in them. */
const size = 32 * 1024;
/** Where their positions begin in the memory, behind the bytes. */
const found = size + 16;

const [length, at, out, mask] = [0, 1, 2, 3];

const loop = (code: Code): Code => [0x03, 0x40, ...code, 0x0b];
const block = (code: Code): Code => [0x02, 0x40, ...code, 0x0b];
/** Jumps out of a block, or to the begin of a loop, so many levels further out. */
const jump = (levels: number): Code => [0x0c, levels];
const jumpIf = (levels: number): Code => [0x0d, levels];
const add = (local: number, value: number): Code => [...get(local), ...constant(value), 0x6a, ...set(local)];
const isZero = 0x45;

/** A bit for each of sixteen bytes: whether it is this one. */
const equal = (byte: number): Code => [
  ...loadVector(get(at), 0),
  ...constant(byte & 0x3f),
  // A constant from 64 on would be read as a negative number.
  ...(byte < 0x40 ? [] : [...constant(0x20), ...constant(1), 0x74, 0x6a]),
  ...vector(15),
  ...vector(35),
];

const code = (wanted: readonly number[]): Code => [
  ...block(
    loop([
      // Until all has been gone through.
      ...[...get(at), ...get(length), 0x4f, ...jumpIf(1)],
      ...[...wanted.map(equal).reduce(ored), ...vector(100), ...set(mask)],
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

const pages = Math.ceil((found + 4 * (size + 16)) / 0x10000);
/** What rows of COPY are made of: tabs, line ends and backslashes. */
export const ofRows: readonly number[] = [0x09, 0x0a, 0x5c];

/** Goes from one mark to the next. */
export class Marks {
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

  /** @param wanted the bytes that are marks */
  constructor(wanted: readonly number[]) {
    const { call, memory } = define({ parameters: 1, numbers: 3, vectors: 0, code: code(wanted), pages });
    this.#call = call;
    this.#window = Buffer.from(memory, 0, size + 16);
    this.#positions = new Int32Array(memory, found, size + 16);
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

  #fill(): void {
    this.#begin = this.#end;
    this.#end = Math.min(this.#to, this.#begin + size);
    this.#bytes.copy(this.#window, 0, this.#begin, this.#end);
    // What older bytes have left behind the end must not be found.
    this.#window.fill(0, this.#end - this.#begin, this.#end - this.#begin + 16);
    this.#count = this.#call(this.#end - this.#begin);
    this.#index = 0;
  }
}
