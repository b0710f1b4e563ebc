/** Reads a text without escapes, character by character, forwards and backwards. */
import { type CharacterClass, characterClass, delimiter, inner, letter } from './characters.ts';
import { isPair, mayBeLead, mayFollowLead } from './twice-encoded.ts';
import { pointAt, sequenceLength } from './utf8.ts';

declare const brand: unique symbol;

/**
 * Length, class and code point of a character in one small integer, since an object for each of millions would be garbage: 21
 * bits of the code point, 4 of the class, then the length.
 */
export type Unit = number & { readonly [brand]: true };

function unitOf(length: number, point: number, kind: CharacterClass = characterClass(point)): Unit {
  return ((length << 25) | (kind << 21) | point) as Unit;
}

/** Beyond the end of the text: length 0, a delimiter. */
const nothing = unitOf(0, 0, delimiter);

/** Bytes that the character takes; 0 at the end of the text. */
export function unitLength(unit: Unit): number {
  return unit >>> 25;
}

export function unitClass(unit: Unit): CharacterClass {
  return ((unit >>> 21) & 15) as CharacterClass;
}

/** The code point, or the byte where it is none. */
export function unitPoint(unit: Unit): number {
  return unit & 0x1fffff;
}

/** The character that begins at `at`; nothing at or after `to` is read. */
export function readUnit(bytes: Uint8Array, at: number, to: number): Unit {
  if (at >= to) return nothing;
  const byte = bytes[at] as number;
  if (byte < 0x80) return unitOf(1, byte);
  const length = sequenceLength(bytes, at, to);
  if (length === 0) return lonelyByte(byte);
  const point = pointAt(bytes, at, length);
  const pair = mayBeLead(point) ? secondLength(bytes, at + length, to, point) : 0;
  return pair > 0 ? unitOf(length + pair, point, letter) : unitOf(length, point);
}

/** Bytes of the second character of a letter that was encoded twice; 0 where there is none. */
function secondLength(bytes: Uint8Array, at: number, to: number, lead: number): number {
  if (at >= to || (bytes[at] as number) < 0x80) return 0;
  const length = sequenceLength(bytes, at, to);
  return length > 0 && isPair(lead, pointAt(bytes, at, length)) ? length : 0;
}

const softHyphen = 0xad;

/** Not UTF-8. In one-byte encodings letters begin at 0xC0; signs come before, the soft hyphen among them. */
function lonelyByte(byte: number): Unit {
  return unitOf(1, byte, byte >= 0xc0 ? letter : byte === softHyphen ? inner : delimiter);
}

/** The character that ends before `at`; nothing before `floor` is read. */
export function readUnitBefore(bytes: Uint8Array, at: number, floor: number): Unit {
  if (at <= floor) return nothing;
  const byte = bytes[at - 1] as number;
  if (byte < 0x80) return unitOf(1, byte);
  for (let length = 2; length <= 4 && at - length >= floor; length += 1)
    if (sequenceLength(bytes, at - length, at) === length) return unitBefore(bytes, at, floor, length);
  return lonelyByte(byte);
}

/** @param length of the character that ends before `at`, which may be the second of a letter that was encoded twice */
function unitBefore(bytes: Uint8Array, at: number, floor: number, length: number): Unit {
  const point = pointAt(bytes, at - length, length);
  const first = at - length - 2;
  if (mayFollowLead(point) && first >= floor && sequenceLength(bytes, first, at) === 2) {
    const lead = pointAt(bytes, first, 2);
    if (isPair(lead, point)) return unitOf(length + 2, lead, letter);
  }
  return unitOf(length, point);
}

export function endsWith(bytes: Uint8Array, at: number, floor: number, word: string): boolean {
  if (at - word.length < floor) return false;
  for (let index = 0; index < word.length; index += 1)
    if (bytes[at - word.length + index] !== word.charCodeAt(index)) return false;
  return true;
}
