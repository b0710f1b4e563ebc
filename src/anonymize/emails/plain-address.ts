/**
 * The fast path for nearly all addresses: ASCII, with nothing beside them that could belong to them. It finds what
 * `findAddresses` would find, or nothing. Both ends are independent of each other:
 *
 *     const start = plainStart(bytes, at, floor);
 *     const end = start < 0 ? -1 : plainEnd(bytes, at, to);
 */
import { isFileName } from './file-names.ts';

const alphanumeric = 1;
/** What else an ordinary local part holds. */
const punctuation = 2;
/** What may be directly next to an address without being examined further. */
const boundary = 3;

const kinds = new Uint8Array(256);
for (let byte = 0; byte < 128; byte += 1) {
  const character = String.fromCharCode(byte);
  if (/[A-Za-z0-9]/.test(character)) kinds[byte] = alphanumeric;
  else if (/[._+-]/.test(character)) kinds[byte] = punctuation;
  else if (/[\t\n ,"<>()[\]{}]/.test(character)) kinds[byte] = boundary;
}

const atSign = 0x40;
const dot = 0x2e;
const hyphen = 0x2d;
const space = 0x20;
const doubleQuote = 0x22;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const closeBrace = 0x7d;
const firstLetter = 0x41;
/** Bytes of a local part and of a domain (RFC 5321, 4.5.3.1). */
const longestLocal = 64;
const longestDomain = 255;

/**
 * @param at position of the at sign
 * @param floor nothing before this position is read
 * @returns where the local part begins; -1 when it is not a plain one
 */
export function plainStart(bytes: Uint8Array, at: number, floor: number): number {
  if (bytes[at] !== atSign) return -1;
  let start = at;
  while (start > floor && isLocal(bytes[start - 1] as number)) start -= 1;
  if (start === at || at - start > longestLocal || kinds[bytes[start] as number] !== alphanumeric) return -1;
  const before = start > floor ? (bytes[start - 1] as number) : space;
  // `[.]` and `\u{6d}` may end before it, and `[.]` begin behind a domain.
  return kinds[before] !== boundary || before === closeBracket || before === closeBrace ? -1 : start;
}

/** Whether a digit is here, or `v` and a digit. */
function mayBeVersion(bytes: Uint8Array, at: number): boolean {
  const isPrefixed = ((bytes[at] as number) | 0x20) === 0x76;
  return (bytes[isPrefixed ? at + 1 : at] as number) < firstLetter;
}

function isLocal(byte: number): boolean {
  const kind = kinds[byte] as number;
  return kind === alphanumeric || kind === punctuation;
}

/**
 * @param at position of the at sign
 * @param to nothing at or after this position is read
 * @returns where the domain ends; -1 when it is not a plain one
 */
export function plainEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = at + 1;
  let lastDot = -1;
  let hyphens = false;
  for (; end < to; end += 1) {
    const byte = bytes[end] as number;
    if (byte === dot) {
      if (end - lastDot === 1 || end === at + 1) return -1;
      lastDot = end;
    } else if (byte === hyphen) hyphens = true;
    else if (kinds[byte] !== alphanumeric) break;
  }
  if (end < to && (kinds[bytes[end] as number] !== boundary || bytes[end] === openBracket)) return -1;
  // In quotes before another at sign it is a local part.
  if (end + 1 < to && bytes[end] === doubleQuote && bytes[end + 1] === atSign) return -1;
  if (lastDot < 0 || end - lastDot < 2 || end - at > longestDomain || bytes[end - 1] === hyphen) return -1;
  // A label of hyphens, or what may be a version number, is left to `findAddresses`.
  if ((hyphens || end - lastDot === 2) && mayBeVersion(bytes, at + 1)) return -1;
  if (bytes[lastDot - 1] === hyphen || (bytes[lastDot + 1] as number) < firstLetter) return -1;
  return isFileName(bytes, at + 1, end) ? -1 : end;
}
