/** Where the domain of an address ends: what stands behind the at sign. */
import { dot, hyphen, isUnseen, letter, underscore } from './characters.ts';
import { isFileName } from './file-names.ts';
import { readUnit, type Unit, unitClass, unitLength, unitPoint } from './units.ts';

/** One label of a domain, as far as it could go. */
interface Label {
  /** Code point of its first unit. */
  readonly first: number;
  /** Behind its last letter or digit. */
  readonly end: number;
  /** Behind all of its units, with the hyphens behind the last letter. */
  readonly unitsEnd: number;
  /** Where Latin letters go over into another script or an underscore: text without spaces may follow there. -1 if nowhere. */
  readonly latinEnd: number;
}

/**
 * @param to nothing at or after this position is read
 * @returns where the domain that begins at `from` ends; -1 when there is no domain
 */
export function domainEnd(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from] === openingBracket) return literalEnd(bytes, from, to);
  let end = -1;
  /** The end without the last label: `a@b.example.pdf` is the name of a file with an address in it. */
  let shorter = -1;
  let hasFullStop = false;
  let labels = 0;
  let index = from;
  for (;;) {
    const label = readLabel(bytes, index, to);
    if (label === undefined) break;
    labels += 1;
    const next = readUnit(bytes, label.unitsEnd, to);
    const isLast = !separates(next, hasFullStop) || !labelBegins(bytes, label.unitsEnd + unitLength(next), to);
    if (labels > 1 && beginsTopLevel(label.first)) {
      shorter = end;
      end = isLast && label.latinEnd > 0 && isLatin(bytes, index, label.latinEnd) ? label.latinEnd : label.end;
    }
    if (isLast) break;
    hasFullStop ||= unitPoint(next) === fullStop;
    index = label.unitsEnd + unitLength(next);
  }
  if (end < 0 || !isFileName(bytes, from, end)) return end;
  return labels > 2 ? shorter : -1;
}

const fullStop = 0x2e;

/** Whether the unit stands between two labels. Behind a domain with full stops, the one of another script ends a sentence. */
function separates(unit: Unit, hasFullStop: boolean): boolean {
  return unitClass(unit) === dot && !(hasFullStop && unitPoint(unit) >= 0x80);
}

/** The label that begins at `from`; undefined when there is no letter or digit in it. */
function readLabel(bytes: Uint8Array, from: number, to: number): Label | undefined {
  let first = 0;
  let end = from;
  let latinEnd = -1;
  let index = from;
  for (let unit = readUnit(bytes, index, to); isInLabel(unit); unit = readUnit(bytes, index, to)) {
    const point = unitPoint(unit);
    const kind = unitClass(unit);
    if (index === from) first = point;
    const isForeign = point >= 0x80 || kind === underscore;
    if (isForeign && latinEnd < 0 && index - from >= 2 && first < 0x80) latinEnd = index;
    index += unitLength(unit);
    if (kind === letter) end = index;
  }
  return end === from ? undefined : { first, end, unitsEnd: index, latinEnd };
}

function isInLabel(unit: Unit): boolean {
  const kind = unitClass(unit);
  return kind === letter || kind === hyphen || kind === underscore || isUnseen(unitPoint(unit));
}

function labelBegins(bytes: Uint8Array, at: number, to: number): boolean {
  return isInLabel(readUnit(bytes, at, to));
}

/** Top-level domains begin with a letter: `lodash@4.17.21` is a version. */
function beginsTopLevel(point: number): boolean {
  return !(point >= 0x30 && point <= 0x39) && point !== 0x2d && point !== 0x5f;
}

function isLatin(bytes: Uint8Array, from: number, to: number): boolean {
  for (let index = from; index < to; index += 1) if (!isLatinLetter(bytes[index] as number)) return false;
  return true;
}

function isLatinLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

const openingBracket = 0x5b;
const closingBracket = 0x5d;
/** Bytes of an address literal, the opening bracket included: an IPv6 address with its tag takes 47. */
const longestLiteral = 64;

/** `user@[192.168.0.1]`, `user@[IPv6:2001:db8::1]`. @returns -1 when it is not one */
function literalEnd(bytes: Uint8Array, from: number, to: number): number {
  let digits = 0;
  for (let index = from + 1; index < Math.min(to, from + longestLiteral); index += 1) {
    const byte = bytes[index] as number;
    if (byte === closingBracket) return digits > 0 ? index + 1 : -1;
    const isDigit = byte >= 0x30 && byte <= 0x39;
    if (isDigit) digits += 1;
    const isPunctuation = byte === 0x2e || byte === 0x3a || byte === 0x2d;
    if (!isDigit && !isPunctuation && !isLatinLetter(byte)) return -1;
  }
  return -1;
}
