/**
 * Reads a text unit by unit, forwards and backwards. A unit is one character in whatever form it is written: UTF-8, `\u00e9`
 * of JSON and JavaScript, `%2B` of URLs (also encoded twice), `&#39;` of HTML, `\303\274` of bytea in escape format.
 */
import { hexNumber, hexValue } from '../bytes/hex.ts';
import { apostrophe, type CharacterClass, characterClass, delimiter, letter } from './characters.ts';

const backslash = 0x5c;
const percent = 0x25;
const semicolon = 0x3b;

declare const brand: unique symbol;

/**
 * Length, class and code point of a unit in one small integer, since an object for each of millions of units would be
 * garbage: 21 bits of the code point, 3 of the class, then the length.
 */
export type Unit = number & { readonly [brand]: true };

function unitOf(length: number, point: number, kind: CharacterClass = characterClass(point)): Unit {
  return ((length << 24) | (kind << 21) | point) as Unit;
}

/** Beyond the end of the text: length 0, a delimiter. */
const nothing = unitOf(0, 0, delimiter);

/** Bytes that the unit takes; 0 at the end of the text. */
export function unitLength(unit: Unit): number {
  return unit >>> 24;
}

export function unitClass(unit: Unit): CharacterClass {
  return ((unit >>> 21) & 7) as CharacterClass;
}

/** The code point, or the byte where it is none. */
export function unitPoint(unit: Unit): number {
  return unit & 0x1fffff;
}

/** Letters that form an escape with the backslash before them, in JSON, JavaScript, Python or C. */
const escaping = new Uint8Array(256);
for (const one of 'abfnrtv0') escaping[one.charCodeAt(0)] = 1;

/**
 * Whether the backslash before `at` begins an escape and is not itself escaped.
 * @param nesting how many levels of arrays and composite values the text is in: PostgreSQL doubles every backslash on each
 */
export function escapes(bytes: Uint8Array, at: number, floor: number, nesting: number): boolean {
  let index = at;
  while (index > floor && bytes[index - 1] === backslash) index -= 1;
  return ((at - index) >> nesting) % 2 === 1;
}

/** The unit that begins at `at`; nothing at or after `to` is read. */
export function readUnit(bytes: Uint8Array, at: number, to: number): Unit {
  if (at >= to) return nothing;
  const byte = bytes[at] as number;
  if (byte >= 0x80) return readUtf8(bytes, at, to);
  if (byte === backslash && at + 6 <= to && ((bytes[at + 1] as number) | 0x20) === 0x75) {
    const point = hexNumber(bytes, at + 2, 4);
    if (point >= 0) return unitOf(6, point);
  }
  if (byte === backslash && at + 4 <= to) {
    const value = octalByte(bytes, at + 1);
    if (value >= 0) return encodedByte(4, value);
  }
  if (byte === percent) {
    if (at + 5 <= to && bytes[at + 1] === 0x32 && bytes[at + 2] === 0x35) {
      const inside = hexNumber(bytes, at + 3, 2);
      if (inside >= 0) return encodedByte(5, inside);
    }
    const value = at + 3 <= to ? hexNumber(bytes, at + 1, 2) : -1;
    if (value >= 0) return encodedByte(3, value);
  }
  return unitOf(1, byte);
}

/**
 * The byte that three octal digits stand for, as in bytea_output = escape (PostgreSQL manual, 8.4.2), which writes only bytes so
 * that are no printable ASCII; -1 for all others.
 */
function octalByte(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let index = at; index < at + 3; index += 1) {
    const digit = (bytes[index] as number) - 0x30;
    if (digit < 0 || digit > 7) return -1;
    value = value * 8 + digit;
  }
  return value < 0x20 || (value >= 0x7f && value <= 0xff) ? value : -1;
}

/** Each byte of a character beyond ASCII is encoded on its own. */
function encodedByte(length: number, value: number): Unit {
  return unitOf(length, value, value >= 0x80 ? letter : characterClass(value));
}

function readUtf8(bytes: Uint8Array, at: number, to: number): Unit {
  const length = sequenceLength(bytes, at, to);
  if (length > 0) return unitOf(length, decode(bytes, at, length));
  // Not UTF-8. In one-byte encodings letters begin at 0xC0; signs come before.
  const byte = bytes[at] as number;
  return unitOf(1, byte, byte >= 0xc0 ? letter : delimiter);
}

/** Bytes of the well-formed UTF-8 sequence that begins at `at`; 0 when there is none. */
export function sequenceLength(bytes: Uint8Array, at: number, to: number): number {
  const lead = bytes[at] as number;
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > to) return 0;
  for (let index = 1; index < length; index += 1) if (((bytes[at + index] as number) & 0xc0) !== 0x80) return 0;
  return length;
}

function decode(bytes: Uint8Array, at: number, length: number): number {
  const lead = bytes[at] as number;
  if (length === 1) return lead;
  let point = lead & (0x7f >> length);
  for (let index = 1; index < length; index += 1) point = point * 64 + ((bytes[at + index] as number) & 0x3f);
  return point;
}

/** The unit that ends before `at`; nothing before `floor` is read. */
export function readUnitBefore(bytes: Uint8Array, at: number, floor: number, nesting: number): Unit {
  if (at <= floor) return nothing;
  const byte = bytes[at - 1] as number;
  if (byte >= 0x80) return readUtf8Before(bytes, at, floor);
  if (hexValue(byte) >= 0) {
    if (at - 4 >= floor && bytes[at - 4] === backslash) {
      const value = octalByte(bytes, at - 3);
      if (value >= 0 && escapes(bytes, at - 3, floor, nesting)) return encodedByte(4, value);
    }
    if (at - 6 >= floor && bytes[at - 6] === backslash && ((bytes[at - 5] as number) | 0x20) === 0x75) {
      const point = hexNumber(bytes, at - 4, 4);
      if (point >= 0 && escapes(bytes, at - 5, floor, nesting)) return unitOf(6, point);
    }
    if (at - 3 >= floor && hexValue(bytes[at - 2]) >= 0) {
      const value = hexNumber(bytes, at - 2, 2);
      if (bytes[at - 3] === percent) return encodedByte(3, value);
      if (at - 5 >= floor && bytes[at - 3] === 0x35 && bytes[at - 4] === 0x32 && bytes[at - 5] === percent)
        return encodedByte(5, value);
    }
  }
  if (escaping[byte] === 1 && bytes[at - 2] === backslash && at - 2 >= floor && escapes(bytes, at - 1, floor, nesting))
    return unitOf(2, 0, delimiter);
  if (byte === semicolon) {
    if (endsWith(bytes, at, floor, '&#39;')) return unitOf(5, 0x27, apostrophe);
    if (endsWith(bytes, at, floor, '&apos;')) return unitOf(6, 0x27, apostrophe);
  }
  return unitOf(1, byte);
}

function readUtf8Before(bytes: Uint8Array, at: number, floor: number): Unit {
  for (let length = 2; length <= 4 && at - length >= floor; length += 1)
    if (sequenceLength(bytes, at - length, at) === length) return unitOf(length, decode(bytes, at - length, length));
  const byte = bytes[at - 1] as number;
  return unitOf(1, byte, byte >= 0xc0 ? letter : delimiter);
}

export function endsWith(bytes: Uint8Array, at: number, floor: number, word: string): boolean {
  if (at - word.length < floor) return false;
  for (let index = 0; index < word.length; index += 1)
    if (bytes[at - word.length + index] !== word.charCodeAt(index)) return false;
  return true;
}
