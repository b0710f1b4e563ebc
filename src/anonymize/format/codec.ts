/**
 * How a dump writes text: with backslashes in COPY, with doubled quotes in strings, with both in E'' strings and in those of
 * MySQL, or raw (dollar quotes, comments). Searches work on the decoded text.
 */
import type { Arena } from '../bytes/arena.ts';
import { hexValue } from '../bytes/hex.ts';

/**
 * `copy`, `string` and `escape-string` are PostgreSQL's. MySQL's strings stand in single or double quotes (`double`), with
 * backslashes, or under NO_BACKSLASH_ESCAPES without (`string`, `double-string`): MySQL manual, "String Literals".
 */
export type Codec = 'copy' | 'string' | 'escape-string' | 'raw' | 'mysql' | 'mysql-double' | 'double-string';

const backslash = 0x5c;
const quote = 0x27;
const doubleQuote = 0x22;
const letterX = 0x78;
/** No byte. */
const none = -1;

interface Form {
  /** The quote that is doubled inside the text. */
  readonly quote: number;
  /** What a byte means after a backslash; undefined where backslashes stand for themselves. */
  readonly meanings: Uint8Array | undefined;
  /** Whether a backslash may stand before octal or hexadecimal digits. */
  readonly numeric: boolean;
  /** The byte written after a backslash for a byte that must be escaped; 0 for others. */
  readonly letters: Uint8Array;
}

/** All but a few letters stand for themselves. */
function meaningsOf(letters: Readonly<Record<string, number>>): Uint8Array {
  const meanings = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  for (const [letter, value] of Object.entries(letters)) meanings[letter.charCodeAt(0)] = value;
  return meanings;
}

function lettersOf(letters: Readonly<Record<string, number>>, themselves: string): Uint8Array {
  const written = new Uint8Array(256);
  for (const [letter, value] of Object.entries(letters)) written[value] = letter.charCodeAt(0);
  for (const one of themselves) written[one.charCodeAt(0)] = one.charCodeAt(0);
  return written;
}

const postgresLetters = { b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
const mysqlLetters = { '0': 0, b: 8, n: 10, r: 13, t: 9, Z: 26 };
const postgresMeanings = meaningsOf(postgresLetters);
const mysqlMeanings = meaningsOf(mysqlLetters);
/** What mysql_real_escape_string() escapes, in either quotes (MySQL C API manual). */
const mysqlWritten = lettersOf({ '0': 0, n: 10, r: 13, Z: 26 }, '\\\'"');
const nothing = new Uint8Array(256);

const forms: Readonly<Record<Codec, Form>> = {
  copy: { quote: none, meanings: postgresMeanings, numeric: true, letters: lettersOf(postgresLetters, '\\') },
  string: { quote, meanings: undefined, numeric: false, letters: nothing },
  'escape-string': { quote, meanings: postgresMeanings, numeric: true, letters: lettersOf({}, '\\') },
  raw: { quote: none, meanings: undefined, numeric: false, letters: nothing },
  mysql: { quote, meanings: mysqlMeanings, numeric: false, letters: mysqlWritten },
  'mysql-double': { quote: doubleQuote, meanings: mysqlMeanings, numeric: false, letters: mysqlWritten },
  'double-string': { quote: doubleQuote, meanings: undefined, numeric: false, letters: nothing },
};

/** Whether the written form differs from the text. */
export function isEscaped(bytes: Uint8Array, from: number, to: number, codec: Codec): boolean {
  if (codec === 'raw') return false;
  const form = forms[codec];
  const sign = form.meanings === undefined ? form.quote : backslash;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === sign || byte === form.quote) return true;
  }
  return false;
}

/** Length of the unit at `at`: an escape, a doubled quote, or one plain byte. */
function unitLength(bytes: Uint8Array, at: number, to: number, form: Form): number {
  const byte = bytes[at];
  if (byte === form.quote) return bytes[at + 1] === byte && at + 1 < to ? 2 : 1;
  if (byte !== backslash || form.meanings === undefined || at + 1 >= to) return 1;
  const next = bytes[at + 1];
  // Before a wildcard of LIKE, MySQL keeps the backslash.
  if (!form.numeric) return next === percent || next === underscore ? 1 : 2;
  if (isOctal(next)) {
    let length = 2;
    while (length <= 3 && at + length < to && isOctal(bytes[at + length])) length += 1;
    return length;
  }
  if (next !== letterX || at + 2 >= to || hexValue(bytes[at + 2]) < 0) return 2;
  return at + 3 < to && hexValue(bytes[at + 3]) >= 0 ? 4 : 3;
}

