/** One escape of a text: what it stands for. */
import { hexNumber, hexValue } from '../bytes/hex.ts';
import { entityEnd, entityPoint } from './html-names.ts';

/** What else than the usual is an escape in a text. */
export interface Writing {
  /** Levels of arrays and composite values the text is in: PostgreSQL doubles every backslash on each. */
  readonly nesting: number;
  /** Whether letters are written in octal, as the at sign beside them is. */
  readonly octal: boolean;
  /** Whether `=C3` is a byte, and `=` at the end of a line nothing. */
  readonly quotedPrintable: boolean;
  /** Whether a line end with a blank behind it is nothing: vCards, calendars and LDIF break lines anywhere. */
  readonly folded: boolean;
}

const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const blank = 0x20;
const atSign = 0x40;
const semicolon = 0x3b;
const replacementCharacter = 0xfffd;
const highestPoint = 0x10ffff;

/** Bytes that an escape begins with: `\ % & = [`. */
export const escapeBegins = new Uint8Array(256);
for (const sign of '\\%&=[') escapeBegins[sign.charCodeAt(0)] = 1;

/** These, and line ends. */
export const foldBegins = Uint8Array.from(escapeBegins);
foldBegins[lineFeed] = 1;
foldBegins[carriageReturn] = 1;

/** What the last escape stands for, since an object for each would be garbage. */
export const escaped = {
  /** A code point, or a byte of a longer character; -1 for nothing at all. */
  value: 0,
  isByte: false,
};

function standsFor(value: number, length: number, isByte = false): number {
  escaped.value = value > highestPoint ? replacementCharacter : value;
  escaped.isByte = isByte;
  return length;
}

/** @returns bytes of the escape that begins at `at`; 0 when there is none. What it stands for is in `escaped` */
export function readEscape(bytes: Uint8Array, at: number, from: number, to: number, writing: Writing): number {
  if (writing.folded) {
    const length = foldLength(bytes, at, to);
    if (length > 0) return standsFor(-1, length);
  }
  switch (bytes[at]) {
    case backslash:
      return readBackslash(bytes, at, from, to, writing);
    case 0x25:
      return readPercent(bytes, at, to);
    case 0x26:
      return readEntity(bytes, at, to);
    case 0x3d:
      return writing.quotedPrintable ? readQuotedPrintable(bytes, at, to) : 0;
    case openBracket:
      return readBracket(bytes, at, to);
    default:
      return 0;
  }
}

/** A line end and the blank behind it. @returns 0 when there is none */
function foldLength(bytes: Uint8Array, at: number, to: number): number {
  const length = lineEndLength(bytes, at, to);
  return length > 0 && at + length < to && isBlank(bytes[at + length]) ? length + 1 : 0;
}

/** A line end as it is, as JSON escapes it, or as bytea in escape format has it. @returns 0 when there is none */
function lineEndLength(bytes: Uint8Array, at: number, to: number): number {
  const first = controlLength(bytes, at, to, carriageReturn);
  const second = controlLength(bytes, at + first, to, lineFeed);
  return second === 0 ? 0 : first + second;
}

function controlLength(bytes: Uint8Array, at: number, to: number, control: number): number {
  if (bytes[at] === control) return at < to ? 1 : 0;
  let index = at;
  while (index < to && bytes[index] === backslash) index += 1;
  if (index === at || index >= to) return 0;
  if (bytes[index] === (control === lineFeed ? 0x6e : 0x72)) return index + 1 - at;
  return octalValue(bytes, index, to) === control ? index + 3 - at : 0;
}

function isBlank(byte: number | undefined): boolean {
  return byte === blank || byte === 0x09;
}

/** Whether the blank or line end at `at` may belong to a place where a line is folded. */
export function isInFold(bytes: Uint8Array, at: number): boolean {
  const [before, byte, next] = [bytes[at - 1], bytes[at], bytes[at + 1]];
  if (isBlank(byte)) return before === lineFeed || before === 0x6e || before === 0x32;
  if (byte === carriageReturn) return next === lineFeed && isBlank(bytes[at + 2]);
  return byte === lineFeed && isBlank(next);
}

