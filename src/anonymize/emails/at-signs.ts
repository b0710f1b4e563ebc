/** The forms in which at signs are written in text. */
import { type BytePattern, ByteScanner } from '../kernels/byte-scanner.ts';

/** Bytes with which a form begins: `@ % \ & =` and the first byte of the fullwidth and small signs. */
const firstBytes = new Uint8Array(256);
for (const byte of [0x40, 0x25, 0x5c, 0x26, 0x3d, 0xef]) firstBytes[byte] = 1;

const characterReferences = ['&#64;', '&#x40;', '&#X40;', '&commat;', '&#064;'];

/** Bytes of the at sign that begins at `at`, in any form; 0 when there is none. */
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
    case 0x5c:
      if (isAt(bytes, at, to, '\\x40')) return 4;
      return isAt(bytes, at, to, '\\u0040') ? 6 : 0;
    case 0x26:
      return characterReferences.find((reference) => isAt(bytes, at, to, reference))?.length ?? 0;
    case 0x3d:
      // Quoted-printable, but only in the encoded words of mail headers: elsewhere `=40` is a value.
      return isAt(bytes, at, to, '=40') && isInEncodedWord(bytes, at) ? 3 : 0;
    case 0xef:
      return isAt(bytes, at, to, fullwidth) || isAt(bytes, at, to, small) ? 3 : 0;
    default:
      return 0;
  }
}

/** U+FF20 and U+FE6B, one character for each byte. */
const fullwidth = '\xef\xbc\xa0';
const small = '\xef\xb9\xab';

function isAt(bytes: Uint8Array, at: number, to: number, text: string): boolean {
  if (at + text.length > to) return false;
  for (let index = 0; index < text.length; index += 1) if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}

/** Whether `=?charset?Q?` comes before, with nothing between that ends an encoded word (RFC 2047). */
function isInEncodedWord(bytes: Uint8Array, at: number): boolean {
  for (let index = at - 1; index > 0 && at - index < 100; index -= 1) {
    const byte = bytes[index] as number;
    if (byte <= 0x20) return false;
    if (byte === 0x3f) return bytes[index - 2] === 0x3f && ((bytes[index - 1] as number) | 0x20) === 0x71;
  }
  return false;
}

/** Position of the next at sign in any form; -1 when there is none. */
export function nextAtSign(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at += 1)
    if (firstBytes[bytes[at] as number] === 1 && atSignLength(bytes, at, to) > 0) return at;
  return -1;
}

/** Whether an at sign may begin here: a backslash may hide one, or bytes in hexadecimal. */
export function mayBeAtSign(bytes: Uint8Array, at: number, to: number): boolean {
  return bytes[at] === 0x5c || atSignLength(bytes, at, to) > 0;
}

/** The sign itself, and the first two bytes of its other forms and of bytes in hexadecimal, which may hide any. */
const patterns: readonly BytePattern[] = [
  0x40,
  [0x25, 0x32, 0x34],
  [0x26, 0x23, 0x63],
  [0x3d, 0x34],
  [0x5c, 0x75, 0x78],
  [0xef, 0xbc, 0xb9],
];

/**
 * Finds places in the raw bytes of a dump that may hold an at sign: rather too many than too few. Of hexadecimal bytea, and of
 * whatever follows a backslash, it finds only the beginning.
 */
export class Candidates {
  readonly #scanner = new ByteScanner(patterns);
  #bytes: Buffer = Buffer.alloc(0);
  #to = 0;
  #nearest = 0;

  /** Starts over with these bytes. */
  begin(bytes: Buffer, from: number, to: number): void {
    this.#bytes = bytes;
    this.#to = to;
    this.#scanner.begin(bytes, from, to);
    this.#nearest = from - 1;
    this.next(from);
  }

  /** The first candidate at or after `from`, which never decreases; the end of the bytes when there is none. */
  next(from: number): number {
    while (this.#nearest < from && this.#nearest < this.#to) {
      this.#nearest = this.#scanner.next();
      if (this.#isOtherEscape()) this.#nearest = from - 1;
    }
    return this.#nearest;
  }

  /** Whether JSON has escaped another character here, as it often does in texts that are not English. */
  #isOtherEscape(): boolean {
    const [bytes, at, to] = [this.#bytes, this.#nearest, this.#to];
    return at + 1 < to && bytes[at] === 0x5c && bytes[at + 1] === 0x75 && atSignLength(bytes, at, to) === 0;
  }
}
