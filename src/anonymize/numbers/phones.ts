/** Phone numbers: with a plus and the country, in groups of three, three and four, or with a leading zero. */
import { isCountryCode, isPossible } from './countries.ts';
import type { Groups } from './groups.ts';

/** What stands before the number. */
export type Before = 'plus' | 'parenthesis' | 'other';

/** @param passes whether it is one; otherwise it is only written like one, with another first digit than the leading zero */
type VisitPhone = (start: number, end: number, passes: boolean) => void;

/** Digits of the shortest number that counts, of the longest national one, and of the longest (ITU-T E.164). */
const [fewest, mostNational, most] = [9, 13, 15];
/** Groups of the longest. */
const mostGroups = 9;
/** Numbers reserved for fiction belong to nobody. */
const fiction = /555[ .-]?01\d\d$/;

/** @param digits of all groups @returns whether there is one */
export function findPhones(groups: Groups, digits: number, before: Before, visit: VisitPhone): boolean {
  const last = groups.count - 1;
  const report = (from: number, to: number, passes = true): boolean => {
    visit(groups.starts[from] as number, groups.ends[to] as number, passes);
    return passes;
  };
  if (before === 'plus') {
    const end = lastAfterPlus(groups);
    return end >= 0 && report(0, end);
  }
  // Without a separator, it may be any number.
  if (last === 0) return false;
  const first = afterDate(groups);
  const rest = first === 0 ? digits : digits - dateDigits;
  if (rest < fewest) return false;
  if (rest <= mostNational) {
    const judged = judge(groups, first, before);
    if (judged !== 'other') return report(first, last, judged === 'phone');
  }
  return inParts(groups, first, rest, report);
}

/** The last group of a number behind a plus; -1 when there is none. A trunk zero may stand in parentheses: `+49 (0)30 …`. */
function lastAfterPlus(groups: Groups): number {
  for (let last = Math.min(groups.count, mostGroups) - 1; last >= 0; last -= 1) {
    const written = groups.text(0, last);
    const digits = written.replace(/\(0\)/, '').replaceAll(/\D/g, '');
    if (digits.length < fewest || digits.length > most || fiction.test(written)) continue;
    // A decimal point is no separator, unless there are only such, the first behind the country's code: `+49.30…`.
    if (/^\d+\./.test(written) && !(/^[\d.]+$/.test(written) && isCountryCode(groups.text(0, 0)))) continue;
    if (isPossible(digits)) return last;
  }
  return -1;
}

/** The first group behind a date: `2026-11-26 0171 …`. */
function afterDate(groups: Groups): number {
  return groups.are(0, 4, 2, 2) && groups.isGap(0, hyphen) && groups.isGap(1, hyphen) && groups.isGap(2, space) ? 3 : 0;
}

const dateDigits = 8;
const space = 0x20;
const hyphen = 0x2d;

const zero = 0x30;

function judge(groups: Groups, first: number, before: Before): 'phone' | 'written like one' | 'other' {
  const last = groups.count - 1;
  const written = groups.text(first, last);
  if (fiction.test(written) || !/[1-9]/.test(written)) return 'other';
  if (groups.bytes[groups.starts[first] as number] === zero) {
    if (written.startsWith('00')) return isInternational(written) ? 'phone' : 'other';
    return isNational(written) ? 'phone' : 'other';
  }
  if (isWithoutZero(groups, first, written, before)) return 'phone';
  return last > first && isNational(written.replace(/^./, '0')) ? 'written like one' : 'other';
}

/** `0171 2345678`, `030 / 123 45 67`, `(030) 1234567`, `01.23.45.67.89`. */
function isNational(written: string): boolean {
  // A date; a MAC address without letters, or numbers of a lottery; an IP address with leading zeros; a VAT number of Belgium.
  if (/^0\d[ -]\d\d[ -](19|20)\d\d/.test(written) || /^\d\d([ -]\d\d){5,}$/.test(written)) return false;
  if (/^(\d{3}\.){3}\d{3}$|^\d{4}\.\d{3}\.\d{3}$/.test(written)) return false;
  return (
    /^0[1-9]\d{0,4}[ /)-]{1,3}\d[\d -]{4,}$/.test(written) || /^0[1-9]\d{0,3}\.\d{2,4}([ .]\d{2,4}){1,4}$/.test(written)
  );
}

/** `0049 30 1234567`. Without a separator, it is rather an article number with leading zeros. */
function isInternational(written: string): boolean {
  return (
    /^00[1-9]\d{0,2}[ /-]/.test(written) && isPossible(written.slice(2).replace(/\(0\)/, '').replaceAll(/\D/g, ''))
  );
}

function isWithoutZero(groups: Groups, first: number, written: string, before: Before): boolean {
  // `202-555-0143`, `202) 555-0143`, `202.555.0143`.
  if (groups.are(first, 3, 3, 4, 0))
    return /^\d{3}[)-][ -]?\d{3}-\d{4}$/.test(written) || /^[2-9]\d\d\.\d{3}\.\d{4}$/.test(written);
  // `1-800-555-1234`, `1 (555) 123-4567`.
  if (groups.are(first, 1, 3, 3, 4, 0)) return /^1[ .-]\(?[2-9]/.test(written);
  // `8 (495) 123-45-67`.
  if (groups.are(first, 1, 3, 3, 2, 2, 0)) return /^[78][ -].*-\d\d-\d\d$/.test(written);
  // `(11) 91234-5678`.
  return before === 'parenthesis' && groups.count - first === 3 && /^\d{2,5}\) ?\d{3,5}[ -]\d{4}$/.test(written);
}

/** Numbers beside others: `0171 2345678 / 0172 3456789`, and among dates or codes those in groups of three, three and four. */
function inParts(
  groups: Groups,
  from: number,
  digits: number,
  report: (first: number, last: number) => boolean,
): boolean {
  let found = false;
  for (let first = from; first < groups.count; first += 1) {
    if (!groups.isBorder(first - 1)) continue;
    if (
      groups.are(first, 3, 3, 4) &&
      groups.isBorder(first + 2) &&
      /^\d{3}-\d{3}-\d{4}$/.test(groups.text(first, first + 2))
    ) {
      found = (!fiction.test(groups.text(first, first + 2)) && report(first, first + 2)) || found;
      first += 2;
    }
  }
  if (found || digits <= most) return found;
  return twoNational(groups, from, report);
}

/** Two or more with leading zeros, between slashes. */
function twoNational(groups: Groups, from: number, report: (first: number, last: number) => boolean): boolean {
  let found = false;
  for (let first = from, last = from; last < groups.count; last += 1) {
    const ends =
      last === groups.count - 1 ||
      (groups.gap(last).includes('/') && groups.bytes[groups.starts[last + 1] as number] === zero);
    if (!ends) continue;
    const written = groups.text(first, last);
    const count = written.replaceAll(/\D/g, '').length;
    if (count >= fewest && count <= mostNational && isNational(written) && !fiction.test(written))
      found = report(first, last);
    first = last + 1;
  }
  return found;
}
