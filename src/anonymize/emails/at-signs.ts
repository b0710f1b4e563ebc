/** The forms in which an at sign stands in text. */
import { hexValue } from '../bytes/hex.ts';
import { type BytePattern, ByteScanner } from '../kernels/byte-scanner.ts';

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

/** The sign itself, and the first two bytes of its other forms; bytes in hexadecimal may hide any. */
const signs: readonly BytePattern[] = [
  0x40,
  [0x25, 0x32, 0x34],
  [0x26, 0x23, 0x63],
  [0x3d, 0x34],
  [0x5c, 0x75, 0x78],
  [0xef, 0xbc, 0xb9],
];

/**
 * Finds, in the raw bytes of a dump, places that may hold an at sign. Finds too much rather than too little: hexadecimal
 * bytea and whatever a backslash stands before are only pointed at.
 */
export class Candidates {
  readonly #scanner = new ByteScanner(signs);
  #bytes: Buffer = Buffer.alloc(0);
  #to = 0;
  #nearest = 0;

  /** Starts over in this stretch. */
  begin(bytes: Buffer, from: number, to: number): void {
    this.#bytes = bytes;
    this.#to = to;
    this.#scanner.begin(bytes, from, to);
    this.#nearest = from - 1;
    this.next(from);
  }

  /** The first candidate at or after `from`, or the stretch's end. `from` never goes back. */
  next(from: number): number {
    while (this.#nearest < from && this.#nearest < this.#to) {
      this.#nearest = this.#scanner.next();
      if (this.#isOther()) this.#nearest = from - 1;
    }
    return this.#nearest;
  }

  /** Whether it is another character that JSON has escaped: frequent where texts are not English. */
  #isOther(): boolean {
    const [bytes, at, to] = [this.#bytes, this.#nearest, this.#to];
    return at + 1 < to && bytes[at] === 0x5c && bytes[at + 1] === 0x75 && atSignLength(bytes, at, to) === 0;
  }
}

/** Whether these bytes are hexadecimal digits only, in pairs. */
export function isHex(bytes: Uint8Array, from: number, to: number): boolean {
  if ((to - from) % 2 !== 0) return false;
  for (let at = from; at < to; at += 1) if (hexValue(bytes[at]) < 0) return false;
  return true;
}
