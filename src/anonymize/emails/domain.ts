/** Where the domain of an address ends: what comes after the at sign, in a text without escapes. */
import { dot, hyphen, isUnseen, letter, pictograph, underscore } from './characters.ts';
import { isFileName } from './file-names.ts';
import { readUnit, readUnitBefore, type Unit, unitClass, unitLength, unitPoint } from './units.ts';

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
    if (label === noLabel) break;
    labels += 1;
    const unitsEnd = index + unitsLength(label);
    const next = readUnit(bytes, unitsEnd, to);
    const isLast = !separates(next, hasFullStop) || !isInLabel(readUnit(bytes, unitsEnd + unitLength(next), to));
    if (labels > 1 && beginsTopLevel(bytes, index, to)) {
      shorter = end;
      end = isLast ? latinEnd(bytes, index, unitsEnd) : -1;
      if (end < 0) end = index + lettersLength(label);
    }
    if (isLast) break;
    hasFullStop ||= unitPoint(next) === fullStop;
    index = unitsEnd + unitLength(next);
  }
  if (end < 0 || isVersion(bytes, from, end)) return -1;
  if (!isFileName(bytes, from, end)) return end;
  return labels > 2 ? shorter : -1;
}

const version = /^v?\d+(?:\.(?:\d+|x))*\.x$|^v?\d+\.\d+\.\d+-/i;

/** Whether this is a version rather than a domain: `node@18.x`, `pkg@1.2.3-beta.rc`. */
function isVersion(bytes: Uint8Array, from: number, end: number): boolean {
  const first = bytes[from] as number;
  if (!isDigit(first) && !((first | 0x20) === 0x76 && isDigit(bytes[from + 1] as number))) return false;
  return version.test(Buffer.from(bytes.subarray(from, end)).toString('latin1'));
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

const fullStop = 0x2e;

/** Whether the unit is between two labels. After a domain with full stops, one of another script ends a sentence. */
function separates(unit: Unit, hasFullStop: boolean): boolean {
  return unitClass(unit) === dot && !(hasFullStop && unitPoint(unit) >= 0x80);
}

/** Two lengths in one integer: of all units of a label (upper 16 bits), and up to its last letter or digit. */
type Label = number;
const noLabel: Label = 0;

function unitsLength(label: Label): number {
  return label >>> 16;
}

/** Without the hyphens after the last letter: no label ends in one. */
function lettersLength(label: Label): number {
  return label & 0xffff;
}

/** The label that begins at `from`; `noLabel` when there is no letter or digit in it. */
function readLabel(bytes: Uint8Array, from: number, to: number): Label {
  let index = from;
  let end = from;
  for (
    let unit = readUnit(bytes, index, to);
    isInLabel(unit) || isMiddleDot(unit, bytes, index, to);
    unit = readUnit(bytes, index, to)
  ) {
    index += unitLength(unit);
    if (unitClass(unit) === letter || unitClass(unit) === pictograph) end = index;
  }
  return end === from ? noLabel : ((index - from) << 16) | (end - from);
}

/**
 * End of the Latin letters at the beginning of a label when another script or an underscore follows: the domain ends there, and
 * text goes on without a space. Otherwise -1.
 */
function latinEnd(bytes: Uint8Array, from: number, to: number): number {
  let index = from;
  let letters = 0;
  let unit = readUnit(bytes, index, to);
  for (; isLatin(unit) || joins(unit, bytes, index, to); unit = readUnit(bytes, index, to)) {
    index += unitLength(unit);
    letters += 1;
  }
  if (index >= to || letters < 2) return -1;
  return unitPoint(unit) >= 0x80 || unitClass(unit) === underscore ? index : -1;
}

/** Letters up to Latin Extended-B, combining accents, Latin Extended Additional. */
function isLatin(unit: Unit): boolean {
  const point = unitPoint(unit);
  if (point < 0x80) return isLatinLetter(point);
  return (
    unitClass(unit) === letter &&
    ((point >= 0xc0 && point < 0x250) || (point >= 0x300 && point < 0x370) || (point >= 0x1e00 && point < 0x1f00))
  );
}

/** A soft hyphen, or a letter that could not be read, between two letters. */
function joins(unit: Unit, bytes: Uint8Array, index: number, to: number): boolean {
  const point = unitPoint(unit);
  return (
    (point === softHyphen || point === replacementCharacter) && isLatin(readUnit(bytes, index + unitLength(unit), to))
  );
}

const softHyphen = 0xad;
const replacementCharacter = 0xfffd;

const middleDot = 0xb7;
const katakanaDot = 0x30fb;

/** The dot of Catalan between two `l` (`col·legi.cat`), and that of Japanese between its letters (RFC 5892, A.3 and A.7). */
function isMiddleDot(unit: Unit, bytes: Uint8Array, index: number, to: number): boolean {
  const point = unitPoint(unit);
  if (point !== middleDot && point !== katakanaDot) return false;
  const isBeside = point === middleDot ? isL : isJapanese;
  return isBeside(readUnitBefore(bytes, index, 0)) && isBeside(readUnit(bytes, index + unitLength(unit), to));
}

function isL(unit: Unit): boolean {
  return (unitPoint(unit) | 0x20) === 0x6c;
}

/** Hiragana, Katakana, Han. */
function isJapanese(unit: Unit): boolean {
  const point = unitPoint(unit);
  return unitClass(unit) === letter && point >= 0x3005 && point <= 0x9fff;
}

function isInLabel(unit: Unit): boolean {
  const kind = unitClass(unit);
  return kind === letter || kind === hyphen || kind === underscore || kind === pictograph || isUnseen(unitPoint(unit));
}

/** Top-level domains begin with a letter: `lodash@4.17.21` is a version. */
function beginsTopLevel(bytes: Uint8Array, from: number, to: number): boolean {
  let index = from;
  let unit = readUnit(bytes, index, to);
  for (; isUnseen(unitPoint(unit)); unit = readUnit(bytes, index, to)) index += unitLength(unit);
  return unitClass(unit) === letter && !isDigit(unitPoint(unit));
}

function isLatinLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

const openingBracket = 0x5b;
const closingBracket = 0x5d;
/** Bytes of an address literal, the opening bracket included: an IPv6 address with its tag takes 47. */
const longestLiteral = 64;

/** Where letters end that stand behind a literal without a blank: they would go on with what is written instead. */
function wordEnd(bytes: Uint8Array, from: number, to: number): number {
  let index = from;
  let end = from;
  for (let unit = readUnit(bytes, index, to); isInLabel(unit) || unitClass(unit) === dot; ) {
    index += unitLength(unit);
    if (unitClass(unit) === letter) end = index;
    unit = readUnit(bytes, index, to);
  }
  return end;
}

/** `user@[192.168.0.1]`, `user@[IPv6:2001:db8::1]`. @returns -1 when it is not one */
function literalEnd(bytes: Uint8Array, from: number, to: number): number {
  let digits = 0;
  for (let index = from + 1; index < Math.min(to, from + longestLiteral); index += 1) {
    const byte = bytes[index] as number;
    if (byte === closingBracket) return digits > 0 ? wordEnd(bytes, index + 1, to) : -1;
    if (isDigit(byte)) digits += 1;
    const isPunctuation = byte === 0x2e || byte === 0x3a || byte === 0x2d;
    if (!isDigit(byte) && !isPunctuation && !isLatinLetter(byte)) return -1;
  }
  return -1;
}
