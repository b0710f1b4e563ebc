/** Finds e-mail addresses in text, in every disguise that units.ts and at-signs.ts know. */
import { atSignLength, nextAtSign } from './at-signs.ts';
import { apostrophe, delimiter, dot, equals, hyphen, isUnseen, letter, underscore } from './characters.ts';
import { endsWith, readUnit, readUnitBefore, unitClass, unitLength, unitPoint } from './units.ts';

/**
 * Bytes looked at on either side of an at sign. RFC 5321 allows 64 for the local part and 255 for the domain; escaped,
 * each character takes up to six.
 */
export const reach = 1536;

/** The addresses of a text, in order: positions in arrays that are used again and again. */
export class Addresses {
  count = 0;
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** Where the at sign that is kept begins, and its length. */
  readonly ats: number[] = [];
  readonly atLengths: number[] = [];

  clear(): void {
    this.count = 0;
  }

  add(start: number, end: number, at: number, atLength: number): void {
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.ats[this.count] = at;
    this.atLengths[this.count] = atLength;
    this.count += 1;
  }
}

/**
 * Collects the addresses between `from` and `to` whose at sign stands before `decided`.
 * @param nesting see `escapes` in units.ts
 */
export function findAddresses(
  bytes: Uint8Array,
  from: number,
  to: number,
  nesting: number,
  found: Addresses,
  decided: number = to,
): void {
  let floor = from;
  let at = nextAtSign(bytes, from, to);
  while (at >= 0 && at < decided) {
    if (plainAddress(bytes, at, floor, to)) {
      found.add(plainStart, plainEnd, at, 1);
      floor = plainEnd;
      at = nextAtSign(bytes, floor, to);
      continue;
    }
    const length = atSignLength(bytes, at, to);
    if (isPassword(bytes, at, Math.max(from, at - reach))) {
      at = nextAtSign(bytes, at + length, to);
      continue;
    }
    const start = localStart(bytes, at, Math.max(floor, at - reach), nesting);
    let end = start < at ? domainEnd(bytes, at + length, Math.min(to, at + length + reach)) : -1;
    if (end > 0) {
      // "a@b.example@relay.example" is one address to whoever wrote it.
      for (let more = atSignLength(bytes, end, to); more > 0; more = atSignLength(bytes, end, to)) {
        const further = domainEnd(bytes, end + more, Math.min(to, end + more + reach));
        if (further < 0) break;
        end = further;
      }
      found.add(start, end, at, length);
      floor = end;
    }
    at = nextAtSign(bytes, Math.max(at + length, floor), to);
  }
}