/** `[.]`, in which a regular expression means the character itself. */
function readBracket(bytes: Uint8Array, at: number, to: number): number {
  if (at + 3 > to || bytes[at + 2] !== closeBracket) return 0;
  const byte = bytes[at + 1] as number;
  return byte === 0x2e || byte === 0x2d || byte === 0x5f || byte === 0x2b ? standsFor(byte, 3) : 0;
}

/** What a byte means behind a backslash. */
const isPunctuation = new Uint8Array(256);
for (let byte = 0x21; byte < 0x7f; byte += 1)
  if (!/[0-9A-Za-z\\]/.test(String.fromCharCode(byte))) isPunctuation[byte] = 1;
const isControl = new Uint8Array(256);
for (const letter of 'abfnrtv0') isControl[letter.charCodeAt(0)] = 1;
/** Classes of regular expressions, where a quantifier follows: `\w+`. */
const isClass = new Uint8Array(256);
for (const letter of 'wWdDsS') isClass[letter.charCodeAt(0)] = 1;
const quantifies = new Uint8Array(256);
for (const sign of '+*?{@') quantifies[sign.charCodeAt(0)] = 1;

/** Any number of backslashes and what comes behind them: each level of escaping doubles them. */
function readBackslash(bytes: Uint8Array, at: number, from: number, to: number, writing: Writing): number {
  let index = at + 1;
  while (index < to && bytes[index] === backslash) index += 1;
  if (index >= to) return 0;
  const byte = bytes[index] as number;
  if (isPunctuation[byte] === 1) return standsFor(byte, index + 1 - at);
  const end = readCode(bytes, index, to);
  if (end > 0) return joinSurrogate(bytes, at, end, to);
  const octal = octalValue(bytes, index, to);
  if (octal >= 0 && (octal < blank || octal > 0x7e || isOctalLetter(bytes, at, from, index + 3, to, octal, writing)))
    return standsFor(octal, index + 3 - at, octal >= 0x80);
  // A letter is an escape only where the backslash before it is not escaped itself: `C:\\norbert`.
  if (((index - at) >> writing.nesting) % 2 === 0) return 0;
  if (isControl[byte] === 1) return standsFor(lineFeed, index + 1 - at);
  const isPattern = isClass[byte] === 1 && index + 1 < to && quantifies[bytes[index + 1] as number] === 1;
  return isPattern ? standsFor(blank, index + 1 - at) : 0;
}

/** `u0040`, `U00000040`, `x40`, `u{40}`, `x{40}`. @returns where it ends; 0 when there is no such code */
function readCode(bytes: Uint8Array, at: number, to: number): number {
  const kind = bytes[at];
  const digits = kind === 0x75 ? 4 : kind === 0x55 ? 8 : kind === 0x78 ? 2 : 0;
  if (digits === 0) return 0;
  if (bytes[at + 1] === openBrace) {
    let [end, value] = [at + 2, 0];
    for (; end < to && end < at + 10 && hexValue(bytes[end]) >= 0; end += 1) value = value * 16 + hexValue(bytes[end]);
    return end > at + 2 && end < to && bytes[end] === closeBrace ? standsFor(value, end + 1) : 0;
  }
  const end = at + 1 + digits;
  const value = end <= to ? hexNumber(bytes, at + 1, digits) : -1;
  return value < 0 ? 0 : standsFor(value, end, kind === 0x78 && value >= 0x80);
}

