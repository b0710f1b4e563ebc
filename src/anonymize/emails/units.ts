/**
 * Reads a text character by character, forwards and backwards, through the disguises a character of an address may
 * wear: UTF-8, `\u00e9` and `\x2e` of JSON and JavaScript, `%2B` of URLs (also encoded twice), `&#39;` of HTML.
 */
import { hexNumber, hexValue } from '../bytes/hex.ts';
import { apostrophe, type CharacterClass, classOf, delimiter, letter } from './characters.ts';

const backslash = 0x5c;
const percent = 0x25;
const semicolon = 0x3b;

/** The unit that was read last: module-wide, since an object for each of millions would be garbage. */
export let unitClass: CharacterClass = delimiter;
/** Bytes of the unit; 0 when there is none. */
export let unitLength = 0;
/** Its code point, or the byte where it is none. */
export let unitPoint = 0;

function set(length: number, point: number, kind: CharacterClass = classOf(point)): number {
  unitLength = length;
  unitPoint = point;
  unitClass = kind;
  return length;
}

/** Letters that make an escape with the backslash before them, in JSON, JavaScript, Python or C. */
const escaping = new Uint8Array(256);
for (const one of 'abfnrtv0') escaping[one.charCodeAt(0)] = 1;

/**
 * Whether the backslash before `at` begins an escape, and is not itself escaped.
 * @param nesting how often the text is escaped within itself by PostgreSQL (arrays, composite values): each level has
 *   doubled every backslash
 */
export function escapes(bytes: Uint8Array, at: number, floor: number, nesting: number): boolean {
  let index = at;
  while (index > floor && bytes[index - 1] === backslash) index -= 1;
  return ((at - index) >> nesting) % 2 === 1;
}

/** Reads the unit that begins at `at`, and gives its length; nothing is read at or beyond `to`. */
export function readUnit(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) return set(0, 0, delimiter);
  const byte = bytes[at] as number;
  if (byte >= 0x80) return readUtf8(bytes, at, to);
  if (byte === backslash && at + 6 <= to && ((bytes[at + 1] as number) | 0x20) === 0x75) {
    const point = hexNumber(bytes, at + 2, 4);
    if (point >= 0) return set(6, point);
  }
  if (byte === percent) {
    if (at + 5 <= to && bytes[at + 1] === 0x32 && bytes[at + 2] === 0x35) {
      const inside = hexNumber(bytes, at + 3, 2);
      if (inside >= 0) return setEncoded(5, inside);
    }
    const value = at + 3 <= to ? hexNumber(bytes, at + 1, 2) : -1;
    if (value >= 0) return setEncoded(3, value);
  }
  return set(1, byte);
}

/** Of a character beyond ASCII each byte is encoded on its own. */
function setEncoded(length: number, value: number): number {
  return set(length, value, value >= 0x80 ? letter : classOf(value));
}

function readUtf8(bytes: Uint8Array, at: number, to: number): number {
  const length = sequenceLength(bytes, at, to);
  if (length > 0) return set(length, decode(bytes, at, length));
  // Not UTF-8. In the one-byte encodings letters stand from 0xC0 on, signs before.
  const byte = bytes[at] as number;
  return set(1, byte, byte >= 0xc0 ? letter : delimiter);
}

/** Bytes of the well-formed UTF-8 sequence that begins here, or 0. */
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

/** Reads the unit that ends before `at`, and gives its length; nothing is read before `floor`. */
export function readUnitBefore(bytes: Uint8Array, at: number, floor: number, nesting: number): number {
  if (at <= floor) return set(0, 0, delimiter);
  const byte = bytes[at - 1] as number;
  if (byte >= 0x80) return readUtf8Before(bytes, at, floor);
  if (hexValue(byte) >= 0) {
    if (at - 6 >= floor && bytes[at - 6] === backslash && ((bytes[at - 5] as number) | 0x20) === 0x75) {
      const point = hexNumber(bytes, at - 4, 4);
      if (point >= 0 && escapes(bytes, at - 5, floor, nesting)) return set(6, point);
    }
    if (at - 3 >= floor && hexValue(bytes[at - 2]) >= 0) {
      const value = hexNumber(bytes, at - 2, 2);
      if (bytes[at - 3] === percent) return setEncoded(3, value);
      if (at - 5 >= floor && bytes[at - 3] === 0x35 && bytes[at - 4] === 0x32 && bytes[at - 5] === percent)
        return setEncoded(5, value);
    }
  }
  if (escaping[byte] === 1 && bytes[at - 2] === backslash && at - 2 >= floor && escapes(bytes, at - 1, floor, nesting))
    return set(2, 0, delimiter);
  if (byte === semicolon) {
    if (endsWith(bytes, at, floor, '&#39;')) return set(5, 0x27, apostrophe);
    if (endsWith(bytes, at, floor, '&apos;')) return set(6, 0x27, apostrophe);
  }
  return set(1, byte);
}

function readUtf8Before(bytes: Uint8Array, at: number, floor: number): number {
  for (let length = 2; length <= 4 && at - length >= floor; length += 1)
    if (sequenceLength(bytes, at - length, at) === length) return set(length, decode(bytes, at - length, length));
  const byte = bytes[at - 1] as number;
  return set(1, byte, byte >= 0xc0 ? letter : delimiter);
}

export function endsWith(bytes: Uint8Array, at: number, floor: number, word: string): boolean {
  if (at - word.length < floor) return false;
  for (let index = 0; index < word.length; index += 1)
    if (bytes[at - word.length + index] !== word.charCodeAt(index)) return false;
  return true;
}