/** 1: letters and digits; 2: what else an ordinary address has; 3: what may stand beside one and needs no second look. */
const plain = new Uint8Array(256);
for (let byte = 0; byte < 128; byte += 1) {
  const character = String.fromCharCode(byte);
  if (/[A-Za-z0-9]/.test(character)) plain[byte] = 1;
  else if (/[._+-]/.test(character)) plain[byte] = 2;
  else if (/[\t\n ,"<>()[\]{}]/.test(character)) plain[byte] = 3;
}

function isPlain(byte: number): boolean {
  const kind = plain[byte] as number;
  return kind === 1 || kind === 2;
}

/** Where the address stands that `plainAddress` found last. */
export let plainStart = 0;
export let plainEnd = 0;

/**
 * The short way for nearly all addresses: ASCII, and nothing beside them that could belong to them. Finds what the long
 * way would find, or nothing.
 */
export function plainAddress(bytes: Uint8Array, at: number, floor: number, to: number): boolean {
  if (bytes[at] !== 0x40) return false;
  let start = at;
  while (start > floor && isPlain(bytes[start - 1] as number)) start -= 1;
  if (at - start > 64 || (start > floor && plain[bytes[start - 1] as number] !== 3)) return false;
  if (start === at || plain[bytes[start] as number] !== 1) return false;
  let end = at + 1;
  let lastDot = -1;
  for (; end < to; end += 1) {
    const byte = bytes[end] as number;
    if (byte === 0x2e) {
      if (end - lastDot === 1 || end === at + 1) return false;
      lastDot = end;
    } else if (byte !== 0x2d && plain[byte] !== 1) break;
  }
  if (end < to && plain[bytes[end] as number] !== 3) return false;
  if (lastDot < 0 || end - lastDot < 2 || end - at > 255 || bytes[end - 1] === 0x2d) return false;
  // A label of hyphens, or a version number, is left to the long way.
  if (bytes[lastDot - 1] === 0x2d || (bytes[lastDot + 1] as number) < 0x41) return false;
  if (isFile(bytes, at + 1, end)) return false;
  plainStart = start;
  plainEnd = end;
  return true;
}

/** Whether `scheme://user:password` stands before the at sign: what follows is a host, and no address. */
function isPassword(bytes: Uint8Array, at: number, floor: number): boolean {
  if (bytes[at] !== 0x40) return false;
  let colons = 0;
  for (let index = at - 1; index >= floor; index -= 1) {
    const byte = bytes[index] as number;
    if (byte <= 0x20 || byte === 0x40 || byte === 0x22 || byte === 0x3f || byte === 0x23) return false;
    if (byte === 0x3a) colons = bytes[index + 1] === 0x2f ? colons : colons + 1;
    if (byte === 0x2f) return colons > 0 && bytes[index - 1] === 0x2f && bytes[index - 2] === 0x3a;
  }
  return false;
}

/** Where the local part before the at sign begins; `at` itself when there is none. */
function localStart(bytes: Uint8Array, at: number, floor: number, nesting: number): number {
  const quoted = quotedStart(bytes, at, floor);
  if (quoted < at) return quoted;
  let index = at;
  /** Begin of the leftmost unit that may stand first. */
  let start = at;
  for (;;) {
    readUnitBefore(bytes, index, floor, nesting);
    const { length, kind } = { length: unitLength, kind: unitClass };
    if (length === 0 || kind === delimiter) return start;
    if (kind === equals && !mailSystems(bytes, index - length, floor, nesting)) return start;
    if (kind === apostrophe && !between(bytes, index, length, floor, at, nesting)) return start;
    index -= length;
    if (kind === letter || kind === underscore) start = index;
  }
}

/** An apostrophe counts between letters only; otherwise it is a quote. */
function between(
  bytes: Uint8Array,
  index: number,
  length: number,
  floor: number,
  at: number,
  nesting: number,
): boolean {
  readUnit(bytes, index, at);
  if (unitClass !== letter) return false;
  readUnitBefore(bytes, index - length, floor, nesting);
  return unitClass === letter;
}

/** `bounce+user=host@`, `SRS0=hash=tt=host=user@`, `prvs=tag=user@`: here the equals sign is part of the local part. */
function mailSystems(bytes: Uint8Array, at: number, floor: number, nesting: number): boolean {
  let index = at;
  for (;;) {
    readUnitBefore(bytes, index, floor, nesting);
    if (unitPoint === 0x2b) return true;
    if (unitLength === 0 || unitClass === delimiter || unitClass === apostrophe) break;
    index -= unitLength;
  }
  const word = Buffer.from(bytes.subarray(index, Math.min(index + 5, at + 1)))
    .toString('latin1')
    .toLowerCase();
  return word.startsWith('srs0=') || word.startsWith('srs1=') || word === 'prvs=' || word.startsWith('srs0+');
}

const htmlQuote = '&quot;';

/** A quoted local part (`"odd local"@`), with the quotes as escaped as they are here; `at` when there is none. */
function quotedStart(bytes: Uint8Array, at: number, floor: number): number {
  const last = bytes[at - 1];
  let quote = '';
  if (at > floor && last === 0x22) {
    let begin = at - 1;
    while (begin > floor && (bytes[begin - 1] === 0x5c || bytes[begin - 1] === 0x22)) begin -= 1;
    quote = Buffer.from(bytes.subarray(begin, at)).toString('latin1');
  } else if (endsWith(bytes, at, floor, htmlQuote)) quote = htmlQuote;
  else if (endsWith(bytes, at, floor, '%22')) quote = '%22';
  else return at;
  const opening = openingQuote(bytes, at - quote.length, Math.max(floor, at - 400), quote);
  if (opening < 0) return at;
  // A quote right after a word closes something else.
  readUnitBefore(bytes, opening, floor, 0);
  return unitLength > 0 && unitClass === letter ? at : opening;
}

/** The nearest such quote to the left, if what it encloses has a letter and nothing that a quoted part cannot have. */
function openingQuote(bytes: Uint8Array, end: number, floor: number, quote: string): number {
  let letters = 0;
  for (let index = end; index > floor; index -= 1) {
    if (endsWith(bytes, index, floor, quote)) {
      // With one more backslash it is another quote.
      if (index - quote.length > floor && bytes[index - quote.length - 1] === 0x5c) return -1;
      return letters > 0 ? index - quote.length : -1;
    }
    const byte = bytes[index - 1] as number;
    if (byte < 0x20 || byte === 0x40 || (byte === 0x22 && quote.length > 0)) return -1;
    readUnitBefore(bytes, index, floor, 0);
    if (unitClass === letter) letters += 1;
  }
  return -1;
}

/**
 * Last labels that are names of files and no top-level domains (IANA, root zone database): `logo@2x.png` is an image.
 * Names that are both (`zip`, `sh`, `md`, `rs`) count as domains.
 */
const fileNames = new Set(
  'png jpg jpeg gif webp svg ico bmp tif tiff css scss js mjs json xml html htm txt pdf php'
    .split(' ')
    // As numbers, the last letter first: a string for each address would be garbage.
    .map((name) => [...name].reduceRight((packed, letter) => packed * 256 + letter.charCodeAt(0), 0)),
);

/** Where the domain that begins at `from` ends; -1 when what stands there is none. */
function domainEnd(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from] === 0x5b) return literalEnd(bytes, from, to);
  /** Ends of the labels so far that may be the last one, as top-level domains. */
  let end = -1;
  /** The end before the last one: `a@b.example.pdf` is the name of a file with an address in it. */
  let shorter = -1;
  let labels = 0;
  let hasPoint = false;
  let index = from;
  for (;;) {
    const begin = index;
    let plainEnd = -1;
    let first = 0;
    /** End of the label without the hyphens behind it. */
    let last = begin;
    for (;;) {
      readUnit(bytes, index, to);
      if (unitLength === 0 || !inLabel()) break;
      if (index === begin) first = unitPoint;
      // Where a label in Latin letters goes over into another script, text without spaces may go on; and no domain has an
      // underscore at its end.
      const another = unitPoint >= 0x80 || unitClass === underscore;
      if (plainEnd < 0 && another && index - begin >= 2 && first < 0x80) plainEnd = index;
      index += unitLength;
      if (unitClass === letter) last = index;
    }
    if (last === begin) break;
    labels += 1;
    const isLast =
      unitClass !== dot ||
      unitLength === 0 ||
      // Behind a domain with points, the full stop of another script ends the sentence.
      (hasPoint && unitPoint >= 0x80) ||
      !labelFollows(bytes, index, to);
    const ends = isLast && plainEnd > 0 && onlyPlain(bytes, begin, plainEnd) ? plainEnd : last;
    if (labels > 1 && startsLikeTop(first)) {
      shorter = end;
      end = ends;
    }
    if (isLast) break;
    readUnit(bytes, index, to);
    hasPoint ||= unitPoint === 0x2e;
    index += unitLength;
  }
  return end > 0 && isFile(bytes, from, end) ? (labels > 2 && shorter > 0 ? shorter : -1) : end;
}

