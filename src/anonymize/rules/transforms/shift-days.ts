/** The rule `shift-days`: a date moved by up to so many days either way. The time of day, and infinity, stay. */
import type { Arena } from '../../bytes/arena.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import { parseDigits } from './digits.ts';
import type { Transform } from './transform.ts';

const hyphen = 0x2d;
const letterC = 0x43;
const dayMilliseconds = 86_400_000;
/** The day after 24 November 4714 BC, since a time zone may take hours from it. */
const firstDay = new Date(0).setUTCFullYear(-4713, 10, 25);

/**
 * @param fits whether the column takes a date; where it does not, the date moves the other way, or by fewer days, and stays where it
 *   takes no other
 */
export function shifted(key: Uint8Array, days: number, fits?: (text: string) => boolean): Transform {
  const keyed = new KeyedHash(key, 'shift');
  return (bytes, from, to, out, by) => {
    const hash = by ? keyed.number(by, 0, by.length) : keyed.number(bytes, from, to);
    // From -days to days, without 0.
    const index = hash % (2 * days);
    const shift = index < days ? index - days : index - days + 1;
    const begin = out.end;
    for (let tried = shift; ; ) {
      // Nearly all dates have the plain form, which is read from its bytes.
      if (!shiftPlain(bytes, from, to, tried, out)) shiftAny(bytes, from, to, tried, out);
      if (tried === 0 || fits === undefined || fits(out.bytes.toString('latin1', begin, out.end))) return 'text';
      out.end = begin;
      // There and back, then half of it: 30, -30, 15, -15, 7, …
      const isFirst = Math.sign(tried) === Math.sign(shift);
      tried = isFirst ? -tried : Math.trunc(-tried / 2);
    }
  };
}

/** Shifts a date whose year has four digits before and after. @returns false for other dates; then nothing is written */
function shiftPlain(bytes: Buffer, from: number, to: number, shift: number, out: Arena): boolean {
  if (to - from < 10 || bytes[from + 4] !== hyphen || bytes[from + 7] !== hyphen) return false;
  const year = parseDigits(bytes, from, from + 4);
  const month = parseDigits(bytes, from + 5, from + 7);
  const day = parseDigits(bytes, from + 8, from + 10);
  // Only dates before Christ end in C.
  if (year < 1 || month < 1 || month > 12 || day < 0 || bytes[to - 1] === letterC) return false;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day + shift);
  const newYear = date.getUTCFullYear();
  if (newYear < 1 || newYear > 9999) return false;
  out.decimal(newYear, 4);
  out.byte(hyphen);
  out.decimal(date.getUTCMonth() + 1, 2);
  out.byte(hyphen);
  out.decimal(date.getUTCDate(), 2);
  out.append(bytes, from + 10, to);
  return true;
}

const datePattern = /^(\d{4,6})-(\d\d)-(\d\d)(.*?)( BC)?$/s;

/** Shifts a date in any form of PostgreSQL. What is not a date, or is beyond what a Date can hold, stays. */
function shiftAny(bytes: Buffer, from: number, to: number, shift: number, out: Arena): void {
  const match = datePattern.exec(bytes.toString('latin1', from, to));
  if (match === null) {
    out.append(bytes, from, to);
    return;
  }
  const [, year = '', month = '', day = '', time = '', bc] = match;
  const date = new Date(0);
  date.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  const there = new Date(date.getTime() + shift * dayMilliseconds);
  // The calendar of PostgreSQL begins there (manual, "Date/Time Types"; Julian day 0).
  const moved = there.getTime() < firstDay ? new Date(date.getTime() + Math.abs(shift) * dayMilliseconds) : there;
  const newYear = moved.getUTCFullYear();
  if (Number.isNaN(newYear)) {
    out.append(bytes, from, to);
    return;
  }
  const shown = [padded(newYear > 0 ? newYear : 1 - newYear, 4), padded(moved.getUTCMonth() + 1, 2)];
  out.string(`${shown.join('-')}-${padded(moved.getUTCDate(), 2)}${time}${newYear > 0 ? '' : ' BC'}`, 'latin1');
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
