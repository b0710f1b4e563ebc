/** Finds phone numbers, IBANs and card numbers in text. Form and check digits distinguish them from other numbers. */
import { byteKinds, digit, letter, separator } from './byte-kinds.ts';
import { findCards } from './cards.ts';
import { isInCode } from './codes.ts';
import { Groups } from './groups.ts';
import { isInIban } from './ibans.ts';
import { findPhones } from './phones.ts';
import { followsWideSeparator, isWideSeparator, widestSeparator, withPlainSeparators } from './wide-separators.ts';

export type NumberKind = 'phones' | 'ibans' | 'cards';

/**
 * @param start of the number, with a plus before it
 * @param passes whether it is one; otherwise only its check digit, or its leading zero, is not right
 */
export type VisitNumber = (kind: NumberKind, start: number, end: number, passes: boolean) => void;

/** Digits of the shortest number that counts. */
export const fewestDigits = 9;

/** Separators that may follow each other inside a number: `030 / 123 45 67`. */
const maxGap = 3;

const space = 0x20;
const openParenthesis = 0x28;
const plusSign = 0x2b;
const hyphen = 0x2d;
const two = 0x32;
const semicolon = 0x3b;
const backslash = 0x5c;
const letterB = 0x62;
const letterE = 0x65;
/** Local, for the loops. */
const kinds = byteKinds;

/** Calls `visit` for every number between `from` and `to`, and for what is written like one. */
export function findNumbers(bytes: Uint8Array, from: number, to: number, visit: VisitNumber): void {
  scan(bytes, from, to, from, visit);
}

/** @param floor where it begins; what is before it, from `from` on, only decides what stands before a number */
function scan(bytes: Uint8Array, from: number, to: number, floor: number, visit: VisitNumber): void {
  for (let at = floor, behind = floor; at < to; ) {
    const byte = bytes[at] as number;
    if (kinds[byte] !== digit) {
      // A number takes more bytes than are passed over; of those that may be between its digits, none are.
      at += kinds[byte] === separator ? 1 : byte >= 0x80 ? widestSeparator : fewestDigits;
      continue;
    }
    const start = firstDigit(bytes, at, behind);
    if (start > behind && (bytes[start - 1] as number) >= 0x80 && followsWideSeparator(bytes, start, behind)) {
      scanPlain(bytes, from, to, behind, visit);
      return;
    }
    let digits = 0;
    let end = start;
    for (at = start; at < to; at += 1) {
      const kind = kinds[bytes[at] as number];
      if (kind === digit) {
        digits += 1;
        end = at + 1;
      } else if (kind !== separator || at - end >= maxGap) break;
    }
    if (at < to && kinds[bytes[at] as number] === letter && isWideSeparator(bytes, at, to)) {
      scanPlain(bytes, from, to, start, visit);
      return;
    }
    if (digits >= fewestDigits) classify(bytes, start, end, from, to, digits, visit);
    behind = end;
  }
}

function scanPlain(bytes: Uint8Array, from: number, to: number, floor: number, visit: VisitNumber): void {
  const plain = withPlainSeparators(bytes, from, to);
  scan(plain, 0, plain.length, floor - from, (kind, start, end, passes) =>
    visit(kind, start + from, end + from, passes),
  );
}

/** The first digit of the number that goes through `at`. */
function firstDigit(bytes: Uint8Array, at: number, floor: number): number {
  let start = at;
  for (let back = at - 1; back >= floor && start - back <= maxGap + 1; back -= 1) {
    const kind = kinds[bytes[back] as number];
    if (kind === digit) start = back;
    else if (kind !== separator) break;
  }
  return start;
}

/** Where the last IBAN is: reused, as the groups are. */
const found = { start: 0, end: 0 };
const groups = new Groups();

function classify(
  bytes: Uint8Array,
  start: number,
  end: number,
  from: number,
  to: number,
  digits: number,
  visit: VisitNumber,
): void {
  const before = byteBefore(bytes, start, from);
  const after = end < to ? (bytes[end] as number) : space;
  if ((kinds[before] === letter || kinds[before] === separator) && isInIban(bytes, start, to, found)) {
    visit('ibans', found.start, found.end, true);
    return;
  }
  const plus = before === plusSign;
  // Part of a word, or of a sum.
  if (kinds[before] === letter || kinds[after] === letter || (plus && followsNumber(bytes, start - 1, from))) return;
  groups.read(bytes, start, end);
  const visitKind = (kind: NumberKind, first: number, last: number, passes: boolean): void => {
    if (isInCode(bytes, first, last, from, to)) return;
    visit(kind, plus && bytes[first - 1] === plusSign ? first - 1 : first, last, passes);
  };
  // With a plus it is a phone number, whatever its last digit.
  if (!plus && findCards(groups, digits, (first, last, passes) => visitKind('cards', first, last, passes))) return;
  // Codes such as INV-0813-707339 are no phone numbers.
  if (!plus && (isJoined(bytes, start - 1, -1, from, to) || isJoined(bytes, end, 1, from, to))) return;
  const opened = plus ? 'plus' : bytes[start - 1] === openParenthesis && start > from ? 'parenthesis' : 'other';
  findPhones(groups, digits, opened, (first, last, passes) => visitKind('phones', first, last, passes));
}

/** Whether a hyphen joins a number to a letter. @param step towards the letter */
function isJoined(bytes: Uint8Array, at: number, step: -1 | 1, from: number, to: number): boolean {
  if (at < from || at >= to || bytes[at] !== hyphen) return false;
  const next = at + step;
  return next >= from && next < to && kinds[bytes[next] as number] === letter;
}

/** Whether a plus belongs to what stands before it: `902+300985846`, `1e+300985846`. */
function followsNumber(bytes: Uint8Array, plus: number, from: number): boolean {
  if (bytes[plus] !== plusSign) return false;
  const exponent = plus > from && ((bytes[plus - 1] as number) | 0x20) === letterE;
  const at = exponent ? plus - 2 : plus - 1;
  return at >= from && kinds[bytes[at] as number] === digit;
}

/** How a plus is written in URLs, in JSON and in HTML. */
const escapedPlus = /(%2b|\\u002b|&#43;|&plus;)$/i;
const longestEscape = 6;

/** The byte before the number. The letter of an escape, such as a line end in JSON, counts as a space. */
function byteBefore(bytes: Uint8Array, start: number, from: number): number {
  if (start <= from) return space;
  const before = bytes[start - 1] as number;
  const last = bytes[start - 2];
  if (
    start - 2 >= from &&
    (((before | 0x20) === letterB && last === two) || (before === semicolon && last !== space))
  ) {
    const text = Buffer.from(bytes.subarray(Math.max(from, start - longestEscape), start)).toString('latin1');
    if (escapedPlus.test(text)) return plusSign;
  }
  const escaped = start - 2 >= from && bytes[start - 2] === backslash && /[nrtbf]/.test(String.fromCharCode(before));
  return escaped ? space : before;
}
