/** Finds what may be an at sign in the bytes of a dump, in whatever form: more than the rewriter knows, in a way of its own. */
import { type BytePattern, ByteScanner } from '../kernels/byte-scanner.ts';

const backslash = 0x5c;
const percent = 0x25;
const ampersand = 0x26;

const digits = [...'0123456789'].map((one) => one.charCodeAt(0));
const letters = [...'abcdefABCDEF'].map((one) => one.charCodeAt(0));
const patterns: readonly BytePattern[] = [
  0x40,
  [percent, ...digits, ...letters, 0x75, 0x55],
  [ampersand, 0x23, 0x61, 0x63],
  [0x3d, 0x34],
  [backslash, ...digits, 0x75, 0x55, 0x78, 0x58],
  [0xef, 0xbc, 0xb9],
  [[0x65, 0x45], 0x36],
  [0x3f, 0x42, 0x62],
];

/** `e6` of `base64`, `?b` of `=?utf-8?b?`. */
function isBase64Mark(byte: number): boolean {
  return byte === 0x65 || byte === 0x45 || byte === 0x3f;
}

/** Fewest digits that make bytes rather than an escape. */
const fewestDigits = 10;

function digitsEnd(bytes: Buffer, from: number, to: number): number {
  let end = from;
  while (end < to && isHexDigit(bytes[end] as number)) end += 1;
  return end;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

/** What an escape may stand for so that an at sign can come of it: one, or the beginning of another escape. */
const telling = new Set([0x40, percent, ampersand, backslash, 0x3d, 0xef, 0xff20, 0xfe6b]);

/** Bytes of a reference of HTML, which may begin with any number of zeros. */
const longestReference = 40;

/** Goes from one to the next. */
export class SignScanner {
  readonly #scanner = new ByteScanner(patterns);

  /**
   * Calls `visit` with the position of each, from left to right; `visitHex` with where bytes in hexadecimal begin (`\\x6a6f`) and
   * end; `visitBase64` with where the end of the word base64, or the letter of an encoded word, is.
   */
  each(
    bytes: Buffer,
    from: number,
    to: number,
    visit: (at: number) => void,
    visitHex: (at: number, end: number) => void,
    visitBase64: (at: number) => void,
  ): void {
    const scanner = this.#scanner;
    scanner.begin(bytes, from, to);
    for (let at = scanner.next(); at < to; at = scanner.next())
      if (bytes[at] === 0x40) visit(at);
      else if (isBase64Mark(bytes[at] as number)) visitBase64(at);
      else {
        if (mayBecomeSign(bytes, at, to)) visit(at);
        // The first byte of bytea may be a sign, too.
        if (bytes[at] !== backslash || bytes[at + 1] !== 0x78) continue;
        const end = digitsEnd(bytes, at + 2, to);
        if (end - at - 2 >= fewestDigits) visitHex(at, end);
      }
  }
}

/** Leaves out nearly all escapes, which stand for other characters. */
function mayBecomeSign(bytes: Buffer, at: number, to: number): boolean {
  switch (bytes[at]) {
    case percent:
      return telling.has(
        ((bytes[at + 1] as number) | 0x20) === 0x75
          ? number(bytes, at + 2, at + 6, 16)
          : number(bytes, at + 1, at + 3, 16),
      );
    case ampersand:
      return ofEntity(bytes, at, to);
    case backslash:
      return ofBackslash(bytes, at, to);
    default:
      return true;
  }
}

function ofEntity(bytes: Buffer, at: number, to: number): boolean {
  if (bytes[at + 1] !== 0x23) return /^&(?:amp|commat);/i.test(bytes.toString('latin1', at, Math.min(to, at + 8)));
  const isHex = ((bytes[at + 2] as number) | 0x20) === 0x78;
  return telling.has(number(bytes, at + (isHex ? 3 : 2), Math.min(to, at + longestReference), isHex ? 16 : 10));
}

function ofBackslash(bytes: Buffer, at: number, to: number): boolean {
  const kind = bytes[at + 1] as number;
  // `\100`, and the first byte of a fullwidth or small sign.
  if (kind >= 0x30 && kind <= 0x39) return /^(?:100|357)/.test(bytes.toString('latin1', at + 1, Math.min(to, at + 4)));
  const isBraced = bytes[at + 2] === 0x7b;
  const length = kind === 0x55 ? 8 : kind === 0x75 ? 4 : 2;
  const begin = at + (isBraced ? 3 : 2);
  return telling.has(number(bytes, begin, Math.min(to, begin + (isBraced ? 8 : length)), 16));
}

/** The number that the digits from `at` make, as far as they go; -1 when there are none. */
function number(bytes: Buffer, at: number, to: number, base: 10 | 16): number {
  let value = -1;
  for (let index = at; index < to; index += 1) {
    const digit = digitOf(bytes[index] as number);
    if (digit >= base) break;
    value = Math.max(value, 0) * base + digit;
  }
  return value;
}

/** The value of a hexadecimal digit; 16 for any other byte. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 16;
}
