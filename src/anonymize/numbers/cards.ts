/** Card numbers: by issuer, length, grouping and check digit, which together tell them from other numbers with a check digit. */
import type { Groups } from './groups.ts';
import { isIssued, mayBegin } from './issuers.ts';

/** Digits of the shortest and of the longest. */
const [fewest, most] = [13, 19];
/** Digits of the shortest first group. */
const shortestGroup = 4;

/** How cards are written: in one piece, in groups of four, or as printed on cards of 14, 15 and 19 digits. */
const groupings = [
  /^\d+$/,
  /^(?:\d{4})+(?:([ -]+)\d{4}(?:\1?\d{4})*(?:\1?\d{1,3})?)$/,
  /^\d{4}([ .-])\d{4}\1\d{4}\1\d{4}$/,
  /^\d{4}([ -]+)\d{6}\1\d{4,5}$/,
  /^\d{6}[ -]+\d{10,13}$/,
];

/** @param passes whether it has the check digit; otherwise it is only written like a card number */
type VisitCard = (start: number, end: number, passes: boolean) => void;

/**
 * The cards among groups of digits: all groups together, or some of them, such as a card before its date of expiry.
 * @param digits of all groups
 * @returns whether there is one
 */
export function findCards(groups: Groups, digits: number, visit: VisitCard): boolean {
  if (digits < fewest) return false;
  const whole = digits <= most ? judge(groups, 0, groups.count - 1) : 'other';
  let found = whole === 'card';
  if (found) report(groups, 0, groups.count - 1, true, visit);
  else
    for (let first = 0; first < groups.count; first += 1) {
      const last = lastOfPart(groups, first);
      if (last < 0 || last - first === groups.count - 1) continue;
      const part = judge(groups, first, last);
      if (part === 'other') continue;
      report(groups, first, last, part === 'card', visit);
      found ||= part === 'card';
      first = last;
    }
  if (!found && whole === 'written like one') report(groups, 0, groups.count - 1, false, visit);
  return found;
}

function report(groups: Groups, first: number, last: number, passes: boolean, visit: VisitCard): void {
  visit(groups.starts[first] as number, groups.ends[last] as number, passes);
}

/** The last group of what stands by itself and may be a card; -1 when nothing does. */
function lastOfPart(groups: Groups, first: number): number {
  if (!groups.isBorder(first - 1)) return -1;
  const length = groups.length(first);
  if (length >= fewest && length <= most) return groups.isBorder(first) ? first : -1;
  if (groups.are(first, 4, 6, 5) || groups.are(first, 4, 6, 4)) return groups.isBorder(first + 2) ? first + 2 : -1;
  return areFours(groups, first) && groups.isBorder(first + 3) ? first + 3 : -1;
}

/** Whether four groups of four digits begin here. Of longer rows of such groups, as of fingerprints, only whole cards count. */
function areFours(groups: Groups, first: number): boolean {
  let [begin, end] = [first, first];
  while (groups.length(begin - 1) === 4) begin -= 1;
  while (groups.length(end) === 4) end += 1;
  return end > first && (end - begin) % 4 === 0 && (first - begin) % 4 === 0;
}

function judge(groups: Groups, first: number, last: number): 'card' | 'written like one' | 'other' {
  if (groups.length(first) < shortestGroup || !mayBegin(groups.bytes, groups.starts[first] as number)) return 'other';
  const written = groups.text(first, last);
  if (!groupings.some((pattern) => pattern.test(written))) return 'other';
  const number = written.replaceAll(/\D/g, '');
  if (!isIssued(number)) return 'other';
  if (!passesLuhn(number)) return 'written like one';
  return isOther(number) ? 'other' : 'card';
}

/** Other numbers whose last digit passes for that of a card. */
function isOther(number: string): boolean {
  // EAN-13, and so ISBN-13: one in ten that begin with 4, the prefix of Germany and Japan among others.
  if (number.length === 13) return isArticle(number);
  // SIRET, the number of a French establishment: the company's nine digits have a check digit of their own.
  return number.length === 14 && /^\d{9}00/.test(number) && passesLuhn(number.slice(0, 9));
}

/** Luhn's formula (ISO/IEC 7812-1, annex B). */
function passesLuhn(number: string): boolean {
  let sum = 0;
  for (let index = 0; index < number.length; index += 1) {
    const value = number.charCodeAt(number.length - 1 - index) - 0x30;
    const doubled = index % 2 === 1 ? value * 2 : value;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The check digit of EAN-13 (GS1 General Specifications, 7.9): weights 1 and 3. */
function isArticle(number: string): boolean {
  const sum = [...number].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}
