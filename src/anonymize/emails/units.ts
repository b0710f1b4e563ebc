/** Reads a text without escapes, character by character, forwards and backwards. */
import { type CharacterClass, characterClass, delimiter, letter } from './characters.ts';
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
  return length > 0 ? unitOf(length, pointAt(bytes, at, length)) : lonelyByte(byte);
}

/** Not UTF-8. In one-byte encodings letters begin at 0xC0; signs come before. */
function lonelyByte(byte: number): Unit {
  return unitOf(1, byte, byte >= 0xc0 ? letter : delimiter);
}

/** The character that ends before `at`; nothing before `floor` is read. */
export function readUnitBefore(bytes: Uint8Array, at: number, floor: number): Unit {
  if (at <= floor) return nothing;
  const byte = bytes[at - 1] as number;
  if (byte < 0x80) return unitOf(1, byte);
  for (let length = 2; length <= 4 && at - length >= floor; length += 1)
    if (sequenceLength(bytes, at - length, at) === length) return unitOf(length, pointAt(bytes, at - length, length));
  return lonelyByte(byte);
}

export function endsWith(bytes: Uint8Array, at: number, floor: number, word: string): boolean {
  if (at - word.length < floor) return false;
  for (let index = 0; index < word.length; index += 1)
    if (bytes[at - word.length + index] !== word.charCodeAt(index)) return false;
  return true;
}