/** The escape from `at` to `end`, with the next one where both are halves of a character beyond the first 65,536. */
function joinSurrogate(bytes: Uint8Array, at: number, end: number, to: number): number {
  const high = escaped.value;
  if (escaped.isByte || high < 0xd800 || high > 0xdfff) return end - at;
  let index = end;
  while (index < to && bytes[index] === backslash) index += 1;
  if (high < 0xdc00 && index > end && bytes[index] === 0x75) {
    const last = readCode(bytes, index, to);
    const low = escaped.value;
    if (last > 0 && low >= 0xdc00 && low <= 0xdfff)
      return standsFor(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), last - at);
  }
  return standsFor(replacementCharacter, end - at);
}

/** The byte that three octal digits stand for (PostgreSQL manual, 8.4.2); -1 for all others. */
function octalValue(bytes: Uint8Array, at: number, to: number): number {
  if (at + 3 > to) return -1;
  let value = 0;
  for (let index = at; index < at + 3; index += 1) {
    const digit = (bytes[index] as number) - 0x30;
    if (digit < 0 || digit > 7) return -1;
    value = value * 8 + digit;
  }
  return value <= 0xff ? value : -1;
}

/**
 * Whether three digits stand for a printable character, and are not the name of a folder (`C:\101\…`): only beside an at sign that is
 * written so, too. bytea in escape format has none.
 */
function isOctalLetter(
  bytes: Uint8Array,
  at: number,
  from: number,
  end: number,
  to: number,
  value: number,
  writing: Writing,
): boolean {
  if (value === atSign) return isOctalSign(bytes, at, from, end, to);
  return writing.octal;
}

/** `john\100corp.example`, but not `DCIM\100CANON` behind another backslash. */
function isOctalSign(bytes: Uint8Array, at: number, from: number, end: number, to: number): boolean {
  if (end >= to || !(isLetter(bytes[end] as number) || bytes[end] === backslash)) return false;
  let index = at;
  while (index > from && isNameByte(bytes[index - 1] as number)) index -= 1;
  const before = index > from ? bytes[index - 1] : blank;
  if (before === backslash) return octalValue(bytes, index, at) >= 0;
  return index < at && before !== 0x2f && before !== 0x3a;
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function isNameByte(byte: number): boolean {
  return isLetter(byte) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x2d || byte === 0x5f;
}

/** `%40`, and `%u0040` of JavaScript's escape(). */
function readPercent(bytes: Uint8Array, at: number, to: number): number {
  if (at + 3 > to) return 0;
  if (((bytes[at + 1] as number) | 0x20) === 0x75) {
    const point = at + 6 <= to ? hexNumber(bytes, at + 2, 4) : -1;
    return point < 0 ? 0 : standsFor(point >= 0xd800 && point <= 0xdfff ? replacementCharacter : point, 6);
  }
  const value = hexNumber(bytes, at + 1, 2);
  return value < 0 ? 0 : standsFor(value, 3, value >= 0x80);
}

/** `&#64;`, `&#x40;`, also without the semicolon, and `&commat;`. */
function readEntity(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[at + 1] !== 0x23) {
    const end = entityEnd(bytes, at, to);
    return end === 0 ? 0 : standsFor(entityPoint(bytes, at, end), end - at);
  }
  const isHex = at + 2 < to && ((bytes[at + 2] as number) | 0x20) === 0x78;
  const begin = at + (isHex ? 3 : 2);
  let [end, value] = [begin, 0];
  for (; end < to && value <= highestPoint; end += 1) {
    const digit = hexValue(bytes[end]);
    if (digit < 0 || (!isHex && digit > 9)) break;
    value = value * (isHex ? 16 : 10) + digit;
  }
  if (end === begin) return 0;
  return standsFor(value, (end < to && bytes[end] === semicolon ? end + 1 : end) - at);
}

/** RFC 2045, 6.7: `=40`, and a line end that was put in. */
function readQuotedPrintable(bytes: Uint8Array, at: number, to: number): number {
  const end = lineEndLength(bytes, at + 1, to);
  if (end > 0) return standsFor(-1, end + 1);
  const value = at + 3 <= to ? hexNumber(bytes, at + 1, 2) : -1;
  return value < 0 ? 0 : standsFor(value, 3, value >= 0x80);
}
