/** The forms in which an at sign stands in text. */
import { Marks } from '../marks.ts';
import { hexValue } from './characters.ts';

/** Bytes at which a form may begin: `@ % \ & =` and the first byte of the fullwidth signs. */
const begins = new Uint8Array(256);
for (const byte of [0x40, 0x25, 0x5c, 0x26, 0x3d, 0xef]) begins[byte] = 1;

const words = ['&#64;', '&#x40;', '&#X40;', '&commat;', '&#064;'];

/** Length of the form that begins here, or 0. */
export function atSignLength(bytes: Uint8Array, at: number, to: number): number {
  switch (bytes[at]) {
    case 0x40:
      return 1;
    case 0x25: {
      // %40, or %2540 of a URL inside a URL.
      let index = at + 1;
      while (bytes[index] === 0x32 && bytes[index + 1] === 0x35) index += 2;
      return index + 2 <= to && bytes[index] === 0x34 && bytes[index + 1] === 0x30 ? index + 2 - at : 0;
    }
    case 0x5c: {
      const kind = bytes[at + 1];
      if (kind === 0x78) return at + 4 <= to && bytes[at + 2] === 0x34 && bytes[at + 3] === 0x30 ? 4 : 0;
      const four = kind === 0x75 && at + 6 <= to && bytes[at + 2] === 0x30 && bytes[at + 3] === 0x30;
      return four && bytes[at + 4] === 0x34 && bytes[at + 5] === 0x30 ? 6 : 0;
    }
    case 0x26: {
      const word = words.find((one) => startsWith(bytes, at, to, one));
      return word === undefined ? 0 : word.length;
    }
    case 0x3d:
      // Quoted-printable, but only in the encoded words of mail headers: elsewhere `=40` is a value.
      return bytes[at + 1] === 0x34 && bytes[at + 2] === 0x30 && at + 3 <= to && inEncodedWord(bytes, at) ? 3 : 0;
    case 0xef: {
      const fullWidth = bytes[at + 1] === 0xbc && bytes[at + 2] === 0xa0;
      const small = bytes[at + 1] === 0xb9 && bytes[at + 2] === 0xab;
      return at + 3 <= to && (fullWidth || small) ? 3 : 0;
    }
    default:
      return 0;
  }
}

/** Position of the next at sign in any form, or -1. */
export function nextAtSign(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at += 1)
    if (begins[bytes[at] as number] === 1 && atSignLength(bytes, at, to) > 0) return at;
  return -1;
}

/** Whether `=?charset?Q?` stands before, with nothing in between that ends an encoded word (RFC 2047). */
function inEncodedWord(bytes: Uint8Array, at: number): boolean {
  for (let index = at - 1; index > 0 && at - index < 100; index -= 1) {
    const byte = bytes[index] as number;
    if (byte <= 0x20) return false;
    if (byte === 0x3f) return bytes[index - 2] === 0x3f && ((bytes[index - 1] as number) | 0x20) === 0x71;
  }
  return false;
}

function startsWith(bytes: Uint8Array, at: number, to: number, word: string): boolean {
  if (at + word.length > to) return false;
  for (let index = 0; index < word.length; index += 1) if (bytes[at + index] !== word.charCodeAt(index)) return false;
  return true;
}

/** Whether an at sign may stand here; a backslash may hide one, or bytes in hexadecimal. */
export function mayBeAtSign(bytes: Uint8Array, at: number, to: number): boolean {
  return bytes[at] === 0x5c || atSignLength(bytes, at, to) > 0;
}

/**
 * Finds, in the raw bytes of a dump, places that may hold an at sign. For all of its disguises a stretch without one costs a
 * few searches of the C library, which see gigabytes in a second; the sign itself is too frequent for a call each. Finds too much rather than too little: hexadecimal bytea
 * and whatever a backslash stands before are only pointed at.
 */
export class Candidates {
  /** A byte alone is looked for faster than a word. */
  readonly #patterns: readonly (number | Buffer)[] = [
    0x25,
    0x26,
    0xef,
    Buffer.from('\\u0040'),
    Buffer.from('\\x'),
    Buffer.from('=40'),
  ];
  readonly #next: number[] = this.#patterns.map(() => -1);
  readonly #signs = new Marks([0x40]);
  /** The nearest at sign itself. */
  #sign = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #to = 0;
  /** The nearest of all patterns. */
  #other = 0;

  /** Starts over in this stretch. */
  begin(bytes: Buffer, from: number, to: number): void {
    this.#bytes = to === bytes.length ? bytes : bytes.subarray(0, to);
    this.#to = to;
    this.#patterns.forEach((_pattern, index) => {
      this.#seek(index, from);
    });
    this.#other = Math.min(...this.#next);
    this.#signs.begin(bytes, from, to);
    this.#sign = this.#signs.next();
  }

  /** The first candidate at or after `from`, or the stretch's end. `from` never goes back. */
  next(from: number): number {
    while (this.#sign < from) this.#sign = this.#sign === this.#to ? from : this.#signs.next();
    if (this.#other < from) {
      for (let index = 0; index < this.#patterns.length; index += 1)
        if ((this.#next[index] as number) < from) this.#seek(index, from);
      this.#other = Math.min(...this.#next);
    }
    return Math.min(this.#sign, this.#other, this.#to);
  }

  #seek(index: number, from: number): void {
    const found = from >= this.#to ? -1 : this.#bytes.indexOf(this.#patterns[index] as number | Buffer, from);
    this.#next[index] = found < 0 ? this.#to : found;
  }
}

/** Whether these bytes are hexadecimal digits only, in pairs. */
export function isHex(bytes: Uint8Array, from: number, to: number): boolean {
  if ((to - from) % 2 !== 0) return false;
  for (let at = from; at < to; at += 1) if (hexValue(bytes[at]) < 0) return false;
  return true;
}
