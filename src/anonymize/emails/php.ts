/**
 * Strings of PHP's serialize(): `s:16:"norbert@real.com";` states how many bytes the string has, which must stay true when an
 * address in it is replaced.
 */
import type { Patches } from '../bytes/patches.ts';

const quote = 0x22;
const colon = 0x3a;
const semicolon = 0x3b;

interface SerializedString {
  /** Where the digits of its length are. */
  readonly digits: number;
  readonly digitsEnd: number;
  /** Where the string begins and ends, between the quotes. */
  readonly begin: number;
  readonly end: number;
}

/** Adds patches for the lengths of the strings that patches make longer or shorter. */
export function correctLengths(bytes: Buffer, from: number, to: number, patches: Patches): void {
  const strings = serializedStrings(bytes, from, to);
  if (strings.length === 0) return;
  const changes = patches.starts.slice(0, patches.count).map((start, index) => ({
    start,
    end: patches.ends[index] as number,
    by: patches.text(index).length - ((patches.ends[index] as number) - start),
  }));
  // From the inside out: a corrected length may have one digit more, which makes the string around it longer.
  for (const one of strings.toSorted((a, b) => a.end - a.begin - (b.end - b.begin))) {
    const by = changes.reduce(
      (sum, change) => (change.start >= one.begin && change.end <= one.end ? sum + change.by : sum),
      0,
    );
    if (by === 0) continue;
    const text = Buffer.from(String(one.end - one.begin + by));
    patches.insert(one.digits, one.digitsEnd, text);
    changes.push({ start: one.digits, end: one.digitsEnd, by: text.length - (one.digitsEnd - one.digits) });
  }
}

const lengthEnd = Buffer.from(':"');

/** As a string of MySQL escapes it. */
const escapedEnd = Buffer.from(':\\"');

/** Whether a length may be stated in bytes as MySQL writes strings: `:"` or `:\"` after a digit. */
export function mayNoteEscapedLengths(bytes: Buffer, from: number, to: number): boolean {
  const region = bytes.subarray(from, to);
  for (let at = region.indexOf(escapedEnd); at >= 0; at = region.indexOf(escapedEnd, at + 3))
    if (isDigit(region[at - 1])) return true;
  return mayNoteLengths(bytes, from, to);
}

/** Whether a length may be stated here: `:"` after a digit. */
export function mayNoteLengths(bytes: Buffer, from: number, to: number): boolean {
  const region = bytes.subarray(from, to);
  for (let at = region.indexOf(lengthEnd); at >= 0; at = region.indexOf(lengthEnd, at + 2))
    if (isDigit(region[at - 1])) return true;
  return false;
}

/** Where the last string ends that begins before `to` and goes on beyond it; `to` when there is none. */
export function openUntil(bytes: Buffer, from: number, to: number): number {
  let end = to;
  const text = bytes.toString('latin1', from, to);
  for (const match of text.matchAll(/\bs:(\d{1,10}):"/g))
    end = Math.max(end, from + match.index + match[0].length + Number(match[1]));
  return end;
}

function serializedStrings(bytes: Buffer, from: number, to: number): SerializedString[] {
  const strings: SerializedString[] = [];
  const region = bytes.subarray(0, to);
  for (let at = region.indexOf(lengthEnd, from); at >= 0; at = region.indexOf(lengthEnd, at + 1)) {
    let digits = at;
    while (digits > from && isDigit(bytes[digits - 1])) digits -= 1;
    if (digits === at || digits - 2 < from || bytes[digits - 1] !== colon || bytes[digits - 2] !== 0x73) continue;
    const begin = at + lengthEnd.length;
    const end = begin + Number(bytes.toString('latin1', digits, at));
    // A number that does not lead to the closing quote is not a length.
    if (end < to && bytes[end] === quote && (bytes[end + 1] === semicolon || end + 1 === to))
      strings.push({ digits, digitsEnd: at, begin, end });
  }
  return strings;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