/** Whether the unit that was read last may stand in a domain's label. */
function inLabel(): boolean {
  return unitClass === letter || unitClass === hyphen || unitClass === underscore || isUnseen(unitPoint);
}

/** Top-level domains begin with a letter: `lodash@4.17.21` is a version. */
function startsLikeTop(point: number): boolean {
  return !(point >= 0x30 && point <= 0x39) && point !== 0x2d && point !== 0x5f;
}

function onlyPlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let index = from; index < to; index += 1) {
    const byte = (bytes[index] as number) | 0x20;
    if (byte < 0x61 || byte > 0x7a) return false;
  }
  return true;
}

function labelFollows(bytes: Uint8Array, at: number, to: number): boolean {
  readUnit(bytes, at, to);
  const length = unitLength;
  readUnit(bytes, at + length, to);
  const follows = unitLength > 0 && inLabel();
  readUnit(bytes, at, to);
  return follows;
}

/** `user@[192.168.0.1]`, `user@[IPv6:2001:db8::1]`. */
function literalEnd(bytes: Uint8Array, from: number, to: number): number {
  let digits = 0;
  for (let index = from + 1; index < Math.min(to, from + 64); index += 1) {
    const byte = bytes[index] as number;
    if (byte === 0x5d) return digits > 0 ? index + 1 : -1;
    if (byte >= 0x30 && byte <= 0x39) digits += 1;
    const allowed = byte === 0x2e || byte === 0x3a || byte === 0x2d || (byte >= 0x30 && byte <= 0x39);
    if (!allowed && !((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a)) return -1;
  }
  return -1;
}

function isFile(bytes: Uint8Array, from: number, end: number): boolean {
  let packed = 0;
  for (let index = end - 1; index >= from && bytes[index] !== 0x2e; index -= 1) {
    if (end - index > 4) return false;
    packed = packed * 256 + ((bytes[index] as number) | 0x20);
  }
  return fileNames.has(packed);
}
