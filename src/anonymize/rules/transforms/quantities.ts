/**
 * Dates and numbers moved by a little. Nearly all are written so plainly that they can be read from their bytes; for the
 * rest there is a slower way that knows every form.
 */

import type { Arena } from '../../bytes/arena.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import type { Transform } from './transform.ts';

const minus = 0x2d;
const point = 0x2e;

/** The digits between `from` and `to` as a number, or -1 when something else stands there. */
function digits(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const datePattern = /^(\d{4,6})-(\d\d)-(\d\d)(.*?)( BC)?$/s;
const dayMilliseconds = 86_400_000;

/** Moves a date by up to so many days either way; the time of day and infinity stay. */
export function shifted(key: Uint8Array, days: number): Transform {
  const keyed = new KeyedHash(key, 'shift');
  return (bytes, from, to, out, by) => {
    const hash = by ? keyed.number(by, 0, by.length) : keyed.number(bytes, from, to);
    // Never by nothing at all.
    const by0 = hash % (2 * days);
    const shift = by0 < days ? by0 - days : by0 - days + 1;
    if (!shiftPlain(bytes, from, to, shift, out)) shiftAny(bytes, from, to, shift, out);
    return 'text';
  };
}

/** Dates with a year of four digits, before and after; false, and nothing is written, for others. */
function shiftPlain(bytes: Buffer, from: number, to: number, shift: number, out: Arena): boolean {
  if (to - from < 10 || bytes[from + 4] !== minus || bytes[from + 7] !== minus) return false;
  const year = digits(bytes, from, from + 4);
  const month = digits(bytes, from + 5, from + 7);
  const day = digits(bytes, from + 8, from + 10);
  // Of "BC" only the last letter is looked at: nothing else ends with it.
  if (year < 1 || month < 1 || month > 12 || day < 0 || bytes[to - 1] === 0x43) return false;
  const moved = new Date(0);
  moved.setUTCFullYear(year, month - 1, day + shift);
  const full = moved.getUTCFullYear();
  if (full < 1 || full > 9999) return false;
  out.decimal(full, 4);
  out.byte(minus);
  out.decimal(moved.getUTCMonth() + 1, 2);
  out.byte(minus);
  out.decimal(moved.getUTCDate(), 2);
  out.append(bytes, from + 10, to);
  return true;
}

function shiftAny(bytes: Buffer, from: number, to: number, shift: number, out: Arena): void {
  const match = datePattern.exec(bytes.toString('latin1', from, to));
  if (match === null) {
    out.append(bytes, from, to);
    return;
  }
  const [, year = '', month = '', day = '', rest = '', bc] = match;
  const date = new Date(0);
  date.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  const moved = new Date(date.getTime() + shift * dayMilliseconds);
  const full = moved.getUTCFullYear();
  // Nobody was born beyond what a Date can hold.
  if (Number.isNaN(full)) {
    out.append(bytes, from, to);
    return;
  }
  const shown = `${String(full > 0 ? full : 1 - full).padStart(4, '0')}-${pad(moved.getUTCMonth() + 1)}-${pad(moved.getUTCDate())}`;
  out.string(`${shown}${rest}${full > 0 ? '' : ' BC'}`, 'latin1');
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

const million = 1_000_000;

/**
 * Changes a number by up to a share of it either way, in whole units of its last digit.
 * @param share 0.1 for 10 %
 * @param limit largest absolute value of the type, in units of the last digit times 10^scale; undefined for none
 */
export function noisy(key: Uint8Array, share: number, limit: bigint | undefined): Transform {
  const keyed = new KeyedHash(key, 'noise');
  const most = limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  return (bytes, from, to, out) => {
    const hash = keyed.number(bytes, from, to);
    const parts = Math.round((hash / 0xffffffff - 0.5) * 2 * share * million);
    if (changePlain(bytes, from, to, parts, most, out)) return 'plain';
    changeAny(bytes, from, to, parts, limit, out);
    return 'text';
  };
}

/** Numbers of up to nine digits, which stay exact; false, and nothing is written, for others. */
function changePlain(bytes: Buffer, from: number, to: number, parts: number, limit: number, out: Arena): boolean {
  const begin = bytes[from] === minus ? from + 1 : from;
  let dot = begin;
  while (dot < to && bytes[dot] !== point) dot += 1;
  const scale = Math.max(0, to - dot - 1);
  if (dot === begin || dot === to - 1 || to - begin > 9 || Math.abs(parts) > million) return false;
  const whole = digits(bytes, begin, dot);
  const fraction = digits(bytes, dot + 1, to);
  if (whole < 0 || fraction < 0) return false;
  const unit = 10 ** scale;
  const value = whole * unit + fraction;
  // Exact: the product is below 10^15.
  const changed = Math.min(value + Math.trunc((value * parts) / million), limit * unit);
  if (begin > from) out.byte(minus);
  const before = Math.floor(changed / unit);
  out.decimal(before, 1);
  if (scale > 0) {
    out.byte(point);
    out.decimal(changed - before * unit, scale);
  }
  return true;
}

/** Numbers of any length: with sign, currency or parentheses around them, commas between the thousands, or an exponent. */
function changeAny(
  bytes: Buffer,
  from: number,
  to: number,
  parts: number,
  limit: bigint | undefined,
  out: Arena,
): void {
  const text = bytes.toString('latin1', from, to);
  const match = /^([^\d.]*)(\d+)(?:\.(\d+))?(e[+-]?\d+|\D*)$/i.exec(text.replaceAll(',', ''));
  if (match === null) {
    out.append(bytes, from, to);
    return;
  }
  const [, before = '', whole = '', fraction = '', behind = ''] = match;
  const value = BigInt(whole + fraction);
  let changed = value + (value * BigInt(parts)) / BigInt(million);
  if (limit !== undefined) {
    const most = limit * 10n ** BigInt(fraction.length);
    if (changed > most) changed = most;
  }
  const written = changed.toString().padStart(fraction.length + 1, '0');
  const end = written.length - fraction.length;
  const shown = fraction === '' ? written : `${written.slice(0, end)}.${written.slice(end)}`;
  out.string(`${before}${shown}${behind}`, 'latin1');
}
