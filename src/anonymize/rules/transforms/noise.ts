/** The rule `noise`: a number changed by up to a share of it either way, in whole units of its last digit. */
import type { Arena } from '../../bytes/arena.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import { parseDigits } from './digits.ts';
import type { Transform } from './transform.ts';

const minus = 0x2d;
const point = 0x2e;
const million = 1_000_000;
/** Numbers of so few characters are computed as doubles, which is exact. */
const maxPlainLength = 9;

/** What a type can hold. */
export interface NumberLimits {
  /** The largest whole part; undefined for none. */
  readonly whole: bigint | undefined;
  /** Of a binary fraction: its smallest number above zero and its largest one. */
  readonly binary?: { readonly smallest: number; readonly largest: number };
}

/**
 * @param share 0.1 for 10 %
 * @param fits whether the column takes a number; where it does not, the number changes the other way, or by less
 */
export function noisy(
  key: Uint8Array,
  share: number,
  limits: NumberLimits,
  fits?: (text: string) => boolean,
): Transform {
  const keyed = new KeyedHash(key, 'noise');
  const plainLimit = limits.whole === undefined ? Number.POSITIVE_INFINITY : Number(limits.whole);
  return (bytes, from, to, out) => {
    const hash = keyed.number(bytes, from, to);
    const millionths = Math.round((hash / 0xffffffff - 0.5) * 2 * share * million);
    // Nearly all numbers have the plain form, which is read from its bytes.
    const begin = out.end;
    for (let tried = millionths; ; ) {
      const isPlain = changePlain(bytes, from, to, tried, plainLimit, out);
      if (!isPlain) changeAny(bytes, from, to, tried, limits, out);
      if (tried === 0 || fits === undefined || fits(out.bytes.toString('latin1', begin, out.end)))
        return isPlain ? 'plain' : 'text';
      out.end = begin;
      tried = Math.sign(tried) === Math.sign(millionths) ? -tried : Math.trunc(-tried / 2);
    }
  };
}

/** Changes a short number. @returns false for other numbers; then nothing is written */
function changePlain(bytes: Buffer, from: number, to: number, millionths: number, limit: number, out: Arena): boolean {
  const begin = bytes[from] === minus ? from + 1 : from;
  let dot = begin;
  while (dot < to && bytes[dot] !== point) dot += 1;
  const scale = Math.max(0, to - dot - 1);
  if (dot === begin || dot === to - 1 || to - begin > maxPlainLength || Math.abs(millionths) > million) return false;
  const whole = parseDigits(bytes, begin, dot);
  const fraction = parseDigits(bytes, dot + 1, to);
  if (whole < 0 || fraction < 0) return false;
  const unit = 10 ** scale;
  const value = whole * unit + fraction;
  // Exact: the product is below 10^15.
  const changed = Math.min(value + Math.trunc((value * millionths) / million), (limit + 1) * unit - 1);
  if (begin > from) out.byte(minus);
  const newWhole = Math.floor(changed / unit);
  out.decimal(newWhole, 1);
  if (scale > 0) {
    out.byte(point);
    out.decimal(changed - newWhole * unit, scale);
  }
  return true;
}

/** A sign or a currency; whole part and fraction; an exponent, a currency or a parenthesis. */
const numberPattern = /^([^\d.]*)(\d+)(?:\.(\d+))?(e[+-]?\d+|\D*)$/i;

/** Changes a number in any form: of any length, with commas between thousands, as an amount of money, with an exponent. */
function changeAny(
  bytes: Buffer,
  from: number,
  to: number,
  millionths: number,
  { whole: limit, binary }: NumberLimits,
  out: Arena,
): void {
  const match = numberPattern.exec(bytes.toString('latin1', from, to).replaceAll(',', ''));
  if (match === null) {
    out.append(bytes, from, to);
    return;
  }
  const [, before = '', whole = '', fraction = '', after = ''] = match;
  const value = BigInt(whole + fraction);
  const change = (value * BigInt(millionths)) / BigInt(million);
  const shown = (number: bigint): string => {
    const written = number.toString().padStart(fraction.length + 1, '0');
    const end = written.length - fraction.length;
    return fraction === '' ? written : `${written.slice(0, end)}.${written.slice(end)}`;
  };
  let changed = value + change;
  if (limit !== undefined) {
    const most = (limit + 1n) * 10n ** BigInt(fraction.length) - 1n;
    if (changed > most) changed = most;
  }
  if (binary !== undefined)
    changed = [changed, value - change].find((one) => fits(shown(one) + after, binary)) ?? value;
  out.string(`${before}${shown(changed)}${after}`, 'latin1');
}

function fits(text: string, { smallest, largest }: NonNullable<NumberLimits['binary']>): boolean {
  const size = Number(text);
  return size <= largest && (size >= smallest || /^[0.]*(e|$)/i.test(text));
}