const percent = 0x25;
const underscore = 0x5f;

/** The byte that a unit of this length encodes. */
function unitValue(bytes: Uint8Array, at: number, length: number, form: Form): number {
  if (length === 1) return bytes[at] as number;
  const second = bytes[at + 1] as number;
  if (bytes[at] !== backslash) return second;
  if (form.numeric && isOctal(second)) {
    let value = 0;
    for (let index = at + 1; index < at + length; index += 1) value = value * 8 + (bytes[index] as number) - 0x30;
    return value & 0xff;
  }
  if (length === 2) return (form.meanings as Uint8Array)[second] as number;
  const digit = hexValue(bytes[at + 2]);
  return length === 3 ? digit : digit * 16 + hexValue(bytes[at + 3]);
}

function isOctal(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x37;
}

/** A buffer that grows, reused for every value. */
export class Scratch {
  bytes = Buffer.allocUnsafe(64 * 1024);

  atLeast(size: number): Buffer {
    if (this.bytes.length < size) this.bytes = Buffer.allocUnsafe(size * 2);
    return this.bytes;
  }
}

/** Decodes into the scratch. @returns the length of the text */
export function decode(bytes: Uint8Array, from: number, to: number, codec: Codec, scratch: Scratch): number {
  const form = forms[codec];
  const out = scratch.atLeast(to - from);
  let length = 0;
  let at = from;
  while (at < to) {
    const byte = bytes[at] as number;
    if (byte !== backslash && byte !== form.quote) {
      out[length] = byte;
      at += 1;
    } else {
      const unit = unitLength(bytes, at, to, form);
      out[length] = unitValue(bytes, at, unit, form);
      at += unit;
    }
    length += 1;
  }
  return length;
}

const textScratch = new Scratch();

/** The decoded text between `from` and `to`; valid until the next call. */
export function textOf(bytes: Buffer, from: number, to: number, codec: Codec): Buffer {
  if (!isEscaped(bytes, from, to, codec)) return bytes.subarray(from, to);
  const length = decode(bytes, from, to, codec, textScratch);
  return textScratch.bytes.subarray(0, length);
}

/**
 * Turns positions in the text into positions in its written form.
 * @param positions ascending; changed in place
 */
export function toWritten(
  bytes: Uint8Array,
  from: number,
  to: number,
  codec: Codec,
  positions: number[],
  count: number,
): void {
  const form = forms[codec];
  let at = from;
  let index = 0;
  for (let nth = 0; nth < count; nth += 1) {
    const wanted = positions[nth] as number;
    while (index < wanted && at < to) {
      const byte = bytes[at];
      at += byte !== backslash && byte !== form.quote ? 1 : unitLength(bytes, at, to, form);
      index += 1;
    }
    positions[nth] = at;
  }
}

/** The written form of the text: the same buffer when nothing needs an escape. */
export function encode(text: Buffer, codec: Codec): Buffer {
  if (codec === 'raw') return text;
  const { letters, quote: doubled } = forms[codec];
  let extra = 0;
  for (let at = 0; at < text.length; at += 1) if (text[at] === doubled || letters[text[at] as number] !== 0) extra += 1;
  if (extra === 0) return text;
  const out = Buffer.allocUnsafe(text.length + extra);
  let at = 0;
  for (const byte of text) {
    const letter = letters[byte] as number;
    if (letter !== 0) {
      out[at] = backslash;
      out[at + 1] = letter;
      at += 2;
    } else if (byte === doubled) {
      out[at] = byte;
      out[at + 1] = byte;
      at += 2;
    } else {
      out[at] = byte;
      at += 1;
    }
  }
  return out;
}

/** Encodes the arena's current text in place. */
export function encodeLast(arena: Arena, codec: Codec): void {
  if (codec === 'raw') return;
  const { letters, quote: doubled } = forms[codec];
  let extra = 0;
  for (let bytes = arena.bytes, at = arena.begin; at < arena.end; at += 1)
    if (bytes[at] === doubled || letters[bytes[at] as number] !== 0) extra += 1;
  if (extra === 0) return;
  const out = arena.reserve(extra);
  let from = arena.end;
  arena.end += extra;
  // Backwards, so that no byte is overwritten before it has been moved.
  for (let to = arena.end; to > from; ) {
    from -= 1;
    to -= 1;
    const byte = out[from] as number;
    const letter = letters[byte] as number;
    out[to] = letter === 0 ? byte : letter;
    if (letter !== 0 || byte === doubled) {
      to -= 1;
      out[to] = letter === 0 ? byte : backslash;
    }
  }
}
