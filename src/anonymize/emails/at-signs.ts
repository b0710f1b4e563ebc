/** The forms in which at signs are written in text, and the places of a dump that may hold one. */
import { type BytePattern, ByteScanner } from '../kernels/byte-scanner.ts';
import { endsBase64Word } from './base64.ts';
import { escapeBegins, escaped, readEscape, type Writing } from './escapes.ts';
import { isHexBegin } from './hex-bytes.ts';
import { Unescaped } from './unescape.ts';

const atSign = 0x40;
const backslash = 0x5c;
/** U+FF20 and U+FE6B. */
const fullwidth = 0xff20;
const small = 0xfe6b;

/** Bytes with which a form begins: `@ % \ & =` and the first byte of the fullwidth and small signs. */
const firstBytes = Uint8Array.from(escapeBegins);
firstBytes[atSign] = 1;
firstBytes[0xef] = 1;
// No sign is written in brackets.
firstBytes[0x5b] = 0;

/** What may follow the first byte of an escape, or of one inside it, of which an at sign is made: `%40 %25 %5C %u %EF`, `&#64; &amp; &commat;` … */
const followers: Readonly<Record<number, string>> = {
  37: '245uUeE',
  92: '@uUx13\\',
  38: '#ca',
  61: '4',
};
const mayFollow = new Uint8Array(256 * 256);
for (const [first, seconds] of Object.entries(followers))
  for (const second of seconds) mayFollow[Number(first) * 256 + second.charCodeAt(0)] = 1;

/** Bytes of the longest form that is read: `&amp;` and the like, some times over. */
const longestForm = 64;
const plain: Writing = { nesting: 0, octal: false, quotedPrintable: false, folded: false };
const encodedWords: Writing = { ...plain, quotedPrintable: true };
const form = new Unescaped();

/**
 * Bytes of the at sign that begins at `at`, in any form; 0 when there is none.
 * @param quotedPrintable whether the text is quoted-printable; otherwise `=40` is a value, but in the encoded words of mail headers
 */
export function atSignLength(bytes: Uint8Array, at: number, to: number, quotedPrintable = false): number {
  const byte = bytes[at] as number;
  if (byte === atSign) return 1;
  if (firstBytes[byte] === 0 || at + 1 >= to) return 0;
  if (byte === 0xef) {
    const next = ((bytes[at + 1] as number) << 8) | (at + 2 < to ? (bytes[at + 2] as number) : 0);
    return next === 0xbca0 || next === 0xb9ab ? 3 : 0;
  }
  if (mayFollow[(byte << 8) | (bytes[at + 1] as number)] === 0) return 0;
  if (byte !== 0x3d) return escapedLength(bytes, at, to, plain);
  return quotedPrintable || isInEncodedWord(bytes, at) ? escapedLength(bytes, at, to, encodedWords) : 0;
}

function isAtSign(point: number): boolean {
  return point === atSign || point === fullwidth || point === small;
}

/** Of a sign that is escaped, once or some times over. */
function escapedLength(bytes: Uint8Array, at: number, to: number, writing: Writing): number {
  const from = Math.max(0, at - longestForm);
  const length = readEscape(bytes, at, from, to, writing);
  if (length === 0) return 0;
  if (!escaped.isByte && isAtSign(escaped.value)) return length;
  const mayHide = escaped.isByte ? escaped.value === 0xef : escapeBegins[escaped.value] === 1;
  const next = at + length < to ? (bytes[at + length] as number) : 0;
  if (!mayHide || !(escapeBegins[next] === 1 || mayFollow[(escaped.value << 8) | next] === 1)) return 0;
  form.read(bytes, at, Math.min(to, at + longestForm), true, writing);
  if (form.bytes[form.from] === atSign) return form.sourceOf(form.from + 1) - at;
  const isWide = form.bytes[form.from] === 0xef && atSignLength(form.bytes, form.from, form.to) === 3;
  return isWide ? form.sourceOf(form.from + 3) - at : 0;
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
export function nextAtSign(bytes: Uint8Array, from: number, to: number, quotedFrom = to): number {
  for (let at = from; at < to; at += 1) {
    if (firstBytes[bytes[at] as number] === 0) continue;
    if (atSignLength(bytes, at, to, at >= quotedFrom) > 0) return at;
    // Only the first of several backslashes begins an escape.
    if (bytes[at] === backslash) while (at + 1 < to && bytes[at + 1] === backslash) at += 1;
  }
  return -1;
}

/** Whether a value must be searched because of this place: an at sign, bytes in hexadecimal, or base64 behind this word. */
function mayBeAtSign(bytes: Uint8Array, at: number, to: number): boolean {
  const byte = bytes[at] as number;
  if (byte === atSign) return true;
  if (byte === 0x65 || byte === 0x45 || byte === 0x3f) return endsBase64Word(bytes, at);
  if (byte !== backslash) return atSignLength(bytes, at, to, true) > 0;
  if (isHexBegin(bytes, at, to)) return true;
  let first = at;
  while (first > 0 && at - first < mostBackslashes && bytes[first - 1] === backslash) first -= 1;
  return atSignLength(bytes, first, to) > 0;
}

const mostBackslashes = 64;

/**
 * The sign itself; the first two bytes of its other forms, and of bytes in hexadecimal, which may hide any; the `e6` of base64, and
 * the `?b` of encoded words.
 */
const patterns: readonly BytePattern[] = [
  atSign,
  [0x25, 0x32, 0x34, 0x35, 0x75, 0x55, 0x65, 0x45],
  [0x26, 0x23, 0x61, 0x63],
  [0x3d, 0x34],
  [backslash, 0x75, 0x55, 0x78, 0x31, 0x33],
  [0xef, 0xbc, 0xb9],
  [[0x65, 0x45], 0x36],
  [0x3f, 0x42, 0x62],
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
      if (this.#nearest < this.#to && !mayBeAtSign(this.#bytes, this.#nearest, this.#to)) this.#nearest = from - 1;
    }
    return this.#nearest;
  }
}
