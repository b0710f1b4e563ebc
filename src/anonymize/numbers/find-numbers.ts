/** Finds phone numbers, IBANs and card numbers in text. Form and check digits distinguish them from other numbers. */
import { byteKinds, digit, letter, separator } from './byte-kinds.ts';
import { isCard } from './cards.ts';
import { isInCode } from './codes.ts';
import { isInIban } from './ibans.ts';
import { isPhone } from './phones.ts';

export type NumberKind = 'phones' | 'ibans' | 'cards';

/** @param start of the number, with a plus before it */
export type VisitNumber = (kind: NumberKind, start: number, end: number) => void;

/** Digits of the shortest number that counts. */
export const fewestDigits = 9;

/** Separators that may follow each other inside a number. */
const maxGap = 2;

const space = 0x20;
const plusSign = 0x2b;
const dot = 0x2e;
const backslash = 0x5c;
const letterE = 0x65;
/** Local, for the loops. */
const kinds = byteKinds;

/** Calls `visit` for every number between `from` and `to`. */
export function findNumbers(bytes: Uint8Array, from: number, to: number, visit: VisitNumber): void {
  let at = from;
  let floor = from;
  while (at < to) {
    // Of three bytes in a row, one is a digit wherever there is a number.
    if (kinds[bytes[at] as number] !== digit) {
      at += maxGap + 1;
      continue;
    }
    const start = firstDigit(bytes, at, floor);
    let digits = 0;
    let end = start;
    for (at = start; at < to; at += 1) {
      const kind = kinds[bytes[at] as number];
      if (kind === digit) {
        digits += 1;
        end = at + 1;
      } else if (kind !== separator || at - end >= maxGap) break;
    }
    if (digits >= fewestDigits) classify(bytes, start, end, from, to, digits, visit);
    floor = end;
  }
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

/** Where the last IBAN is: reused. */
const found = { start: 0, end: 0 };

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
  if ((kinds[before] === letter || before === space) && isInIban(bytes, start, to, found)) {
    visit('ibans', found.start, found.end);
    return;
  }
  // Part of a word, or of a longer number with a decimal point.
  if (kinds[before] === letter || kinds[after] === letter || before === dot || after === dot) return;
  // With a plus it is a phone number, whatever its last digit.
  const plus = before === plusSign;
  if (plus && followsNumber(bytes, start - 1, from)) return;
  const kind =
    !plus && isCard(bytes, start, end, digits)
      ? 'cards'
      : isPhone(bytes, start, end, before, digits)
        ? 'phones'
        : undefined;
  if (kind !== undefined && !isInCode(bytes, start, end, from, to)) visit(kind, plus ? start - 1 : start, end);
}

/** Whether a plus belongs to what stands before it: `902+300985846`, `1e+300985846`. */
function followsNumber(bytes: Uint8Array, plus: number, from: number): boolean {
  const exponent = plus > from && ((bytes[plus - 1] as number) | 0x20) === letterE;
  const at = exponent ? plus - 2 : plus - 1;
  return at >= from && kinds[bytes[at] as number] === digit;
}

/** The byte before the number. The letter of an escape, such as a line end in JSON, counts as a space. */
function byteBefore(bytes: Uint8Array, start: number, from: number): number {
  if (start <= from) return space;
  const before = bytes[start - 1] as number;
  const escaped = start - 2 >= from && bytes[start - 2] === backslash && /[nrtbf]/.test(String.fromCharCode(before));
  return escaped ? space : before;
}
